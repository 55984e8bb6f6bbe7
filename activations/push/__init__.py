"""Claim, send, record: the dispatcher, its workers, and the rate limit they share."""
