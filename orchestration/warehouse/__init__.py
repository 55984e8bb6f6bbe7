"""Reading the warehouse."""
