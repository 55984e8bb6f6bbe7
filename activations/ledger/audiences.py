"""Who said no after the decisions: their rows of an audience wait for the next ones.

A sync that puts people on a list of a marketing vendor (an audience, a tag, a conversion) is asked
about at the claim, as messages are. Who leaves a list leaves it all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from sluice.activations.addresses import address_hash, e164
from sluice.activations.ledger.rows import chunks
from sluice.activations.ledger.stating import WITHDRAWN, standing_no
from sluice.activations.ledger.tables import consent_statements, deliveries
from sluice.models.delivery import REFUSED_SINCE, Audience, Item, SyncOperation

PURPOSES = ("marketing", "advertising")
Key = int | str  # a contact, or the hash of an address


def refused(
    connection: sa.Connection, items: Sequence[Item], audience: Audience, known: int = 0
) -> dict[int, str]:
    """Of the rows among these that enter or change, the delivery_ids whose person said no, with
    how. ``known``: see ``stating.withdrawn``; it counts for the consent of the vendor.
    """
    rows = [one for one in items if isinstance(one, SyncOperation) and one.operation != "exited"]
    said = _since(connection, audience.weighed) if rows else {}
    if audience.consent is not None:
        contacts = {one.contact_id for one in rows if one.contact_id is not None}
        said |= _withdrawn(connection, contacts, audience.consent, known)
    if not said:
        return {}
    people = {one.delivery_id: _keys(one) for one in rows}
    found = {one: [said[key] for key in keys if key in said] for one, keys in people.items()}
    return {one: f"{REFUSED_SINCE}:{how[0]}" for one, how in found.items() if how}


def _keys(item: SyncOperation) -> list[Key]:
    """The contact of a row, and the hashes of the addresses in it."""
    texts = [item.key, *item.properties.values()]
    hashes = [hashed for text in texts if isinstance(text, str) for hashed in _hashes(text)]
    return ([] if item.contact_id is None else [item.contact_id]) + hashes


def _hashes(text: str) -> list[str]:
    if "@" in text:
        return [address_hash("email", text)]
    return [address_hash("sms", text)] if text.startswith("+") and e164(text) else []


def _since(connection: sa.Connection, weighed: int) -> dict[Key, str]:
    """Who said no to marketing on any channel after the decisions, by contact and by address, and
    how: also the address that the message was sent to by which they said it.
    """
    c, d = consent_statements.c, deliveries.c
    query = (
        sa.select(*_columns(), d.address_hash.label("written_to"))
        .select_from(consent_statements.outerjoin(deliveries, c.delivery_id == d.delivery_id))
        .where(c.statement_id > weighed, c.purpose.in_(PURPOSES))
    )
    said: dict[tuple[str, str, int | None, str | None], list[sa.Row[Any]]] = {}
    for row in connection.execute(query.order_by(c.statement_id)):
        whose = (row.contact_id, None if row.contact_id is not None else row.address_hash)
        said.setdefault((row.channel, row.purpose, *whose), []).append(row)
    found: dict[Key, str] = {}
    for rows in said.values():
        if how := standing_no(rows):
            found |= {key: how for row in rows for key in _named(row) if key is not None}
    return found


def _named(row: sa.Row[Any]) -> tuple[Key | None, ...]:
    if row.status != WITHDRAWN:
        return ()
    return (row.contact_id, row.address_hash, row.written_to)


def _withdrawn(
    connection: sa.Connection, contacts: Iterable[int], consent: tuple[str, str], known: int
) -> dict[Key, str]:
    """Which of these withdrew this very consent, and did not come back since."""
    c, (channel, purpose) = consent_statements.c, consent
    said: dict[Key, list[sa.Row[Any]]] = {}
    for chunk in chunks(sorted(contacts)):
        query = sa.select(*_columns()).where(c.contact_id.in_(chunk))
        query = query.where(c.channel == channel, c.purpose == purpose)
        for row in connection.execute(query.order_by(c.statement_id)):
            said.setdefault(row.contact_id, []).append(row)
    return {key: how for key, rows in said.items() if (how := standing_no(rows, known))}


def _columns() -> tuple[sa.ColumnElement[Any], ...]:
    names = (
        "channel",
        "purpose",
        "contact_id",
        "address_hash",
        "how",
        "status",
        "stated_at",
        "statement_id",
    )
    return tuple(consent_statements.c[name] for name in names)
