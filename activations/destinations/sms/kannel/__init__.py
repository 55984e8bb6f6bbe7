"""Kannel, an SMS gateway of your own."""
