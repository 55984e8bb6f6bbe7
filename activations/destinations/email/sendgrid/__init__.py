"""SendGrid, API version 3."""
