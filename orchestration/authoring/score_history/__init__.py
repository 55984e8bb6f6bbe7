"""What the warehouse knew of every contact at a past moment, and a points card that is learnt from
what came after.
"""
