"""Reading and writing rows, for all that speaks to the ledger's tables. Times are kept as naive UTC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

# SQLite takes 32,766 values in a statement, and a row has up to 13
CHUNK = 2000
Row = dict[str, Any]


def naive(moment: datetime) -> datetime:
    """An aware UTC time as it is stored: naive UTC."""
    return moment.replace(tzinfo=None)


def as_text(moment: datetime) -> str:
    """An aware UTC time as both databases take it in a statement of ours (SQLite keeps this very text)."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Pieces that fit into one statement."""
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def insert_rows(connection: sa.Connection, into: str, width: int, rows: Sequence[Sequence[Any]], suffix: str = "") -> None:
    """Insert tuples with one statement a chunk: the driver runs it without holding up the other threads of the process.

    ``into``: the table with its columns, ``suffix``: what to do on conflict. Times are text (``as_text``).
    """
    for chunk in chunks(rows):
        statement = _insert(connection.dialect.name, into, width, len(chunk), suffix)
        connection.exec_driver_sql(statement, tuple(chain.from_iterable(chunk)))


@lru_cache(maxsize=256)
def _insert(dialect: str, into: str, width: int, count: int, suffix: str) -> str:
    mark = "%s" if dialect == "postgresql" else "?"
    row = f"({', '.join([mark] * width)})"
    return f"insert into {into} values {', '.join([row] * count)} {suffix}"


def insert_missing(connection: sa.Connection, table: sa.Table, rows: Iterable[Row]) -> set[Any]:
    """Insert the rows whose key is not there yet, whoever inserts at the same time. Returns the first key column of those."""
    values, (key, *_) = list(rows), table.primary_key.columns
    if not values:
        return set()
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    return {row[0] for row in connection.execute(insert.on_conflict_do_nothing().returning(key), values)}


def known_ids(connection: sa.Connection, ids: Sequence[int]) -> list[int]:
    """Of these delivery ids those that have a row: of new ones none, and that is told fast."""
    found: list[int] = []
    for chunk in chunks(ids):
        rows = connection.exec_driver_sql(_select_ids(connection.dialect.name, len(chunk)), tuple(chunk))
        found.extend(row[0] for row in rows)
    return found


@lru_cache(maxsize=64)
def _select_ids(dialect: str, count: int) -> str:
    mark = "%s" if dialect == "postgresql" else "?"
    return f"select delivery_id from deliveries where delivery_id in ({', '.join([mark] * count)})"
