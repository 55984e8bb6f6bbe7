"""Reading and writing rows, for all that speaks to the ledger's tables. Times are kept as naive UTC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from activations.ledger.engine import lock_until_commit
from activations.ledger.tables import deliveries, receipts

CHUNK = 500
Row = dict[str, Any]
_OF_THE_RECEIPT = {"receipt_id", "occurred_at", "claimed_at", "recorded_by"}
_COPIED = [column.name for column in receipts.columns if column.name not in _OF_THE_RECEIPT]


def naive(moment: datetime) -> datetime:
    """An aware UTC time as it is stored: naive UTC."""
    return moment.replace(tzinfo=None)


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Pieces that fit into one statement."""
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def lock_rows(connection: sa.Connection, ids: Sequence[int], *, skip_locked: bool = False) -> list[Row]:
    """The deliveries of these ids, locked until the transaction ends; those of another worker are waited for, or left out."""
    rows: list[Row] = []
    for chunk in chunks(sorted(ids)):
        query = sa.select(deliveries).where(deliveries.c.delivery_id.in_(chunk)).order_by(deliveries.c.delivery_id)
        rows.extend(dict(row) for row in connection.execute(query.with_for_update(skip_locked=skip_locked)).mappings())
    return rows


def insert_missing(connection: sa.Connection, table: sa.Table, rows: Iterable[Row]) -> set[Any]:
    """Insert the rows whose key is not there yet, whoever inserts at the same time. Returns the first key column of those."""
    values, (key, *_) = list(rows), table.primary_key.columns
    if not values:
        return set()
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    return {row[0] for row in connection.execute(insert.on_conflict_do_nothing().returning(key), values)}


def update_by_id(*names: str) -> sa.Update:
    """An update of deliveries, by ``id``, of the named columns."""
    values: Row = {name: sa.bindparam(name) for name in names}
    return deliveries.update().where(deliveries.c.delivery_id == sa.bindparam("id")).values(values)


def settle(connection: sa.Connection, rows: Sequence[Row], recorded_by: str | None = None) -> None:
    """Write the state of deliveries, and a receipt of each. A receipt a worker recorded says when its attempt was claimed."""
    if not rows:
        return
    update = update_by_id("state", "reason", "vendor_id", "settled_at", "next_attempt_at")
    connection.execute(update, [{**row, "id": row["delivery_id"]} for row in rows])
    # receipts are landed by their number: on Postgres a smaller number must not be committed after a greater one
    lock_until_commit(connection, "receipts")
    connection.execute(receipts.insert(), [_receipt(row, recorded_by) for row in rows])


def _receipt(row: Row, recorded_by: str | None) -> Row:
    copied = {name: row[name] for name in _COPIED}
    claimed_at = None if recorded_by else row["claimed_at"]
    return {**copied, "occurred_at": row["settled_at"], "claimed_at": claimed_at, "recorded_by": recorded_by}
