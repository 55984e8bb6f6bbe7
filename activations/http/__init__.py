"""HTTP calls to vendors, and what a response means."""
