"""ACT: planner, ledger, dispatcher, destinations and the sandbox that stands in for every
vendor.
"""
