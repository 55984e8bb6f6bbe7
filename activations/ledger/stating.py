"""What people say to us, as consent statements of the person: one-click unsubscribes, complaints,
replies, unfollows.

An address may change hands and a person may have several; so a statement holds the contacts that
the address was written to, as well as its hash. Bounces are no statement: they stay with the
address (``suppressing``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sluice.activations.database import lock_until_commit
from sluice.activations.ledger.reading import DELIVERIES, in_hand
from sluice.activations.ledger.rows import chunks, naive
from sluice.activations.ledger.tables import (
    consent_statements,
    deliveries,
    identity_changes,
    pushes,
)
from sluice.models.delivery import Item, Message

SAME = (
    "channel",
    "contact_id",
    "address_hash",
    "how",
)  # said again: the later statement replaces the earlier


@dataclass(frozen=True)
class Statement:
    """A withdrawal of marketing consent on one channel.

    ``contact_as_of``: the logical time at which the contact had this id.
    """

    channel: str
    how: str
    stated_at: datetime
    contact_id: int | None = None
    address_hash: str | None = None
    delivery_id: int | None = None
    contact_as_of: datetime | None = None


def keep_statements(
    connection: sa.Connection, statements: Iterable[Statement], now: datetime
) -> None:
    """Keep what was said, also of the contacts that the person's records went to since.

    Said again in the same way, the later time counts.
    """
    kept = list(statements)
    if not kept:
        return
    lock_until_commit(connection, "receipts")
    for one in [*kept, *(heir for said in kept for heir in _heirs(connection, said))]:
        values = {**asdict(one), "how": one.how[:100], "stated_at": naive(one.stated_at)}
        if one.contact_as_of is not None:
            values["contact_as_of"] = naive(one.contact_as_of)
        values |= {"purpose": "marketing", "status": "withdrawn", "recorded_at": naive(now)}
        insert = (
            consent_statements.insert()
            .values(**values)
            .returning(consent_statements.c.statement_id)
        )
        statement_id = int(connection.execute(insert).scalar_one())
        # after the insert: SQLite would give the number of the last row again
        same = sa.and_(
            *(consent_statements.c[name].is_not_distinct_from(values[name]) for name in SAME)
        )
        connection.execute(
            consent_statements.delete().where(
                same, consent_statements.c.statement_id < statement_id
            )
        )


def statements_by_address(
    connection: sa.Connection, channel: str, address_hash: str, how: str, at: datetime
) -> list[Statement]:
    """The statements that a word from an address comes to: one for each contact that was written to
    at it, and where there is none, one of the address alone, which the warehouse resolves to
    whoever has or had it.
    """
    query = (
        sa.select(
            deliveries.c.subject_id,
            sa.func.max(deliveries.c.delivery_id),
            sa.func.min(pushes.c.as_of),
        )
        .select_from(DELIVERIES)
        .where(
            deliveries.c.address_hash == address_hash,
            pushes.c.channel == channel,
            pushes.c.kind == "message",
        )
        .group_by(deliveries.c.subject_id)
    )
    found: dict[int, tuple[int, datetime]] = {
        int(row[0]): (row[1], row[2]) for row in connection.execute(query)
    }
    for row in in_hand(
        connection, sa.and_(pushes.c.channel == channel, pushes.c.kind == "message")
    ):
        if row["address_hash"] == address_hash:
            found.setdefault(row["subject_id"], (row["delivery_id"], row["as_of"]))
    if not found:
        return [Statement(channel, how, at, address_hash=address_hash)]
    return [
        Statement(channel, how, at, contact, address_hash, delivery, as_of)
        for contact, (delivery, as_of) in sorted(found.items())
    ]


def _heirs(connection: sa.Connection, statement: Statement) -> list[Statement]:
    """The same statement of the contacts that this one was merged into, or split into, since it was
    written to.
    """
    c = identity_changes.c
    found: dict[int, datetime] = {}
    frontier = {statement.contact_id} - {None}
    while frontier:
        query = sa.select(c.to_contact_id, sa.func.max(c.changed_at)).where(
            c.from_contact_id.in_(frontier)
        )
        if statement.contact_as_of is not None:
            # a change of the very run that wrote came before its messages
            query = query.where(c.changed_at > naive(statement.contact_as_of))
        heirs = {int(row[0]): row[1] for row in connection.execute(query.group_by(c.to_contact_id))}
        new = {
            one: at for one, at in heirs.items() if one not in found and one != statement.contact_id
        }
        found.update(new)
        frontier = set(new)
    return [
        replace(statement, contact_id=one, contact_as_of=at) for one, at in sorted(found.items())
    ]


def withdrawn(connection: sa.Connection, items: Sequence[Item], known: int = 0) -> dict[int, str]:
    """Of the marketing messages among these, the delivery_ids whose person withdrew consent on the
    channel, with how. ``known``: statements up to this id were weighed by the decisions, which may
    let a later grant lift them.
    """
    messages = [item for item in items if isinstance(item, Message) and item.purpose == "marketing"]
    found: dict[tuple[str, int], str] = {}
    columns = (
        consent_statements.c.channel,
        consent_statements.c.contact_id,
        consent_statements.c.how,
    )
    for chunk in chunks(sorted({message.contact_id for message in messages})):
        query = sa.select(*columns).where(
            consent_statements.c.contact_id.in_(chunk), consent_statements.c.statement_id > known
        )
        found.update({(str(row[0]), int(row[1])): str(row[2]) for row in connection.execute(query)})
    keys = {message.delivery_id: (message.channel, message.contact_id) for message in messages}
    return {delivery_id: found[key] for delivery_id, key in keys.items() if key in found}


def list_statements(engine: sa.Engine) -> list[dict[str, Any]]:
    """All statements, as they are landed."""
    with engine.connect() as connection:
        query = sa.select(consent_statements).order_by(consent_statements.c.statement_id)
        return [dict(row) for row in connection.execute(query).mappings()]
