"""Why something was or was not sent: contacts, deliveries, missing rows, issues of the data."""
