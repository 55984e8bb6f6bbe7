"""What keeps the warehouse and the ledger whole, of one age and of one history: checked before
anything is sent.
"""
