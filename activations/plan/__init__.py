"""From rows of the outbox to items, and the guardrails that check a plan.

Pure but for reading files.
"""
