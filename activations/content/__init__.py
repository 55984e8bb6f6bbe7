"""Templates of messages, and what they render to."""
