"""A run in this process: its state, its lock, how it is stopped, and what is kept of it."""
