"""Tryton: parties, with their e-mail and phone, over JSON-RPC."""
