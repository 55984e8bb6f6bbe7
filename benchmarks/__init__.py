"""Benchmarks: figures and their ratios, each measured in one run. ``python -m benchmarks.NAME
[--json]``.
"""
