"""Working on a segment: which there are, who is in one, what an edit would change, and why a
contact is in it or not.
"""
