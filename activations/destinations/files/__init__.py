"""Files that another system picks up."""
