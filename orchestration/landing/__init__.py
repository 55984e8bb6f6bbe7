"""Step 1 of a run: source files and the ledger become raw tables of the warehouse."""
