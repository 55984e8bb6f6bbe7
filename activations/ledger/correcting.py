"""Golden values corrected by hand: who said so, when and why, until it is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from sluice.activations.ledger.rows import Row, naive
from sluice.activations.ledger.tables import corrections

REPLACED = "replaced by a later correction"
C = corrections.c


def keep(
    connection: sa.Connection,
    contact_id: int,
    attribute: str,
    value: str,
    who: str,
    reason: str,
    now: datetime,
) -> int:
    """Keep a correction in place of the one before. Returns its number."""
    withdraw(connection, [contact_id], attribute, who, REPLACED, now)
    values = dict(
        contact_id=contact_id,
        attribute=attribute,
        value=value,
        reason=reason[:200],
        corrected_by=who[:100],
        corrected_at=naive(now),
    )
    insert = corrections.insert().values(**values).returning(C.correction_id)
    return int(connection.execute(insert).scalar_one())


def withdraw(
    connection: sa.Connection,
    contact_ids: Sequence[int],
    attribute: str,
    who: str,
    reason: str,
    now: datetime,
) -> int:
    """Take the corrections of an attribute back; they stay on record. Returns how many."""
    values = dict(withdrawn_by=who[:100], withdrawn_reason=reason[:200], withdrawn_at=naive(now))
    holding = sa.and_(
        C.contact_id.in_(list(contact_ids)), C.attribute == attribute, C.withdrawn_at.is_(None)
    )
    return int(connection.execute(corrections.update().where(holding).values(**values)).rowcount)


def find(connection: sa.Connection, contact_ids: Sequence[int] | None) -> list[Row]:
    """Those that hold; of one contact and attribute the last one."""
    query = sa.select(corrections).where(C.withdrawn_at.is_(None)).order_by(C.correction_id)
    if contact_ids is not None:
        query = query.where(C.contact_id.in_(list(contact_ids)))
    return [dict(row) for row in connection.execute(query).mappings()]
