"""Rows of the ledger into a table of the warehouse."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa


def insert_batch(
    connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]
) -> None:
    """Insert rows that all have the same columns."""
    if not rows:
        return
    # Arrow keeps a BIGINT beside a null exact; pandas would make it a float and change every hash
    connection.register("landing_batch", pa.Table.from_pylist(rows))
    columns = ", ".join(rows[0])
    connection.execute(f"insert into {table} ({columns}) select {columns} from landing_batch")
    connection.unregister("landing_batch")
