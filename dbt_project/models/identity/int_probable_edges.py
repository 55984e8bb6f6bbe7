"""Edges by likelihood between records that the rules leave apart: Splink on this warehouse (docs/identity.md)."""


def model(dbt, session):
    """One row a pair. With the input of the last run, the edges of the last run."""
    dbt.config(materialized="table")
    from linkage import link
    from linkage.reuse import digest, kept_edges

    records = str(dbt.ref("int_linkage_records").alias)
    kept = kept_edges(session, str(dbt.this), records)
    if kept is not None:
        return kept
    return link(session, records).assign(input_digest=digest(session, records))
