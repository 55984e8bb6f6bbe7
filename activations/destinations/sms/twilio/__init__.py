"""Twilio Messaging."""
