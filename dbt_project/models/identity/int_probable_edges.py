"""Edges by likelihood between records that the rules leave apart: Splink on this warehouse
(docs/identity.md).
"""


def model(dbt, session):
    """One row a pair. With the records of the last run, the edges of the last run."""
    dbt.config(materialized="table")
    from sluice.linkage.reuse import edges_of_today

    dbt.ref("int_linkage_records").create_view("linkage_input", replace=True)
    edges = edges_of_today(session, str(dbt.this), "linkage_input")
    session.execute("drop view if exists linkage_input")
    return edges
