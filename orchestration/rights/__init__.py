"""The rights of people: erasure, access, correction, how long data is kept, and why a message could
be sent.
"""
