"""From rows of the outbox to items, and the guardrails that judge a plan. Pure but for reading
files.
"""
