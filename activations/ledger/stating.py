"""What people say to us, as consent statements of the person: one-click unsubscribes, complaints,
replies, unfollows; and their own act by which they come back.

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
from sluice.activations.ledger.rows import chunks, known_until, naive
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
    "status",
    "purpose",
)  # said again: the later statement replaces the earlier
WEIGHED = (*SAME, "stated_at")

WITHDRAWN, GRANTED, LIFTED = "withdrawn", "granted", "lifted"
FOLLOWED, UNFOLLOWED = "followed", "unfollowed"
# withdrawals that no later act in a page of ours lifts: who complained is not asked again
FIRM = ("complained", "dropped_spam_reporting_address")


@dataclass(frozen=True)
class Statement:
    """What a person said of marketing on one channel. ``status``: ``withdrawn``, ``granted``, or
    ``lifted``: what was before an unfollow counts again.

    ``contact_as_of``: the logical time at which the contact had this id.
    """

    channel: str
    how: str
    stated_at: datetime
    contact_id: int | None = None
    address_hash: str | None = None
    delivery_id: int | None = None
    contact_as_of: datetime | None = None
    status: str = WITHDRAWN
    purpose: str = "marketing"


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
    inherited = (
        replace(said, contact_id=heir, contact_as_of=at)
        for said in kept
        for heir, at in heirs(
            connection, said.contact_id, said.contact_as_of, said.status == WITHDRAWN
        )
    )
    for one in [*kept, *inherited]:
        values = {**asdict(one), "how": one.how[:100], "stated_at": naive(one.stated_at)}
        if one.contact_as_of is not None:
            values["contact_as_of"] = naive(one.contact_as_of)
        values |= {"recorded_at": naive(now)}
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


def has_left(connection: sa.Connection, channel: str, address_hash: str, before: datetime) -> bool:
    """Whether somebody at this address left the channel before that moment."""
    c = consent_statements.c
    query = sa.select(c.statement_id).where(
        c.channel == channel,
        c.address_hash == address_hash,
        c.how == UNFOLLOWED,
        c.stated_at < naive(before),
    )
    return connection.execute(query.limit(1)).first() is not None


def heirs(
    connection: sa.Connection,
    contact_id: int | None,
    contact_as_of: datetime | None,
    is_strict: bool = True,
) -> list[tuple[int, datetime]]:
    """The contacts that this one was merged into since it was written to, each with the time; with
    ``is_strict`` also those it was split into: a no is of all of them, a yes of none.
    """
    c = identity_changes.c
    found: dict[int, datetime] = {}
    frontier = {contact_id} - {None}
    while frontier:
        query = sa.select(c.to_contact_id, sa.func.max(c.changed_at)).where(
            c.from_contact_id.in_(frontier)
        )
        if not is_strict:
            query = query.where(c.change == "merged")
        if contact_as_of is not None:
            # a change of the very run that wrote came before its messages
            query = query.where(c.changed_at > naive(contact_as_of))
        changes = {
            int(row[0]): row[1] for row in connection.execute(query.group_by(c.to_contact_id))
        }
        new = {one: at for one, at in changes.items() if one not in found and one != contact_id}
        found.update(new)
        frontier = set(new)
    return sorted(found.items())


def withdrawn(connection: sa.Connection, items: Sequence[Item], known: int = 0) -> dict[int, str]:
    """Of the marketing messages among these, the delivery_ids whose person withdrew consent on the
    channel and did not come back since, with how. ``known``: statements up to this id were weighed
    by the decisions, which may let a later grant of a source lift them.
    """
    messages = [item for item in items if isinstance(item, Message) and item.purpose == "marketing"]
    c, said = consent_statements.c, dict[tuple[str, int], list[sa.Row[Any]]]()
    for chunk in chunks(sorted({message.contact_id for message in messages})):
        query = sa.select(c.channel, c.contact_id, c.how, c.status, c.stated_at, c.statement_id)
        query = query.where(c.contact_id.in_(chunk), c.purpose == "marketing")
        for row in connection.execute(query.order_by(c.statement_id)):
            said.setdefault((row.channel, row.contact_id), []).append(row)
    found = {key: how for key, rows in said.items() if (how := standing_no(rows, known))}
    keys = {message.delivery_id: (message.channel, message.contact_id) for message in messages}
    return {delivery_id: found[key] for delivery_id, key in keys.items() if key in found}


def standing_no(rows: Sequence[sa.Row[Any]], known: int = 0) -> str | None:
    """How the person withdrew, by their statements on one channel in the order of their ids; None
    where a later act of theirs lifts each withdrawal. At one moment the no wins.
    """
    for row in rows:
        is_lifted = row.how not in FIRM and any(
            one.stated_at > row.stated_at
            and (one.status == GRANTED or (one.status == LIFTED and row.how == UNFOLLOWED))
            for one in rows
        )
        if row.status == WITHDRAWN and row.statement_id > known and not is_lifted:
            return str(row.how)
    return None


def last_among(engine: sa.Engine, landed: Iterable[tuple[Any, ...]]) -> int:
    """The greatest id up to which every statement is among these, by ``WEIGHED``: what the
    decisions knew.
    """
    return known_until(list_statements(engine), WEIGHED, "statement_id", landed)


def list_statements(engine: sa.Engine) -> list[dict[str, Any]]:
    """All statements, as they are landed."""
    with engine.connect() as connection:
        query = sa.select(consent_statements).order_by(consent_statements.c.statement_id)
        return [dict(row) for row in connection.execute(query).mappings()]
