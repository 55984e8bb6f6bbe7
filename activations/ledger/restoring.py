"""Giving a ledger back what a warehouse has landed of it: receipts under their own numbers, and the
deliveries they tell of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from sluice.activations.ledger.rows import Row, chunks, insert_rows
from sluice.activations.ledger.tables import message_events, pushes

OF_A_PUSH = ("kind", "activation", "destination", "run_id", "as_of")
RECEIPT = ("receipt_id", "delivery_id", "push_id", "state", "reason", "vendor_id", "occurred_at")
DELIVERY = (
    "delivery_id", "push_id", "subject_id", "operation", "row_hash", "address_hash", "state",
    "reason", "vendor_id", "attempts",
    "claimed_at", "settled_at",
)  # fmt: skip
OVER_THE_OLD_STATE = "on conflict (delivery_id) do update set " + ", ".join(
    f"{name} = excluded.{name}" for name in ("push_id", "state", "reason", "settled_at")
)


def make_room(
    connection: sa.Connection, table: sa.Table, key: str, first_own: int, above: int
) -> None:
    """Move a ledger's own rows of a log from ``first_own`` on to numbers above those that come
    back.
    """
    number = table.c[key]
    connection.execute(table.update().where(number >= first_own).values({key: number + above}))


def restore_events(connection: sa.Connection, lost: Sequence[Row]) -> None:
    """Put back events of messages as they were landed: without the vendor's key, by which a repeat
    would be known.
    """
    for chunk in chunks([{**row, "event_key": f"restored {row['event_id']}"} for row in lost]):
        connection.execute(message_events.insert(), list(chunk))
    _go_on_counting(connection, "message_events", "event_id")


def restore(connection: sa.Connection, lost: Sequence[Row], newer_here: Iterable[int]) -> int:
    """Put back receipts as they were landed (oldest first), and the state of their deliveries, but
    of those this ledger knows a newer one of. ``lost`` rows carry ``address_hash`` and
    ``address_key`` where the warehouse knows them. Returns of how many deliveries.
    """
    numbers = _pushes(connection, lost)
    rows = [
        {
            **row,
            "push_id": numbers[tuple(row[name] for name in OF_A_PUSH)],
            "occurred_at": _text(row),
        }
        for row in lost
    ]
    insert_rows(
        connection, "receipts", {}, RECEIPT, [tuple(row[name] for name in RECEIPT) for row in rows]
    )
    newer, last = set(newer_here), dict[int, Row]()
    for row in rows:
        attempts = last[row["delivery_id"]]["attempts"] + 1 if row["delivery_id"] in last else 1
        last[row["delivery_id"]] = {
            **row,
            "attempts": attempts,
            "claimed_at": row["occurred_at"],
            "settled_at": row["occurred_at"],
        }
    states = [
        tuple(row[name] for name in DELIVERY) for one, row in last.items() if one not in newer
    ]
    insert_rows(connection, "deliveries", {}, DELIVERY, states, OVER_THE_OLD_STATE)
    keys = {row["address_key"]: one for one, row in last.items() if row["address_key"] is not None}
    insert_rows(
        connection,
        "sent_addresses",
        {},
        ("address_key", "delivery_id"),
        list(keys.items()),
        "on conflict do nothing",
    )
    _go_on_counting(connection, "receipts", "receipt_id")
    return len(last)


def _go_on_counting(connection: sa.Connection, table: str, column: str) -> None:
    if connection.dialect.name == "postgresql":
        last = f"(select max({column}) + 1 from {table})"
        connection.exec_driver_sql(
            f"select setval(pg_get_serial_sequence('{table}', '{column}'), {last}, false)"
        )


def _pushes(connection: sa.Connection, lost: Sequence[Row]) -> dict[tuple[Any, ...], int]:
    """The number of each push that the receipts tell of; those that the ledger does not know are
    made anew.
    """
    columns = [pushes.c[name] for name in OF_A_PUSH]
    wanted = {tuple(row[name] for name in OF_A_PUSH) for row in lost}
    known = {
        tuple(row[:-1]): int(row[-1])
        for row in connection.execute(sa.select(*columns, pushes.c.push_id))
    }
    missing = [dict(zip(OF_A_PUSH, key, strict=True)) for key in wanted - known.keys()]
    for chunk in chunks(missing):
        connection.execute(pushes.insert(), list(chunk))
    if not missing:
        return known
    return {
        tuple(row[:-1]): int(row[-1])
        for row in connection.execute(sa.select(*columns, pushes.c.push_id))
    }


def _text(row: Row) -> str:
    return str(row["occurred_at"].strftime("%Y-%m-%d %H:%M:%S.%f"))
