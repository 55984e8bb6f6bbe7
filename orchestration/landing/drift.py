"""Columns that a source added, took away or gave another type: landed as they are, and said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sluice.orchestration.warehouse.base import Session

TABLES = """
create table if not exists landing.columns (
    table_name varchar, column_name varchar, data_type varchar);
create table if not exists landing.column_changes (
    table_name varchar, column_name varchar, change varchar, data_type_before varchar,
    data_type varchar, run_id varchar, landed_at timestamp);
"""
ADDED, REMOVED, RETYPED = "added", "removed", "retyped"
KEEP_CHANGE = """insert into landing.column_changes
values ($1, $2, $3, $4, $5, $6, cast($7 as timestamp))"""
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
    for change in changes:
        session.execute(KEEP_CHANGE, [table, *change, run_id, landed_at])
    if changes or not before:
        session.execute("delete from landing.columns where table_name = $1", [table])
        for name, data_type in now.items():
            session.execute(
                "insert into landing.columns values ($1, $2, $3)", [table, name, data_type]
            )
    return _words(changes)


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
