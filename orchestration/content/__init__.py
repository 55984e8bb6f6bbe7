"""The content library: what texts there are, whether they can be sent, and how they look."""
