"""What people prefer: topics, how often, a pause, the language; and what a push holds of it.

Only appended to: of a preference of a contact the last row holds, and all rows are its proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sluice.activations.database import lock_until_commit
from sluice.activations.ledger.reading import WITH_PUSH, in_hand
from sluice.activations.ledger.rows import Row, chunks, known_until, naive
from sluice.activations.ledger.stating import (
    GRANTED,
    WITHDRAWN,
    Statement,
    heirs,
    keep_statements,
)
from sluice.activations.ledger.suppressing import lift, suppress
from sluice.activations.ledger.tables import (
    consent_statements,
    deliveries,
    preferences,
    pushes,
)
from sluice.models.delivery import Item, Message

HOW = "preference_page"
TOPIC, FREQUENCY, PAUSE, LANGUAGE = "topic:", "frequency", "pause_until", "language"
REFUSED, WANTED, LESS, NORMAL = "refused", "wanted", "less", "normal"
TIME = "%Y-%m-%d %H:%M:%S"  # of pause_until, UTC: every database reads it as a timestamp
SUPPRESSED_CHANNELS = ("email", "sms", "wechat")
SAME = ("contact_id", "preference", "value", "stated_at")


@dataclass(frozen=True)
class Answer:
    """What a person states in the page: ``consents`` by channel (and purpose), True for yes, and
    ``preferences`` by name. ``address_hashes``: of the channels whose address is known.
    """

    delivery_id: int
    consents: Mapping[tuple[str, str], bool]
    preferences: Mapping[str, str]
    address_hashes: Mapping[str, str]


def recipient(connection: sa.Connection, delivery_id: int) -> Row | None:
    """The delivery of a message, as WITH_PUSH gives it, also while it is in hand; None for none."""
    condition = sa.and_(deliveries.c.delivery_id == delivery_id, pushes.c.kind == "message")
    row = connection.execute(WITH_PUSH.where(condition)).mappings().first()
    if row is not None:
        return dict(row)
    rows = in_hand(connection, pushes.c.kind == "message")
    return next((one for one in rows if one["delivery_id"] == delivery_id), None)


def stated_consents(connection: sa.Connection, contact_id: int) -> dict[str, bool]:
    """What the contact said last of marketing on each channel."""
    c = consent_statements.c
    query = (
        sa.select(c.channel, c.status)
        .where(c.contact_id == contact_id, c.purpose == "marketing")
        .where(c.status.in_((GRANTED, WITHDRAWN)))
        .order_by(c.stated_at, sa.case((c.status == GRANTED, 0), else_=1))
    )
    return {row.channel: row.status == GRANTED for row in connection.execute(query)}


def stated_preferences(connection: sa.Connection, contact_id: int) -> dict[str, str]:
    """The contact's preferences as they stand."""
    return _latest(connection, [contact_id], 0).get(contact_id, {})


def answer(connection: sa.Connection, said: Answer, delivery: Row, now: datetime) -> None:
    """Keep what was stated: each consent as a statement of the person, which silences or frees the
    channel's address at once, and each preference.
    """
    lock_until_commit(connection, "receipts")
    hashes = {**said.address_hashes}
    if delivery["address_hash"]:
        hashes[delivery["channel"]] = delivery["address_hash"]
    statements = []
    for (channel, purpose), is_yes in said.consents.items():
        hashed = hashes.get(channel)
        about = (delivery["subject_id"], hashed, said.delivery_id, delivery["as_of"])
        status = GRANTED if is_yes else WITHDRAWN
        statements.append(Statement(channel, HOW, now, *about, status, purpose))
        if hashed and channel in SUPPRESSED_CHANNELS:
            if is_yes:
                lift(connection, channel, hashed, now)
            else:
                entry = (channel, hashed, "unsubscribed", said.delivery_id)
                suppress(connection, [entry], now)
    keep_statements(connection, statements, now)
    _keep(connection, said, delivery, now)


def _keep(connection: sa.Connection, said: Answer, delivery: Row, now: datetime) -> None:
    shared = {
        "delivery_id": said.delivery_id,
        "stated_at": naive(now),
        "how": HOW,
        "recorded_at": naive(now),
    }
    rows = []
    for name, value in said.preferences.items():
        is_strict = value in {REFUSED, LESS} or name == PAUSE
        inherited = heirs(connection, delivery["subject_id"], delivery["as_of"], is_strict)
        ids = [delivery["subject_id"], *(heir for heir, _ in inherited)]
        rows += [{**shared, "contact_id": one, "preference": name, "value": value} for one in ids]
    if rows:
        connection.execute(preferences.insert(), rows)


def held_back(
    connection: sa.Connection, items: Sequence[Item], topic: str | None, known: int, now: datetime
) -> set[int]:
    """Of the marketing messages among these, the delivery_ids that wait for the next decisions,
    since the person paused, refused the topic or asked for less after those that made them.
    ``known``: preferences up to this id were weighed.
    """
    messages = [item for item in items if isinstance(item, Message) and item.purpose == "marketing"]
    stated = _latest(connection, sorted({one.contact_id for one in messages}), known)
    held = {contact for contact, said in stated.items() if _holds(said, topic, now)}
    return {one.delivery_id for one in messages if one.contact_id in held}


def _holds(said: Mapping[str, str], topic: str | None, now: datetime) -> bool:
    return (
        said.get(PAUSE, "") > now.strftime(TIME)
        or said.get(FREQUENCY) == LESS
        or (topic is not None and said.get(TOPIC + topic) == REFUSED)
    )


def _latest(
    connection: sa.Connection, contacts: Sequence[int], known: int
) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    c = preferences.c
    for chunk in chunks(contacts):
        query = sa.select(c.contact_id, c.preference, c.value).where(
            c.contact_id.in_(chunk), c.preference_id > known
        )
        for row in connection.execute(query.order_by(c.stated_at, c.preference_id)):
            found.setdefault(row.contact_id, {})[row.preference] = row.value
    return found


def list_preferences(engine: sa.Engine) -> list[dict[str, Any]]:
    """All that people ever stated, as it is landed."""
    with engine.connect() as connection:
        query = sa.select(preferences).order_by(preferences.c.preference_id)
        return [dict(row) for row in connection.execute(query).mappings()]


def last_among(engine: sa.Engine, landed: Iterable[tuple[Any, ...]]) -> int:
    """The greatest id up to which every row is among these, by ``SAME``: what the decisions
    weighed.
    """
    return known_until(list_preferences(engine), SAME, "preference_id", landed)
