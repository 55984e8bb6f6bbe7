"""Alerts: what breaks a limit is an incident, opened once, notified once, closed when it is over."""
