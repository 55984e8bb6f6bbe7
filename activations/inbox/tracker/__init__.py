"""The script for sites (docs/tracking.md)."""
