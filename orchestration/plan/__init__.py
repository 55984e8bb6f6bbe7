"""Step 3: what is due for each activation, checked by its guardrails, and plans saved to a file."""
