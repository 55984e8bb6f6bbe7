"""Experiments of a project: their definitions, what the warehouse knows of them, the decision."""
