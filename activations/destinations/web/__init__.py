"""Addresses on the web that take whatever is due."""
