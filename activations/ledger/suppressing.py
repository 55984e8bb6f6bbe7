"""Addresses that nothing is sent to any more, by channel. An address that is suppressed keeps its first reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from activations.ledger.rows import chunks, insert_missing, naive
from activations.ledger.tables import suppressions
from models.delivery import Item, Message


def suppress(connection: sa.Connection, entries: Iterable[tuple[str, str, str, int | None]], now: datetime) -> None:
    """Suppress (channel, address_hash, reason, delivery_id)."""
    names = ("channel", "address_hash", "reason", "delivery_id")
    rows = [{**dict(zip(names, entry, strict=True)), "created_at": naive(now)} for entry in entries]
    # several at once wait for each other's rows in one order
    rows.sort(key=lambda row: (row["channel"], row["address_hash"]))
    insert_missing(connection, suppressions, rows)


def suppressed(connection: sa.Connection, items: Sequence[Item]) -> dict[int, str]:
    """Of the messages among these, the delivery_ids whose address is suppressed at this moment, with the reason."""
    messages = [item for item in items if isinstance(item, Message)]
    found: dict[tuple[str, str], str] = {}
    for chunk in chunks([message.address_hash for message in messages]):
        query = sa.select(suppressions).where(suppressions.c.address_hash.in_(chunk))
        found.update({(row.channel, row.address_hash): row.reason for row in connection.execute(query)})
    keys = {message.delivery_id: (message.channel, message.address_hash) for message in messages}
    return {delivery_id: found[key] for delivery_id, key in keys.items() if key in found}
