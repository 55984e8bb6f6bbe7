"""Reading and writing rows, for all that speaks to the ledger's tables.

Times are kept as naive UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    """An aware UTC time as both databases take it in a statement of ours (SQLite keeps this very
    text).
    """
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Pieces that fit into one statement."""
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def run(connection: sa.Connection, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """A statement of the hot path, written by hand with ``?`` for each value, in the connection's
    transaction; returns its rows.

    It goes to the driver itself: what SQLAlchemy does around a statement takes longer than most of
    these do.
    """
    text = statement.replace("?", "%s") if connection.dialect.name == "postgresql" else statement
    cursor = connection.connection.cursor()
    try:
        cursor.execute(text, tuple(values))
        return list(cursor.fetchall()) if cursor.description is not None else []
    finally:
        cursor.close()


def insert_rows(
    connection: sa.Connection,
    table: str,
    constants: Mapping[str, Any],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    suffix: str = "",
) -> None:
    """Insert tuples of ``columns``, each with the same ``constants``, with one statement a chunk:
    while it runs, the other threads of the process go on. ``suffix``: what to do on conflict. Times
    are text (``as_text``).
    """
    shared, is_postgres = tuple(constants.values()), connection.dialect.name == "postgresql"
    for chunk in chunks(rows):
        statement = _insert(
            connection.dialect.name, table, tuple(constants), tuple(columns), len(chunk), suffix
        )
        each = (
            (value for row in chunk for value in (*shared, *row))
            if is_postgres
            else chain.from_iterable(chunk)
        )
        run(connection, statement, tuple(each) if is_postgres else (*shared, *each))


@lru_cache(maxsize=256)
def _insert(
    dialect: str,
    table: str,
    constants: tuple[str, ...],
    columns: tuple[str, ...],
    count: int,
    suffix: str,
) -> str:
    into = f"insert into {table} ({', '.join((*constants, *columns))})"
    if dialect == "postgresql":
        row = f"({', '.join('?' * (len(constants) + len(columns)))})"
        return f"{into} values {', '.join([row] * count)} {suffix}"
    # binding a value costs SQLite's driver more than inserting it: what is constant is bound once
    chosen = ["?"] * len(constants) + [f"column{number}" for number in range(1, len(columns) + 1)]
    row = f"({', '.join('?' * len(columns))})"
    return (
        f"{into} select {', '.join(chosen)} from (values {', '.join([row] * count)}) where true"
        f" {suffix}"
    )


def insert_missing(connection: sa.Connection, table: sa.Table, rows: Iterable[Row]) -> set[Any]:
    """Insert the rows whose key is not there yet, whoever inserts at the same time.

    Returns the first key column of those.
    """
    values, (key, *_) = list(rows), table.primary_key.columns
    if not values:
        return set()
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    return {
        row[0] for row in connection.execute(insert.on_conflict_do_nothing().returning(key), values)
    }


def known_ids(connection: sa.Connection, ids: Sequence[int]) -> list[int]:
    """Of these delivery ids those that have a row: of new ones none, and that is found fast."""
    found: list[int] = []
    for chunk in chunks(ids):
        found.extend(row[0] for row in run(connection, _select_ids(len(chunk)), chunk))
    return found


@lru_cache(maxsize=64)
def _select_ids(count: int) -> str:
    return f"select delivery_id from deliveries where delivery_id in ({', '.join('?' * count)})"


def rows_after(
    engine: sa.Engine, column: sa.Column[int], value: int, size: int
) -> Iterator[list[Row]]:
    """Rows of a column's table in which it is greater than ``value``, in its order, in batches of
    at most ``size``.
    """
    while True:
        query = sa.select(column.table).where(column > value).order_by(column).limit(size)
        with engine.connect() as connection:
            batch = [dict(row) for row in connection.execute(query).mappings()]
        if not batch:
            return
        value = batch[-1][column.name]
        yield batch


def known_until(rows: Iterable[Row], names: Sequence[str], key: str, landed: Iterable[Any]) -> int:
    """The greatest number ``key`` up to which every row, in that order, is among the tuples of
    these columns that were landed; 0 for none. Not by its number: a new ledger counts from 1 again.
    """
    held, last = set(landed), 0
    for row in rows:
        if tuple(row[name] for name in names) not in held:
            break
        last = int(row[key])
    return last
