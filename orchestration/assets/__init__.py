"""The five steps of a run as Dagster assets: land, decide, plan, push, report."""
