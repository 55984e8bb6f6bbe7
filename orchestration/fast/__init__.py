"""The fast lane: what a contact just did is decided about and answered without the daily run."""
