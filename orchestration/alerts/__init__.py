"""Alerts: what breaks a limit is opened once, notified once, and closed when it is over."""
