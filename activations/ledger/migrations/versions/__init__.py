"""One file a version, in order; each stands by itself and imports nothing of the ledger, which
moves on.
"""
