"""Rows of the ledger into a table of the warehouse."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from sluice.orchestration.warehouse.base import Session


def insert_batch(session: Session, table: str, rows: list[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns."""
    # Arrow keeps a BIGINT beside a null exact; pandas would make it a float and change every hash
    if rows:
        session.insert(table, pa.Table.from_pylist(rows))
