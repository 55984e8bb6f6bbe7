"""Contacts that are probably one person, and what people decide about them."""
