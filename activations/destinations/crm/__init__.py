"""CRM destinations."""
