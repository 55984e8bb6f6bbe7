"""The ledger's tables, version by version.

A version that was released is never edited: a change is a new file.
"""
