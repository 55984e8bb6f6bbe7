"""Where data of a person may lie, one file a kind of place."""
