"""Addresses that nothing is sent to any more, by channel.

An address that is suppressed keeps its first reason, but for a bounce or a complaint after a no of
the person: the person can lift their own no, and neither of those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from sluice.activations.addresses import silencing_hashes
from sluice.activations.ledger.rows import chunks, insert_missing, naive
from sluice.activations.ledger.tables import suppressions
from sluice.models.delivery import Item, Message

# what a person said, and a later act of theirs may lift; whatever is not here stays
LIFTABLE = ("unsubscribed", "replied_stop", "unfollowed")


def suppress(
    connection: sa.Connection, entries: Iterable[tuple[str, str, str, int | None]], now: datetime
) -> None:
    """Suppress (channel, address_hash, reason, delivery_id)."""
    names = ("channel", "address_hash", "reason", "delivery_id")
    rows = [{**dict(zip(names, entry, strict=True)), "created_at": naive(now)} for entry in entries]
    # several at once wait for each other's rows in one order
    rows.sort(key=lambda row: (row["channel"], row["address_hash"]))
    insert_missing(connection, suppressions, rows)
    for row in rows:
        if row["reason"] not in LIFTABLE:
            connection.execute(
                suppressions.update()
                .where(*_key_of(row), suppressions.c.reason.in_(LIFTABLE))
                .values(reason=row["reason"], delivery_id=row["delivery_id"])
            )


def lift(
    connection: sa.Connection,
    channel: str,
    address_hash: str,
    now: datetime,
    reasons: Sequence[str] = LIFTABLE,
) -> None:
    """The person takes back what silenced the address: a bounce and a complaint stay."""
    key = _key_of({"channel": channel, "address_hash": address_hash})
    connection.execute(
        suppressions.delete().where(
            *key, suppressions.c.reason.in_(reasons), suppressions.c.created_at < naive(now)
        )
    )


def _key_of(row: Mapping[str, object]) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        suppressions.c.channel == row["channel"],
        suppressions.c.address_hash == row["address_hash"],
    )


def suppressed(connection: sa.Connection, items: Sequence[Item]) -> dict[int, str]:
    """Of the messages among these, the delivery_ids whose address, or whose whole mailbox, is
    suppressed at this moment, with the reason.
    """
    messages = [item for item in items if isinstance(item, Message)]
    hashes = {
        one.delivery_id: silencing_hashes(one.channel, one.address, one.address_hash)
        for one in messages
    }
    found: dict[tuple[str, str], str] = {}
    for chunk in chunks(list(dict.fromkeys(hashed for some in hashes.values() for hashed in some))):
        query = sa.select(suppressions).where(suppressions.c.address_hash.in_(chunk))
        found.update(
            {(row.channel, row.address_hash): row.reason for row in connection.execute(query)}
        )
    keys = {
        one.delivery_id: [(one.channel, hashed) for hashed in hashes[one.delivery_id]]
        for one in messages
    }
    return {
        delivery_id: reasons[0]
        for delivery_id, some in keys.items()
        if (reasons := [found[key] for key in some if key in found])
    }
