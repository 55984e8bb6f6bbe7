"""Meta Conversions API."""
