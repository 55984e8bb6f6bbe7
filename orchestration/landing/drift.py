"""Columns that a source added, took away or gave another type: landed as they are, and said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pyarrow as pa

from sluice.orchestration.warehouse.base import Session

TABLES = """
create table if not exists landing.columns (
    table_name varchar, column_name varchar, data_type varchar);
create table if not exists landing.column_changes (
    table_name varchar, column_name varchar, change varchar, data_type_before varchar,
    data_type varchar, run_id varchar, landed_at timestamp);
"""
ADDED, REMOVED, RETYPED = "added", "removed", "retyped"
COLUMNS = pa.schema([(name, pa.string()) for name in ("table_name", "column_name", "data_type")])
CHANGES = pa.schema(
    [
        *((name, pa.string()) for name in ("table_name", "column_name", "change")),
        *((name, pa.string()) for name in ("data_type_before", "data_type", "run_id")),
        ("landed_at", pa.timestamp("us")),
    ]
)
SHOWN = 5
Change = tuple[str, str, str | None, str | None]


def changes_between(before: Mapping[str, str], now: Mapping[str, str]) -> list[Change]:
    """The changes of columns with their types: (column, change, type before, type now)."""
    added = [(name, ADDED, None, now[name]) for name in now if name not in before]
    removed = [(name, REMOVED, before[name], None) for name in before if name not in now]
    retyped = [
        (name, RETYPED, before[name], now[name])
        for name in now
        if before.get(name, now[name]) != now[name]
    ]
    return sorted([*added, *removed, *retyped])


def note_columns(
    session: Session, table: str, now: Mapping[str, str], run_id: str, landed_at: datetime
) -> list[str]:
    """Keep the columns of a file, and what changed since the last one. Returns the changes in
    words; none for a first file.
    """
    sql = "select column_name, data_type from landing.columns where table_name = $1"
    before = dict(session.execute(sql, [table]).fetchall())
    changes = changes_between(before, now) if before else []
    if changes:
        rows = [(table, *change, run_id, landed_at) for change in changes]
        session.insert("landing.column_changes", _table(CHANGES, rows))
    if changes or not before:
        session.execute("delete from landing.columns where table_name = $1", [table])
        session.insert("landing.columns", _table(COLUMNS, [(table, *one) for one in now.items()]))
    return _words(changes)


def _table(schema: pa.Schema, rows: Sequence[tuple[object, ...]]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema)


def _words(changes: list[Change]) -> list[str]:
    found = [_one(*change) for change in changes[:SHOWN]]
    more = len(changes) - SHOWN
    return found + ([f"{more} more in landing.column_changes"] if more > 0 else [])


def _one(name: str, change: str, before: str | None, now: str | None) -> str:
    if change == ADDED:
        return f"column {name} is new ({now})"
    if change == REMOVED:
        return f"column {name} is gone (was {before})"
    return f"column {name} is {now} now (was {before})"
