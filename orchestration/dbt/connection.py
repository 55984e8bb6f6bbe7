"""The connection that dbt keeps open in this process."""

from __future__ import annotations


def close_duckdb() -> list[str] | None:
    """dbt-duckdb keeps its connection open for the life of the process; close it, so that others
    may open the file. Returns the statements that attached other databases to it, None where it was
    not open.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment = DuckDBConnectionManager._ENV
    if environment is None:
        return None
    environment.close()
    DuckDBConnectionManager._ENV = None
    return [one.to_sql() for one in environment.creds.attach or ()]
