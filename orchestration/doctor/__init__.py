"""``sluice doctor``: what a home holds, and what is wrong with it. A check is a function in a list
(checks.py).
"""
