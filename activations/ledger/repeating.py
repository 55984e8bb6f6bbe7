"""Repeats that a vendor would count twice: what may have arrived longer ago than the vendor knows a
repeat for one is not sent again by itself, but waits as unknown for a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from sluice.activations.ledger.reasons import REPEAT_WINDOW_PASSED
from sluice.activations.ledger.rows import chunks, naive
from sluice.activations.ledger.settling import lock_rows, settle
from sluice.activations.ledger.tables import receipts
from sluice.models.delivery import DeliveryState


def withhold_repeats(
    connection: sa.Connection, dedupes_for: timedelta | None, ids: Iterable[int], now: datetime
) -> list[int]:
    """Of these deliveries those that may have arrived before ``now`` less ``dedupes_for``: they are
    unknown with that reason from now on, which a receipt says once. None: no repeat does harm.

    A delivery that a person lets be tried again begins anew: what was unknown before is decided.
    """
    if dedupes_for is None:
        return []
    late: list[int] = []
    for chunk in chunks(list(ids)):
        found = connection.execute(_late(chunk, naive(now - dedupes_for)))
        late += [int(row[0]) for row in found]
    rows = [
        row
        for row in lock_rows(connection, late)
        if (row["state"], row["reason"]) != (DeliveryState.UNKNOWN, REPEAT_WINDOW_PASSED)
    ]
    changed = dict(
        state=DeliveryState.UNKNOWN.value,
        reason=REPEAT_WINDOW_PASSED,
        settled_at=naive(now),
        next_attempt_at=None,
    )
    settle(connection, [{**row, **changed} for row in rows])
    return late


def _late(ids: Iterable[int], limit: datetime) -> sa.Select[Any]:
    """A receipt that a ledger was given back has the time of its outcome alone."""
    by_person = receipts.alias()
    decided = (
        sa.select(sa.func.coalesce(sa.func.max(by_person.c.receipt_id), 0))
        .where(
            by_person.c.delivery_id == receipts.c.delivery_id, by_person.c.recorded_by.is_not(None)
        )
        .scalar_subquery()
    )
    return (
        sa.select(receipts.c.delivery_id)
        .where(
            receipts.c.delivery_id.in_(list(ids)),
            receipts.c.state == DeliveryState.UNKNOWN.value,
            sa.func.coalesce(receipts.c.claimed_at, receipts.c.occurred_at) < limit,
            receipts.c.receipt_id > decided,
        )
        .distinct()
    )
