"""Destinations: one folder a vendor, always config, client, mapping and a README, and one line in
registry.py.
"""
