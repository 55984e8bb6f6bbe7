"""Repeats that a vendor would count twice: what may have arrived longer ago than the vendor knows a
repeat for one is not sent again by itself, but waits as unknown for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sluice.activations.ledger.pushes import Push
from sluice.activations.ledger.reading import DELIVERIES
from sluice.activations.ledger.reasons import REPEAT_WINDOW_PASSED
from sluice.activations.ledger.rows import chunks, naive
from sluice.activations.ledger.settling import lock_rows, settle
from sluice.activations.ledger.tables import OPEN, deliveries, pushes, receipts
from sluice.models.delivery import DeliveryState, Item


def withhold_repeats(
    connection: sa.Connection,
    push: Push,
    batch: Sequence[Item],
    again: Iterable[int],
    now: datetime,
) -> set[int]:
    """Of a batch the delivery_ids that are not sent: what of ``again`` may have arrived before
    ``now`` less the time that the vendor knows a repeat, and what came in the place of such a one
    since its row has other values, for the vendor knows it by the key of the row.

    What may have arrived is unknown with that reason from now on, which a receipt says once. A
    delivery that a person lets be tried again begins anew: what was unknown before is decided.
    """
    if push.dedupes_for is None:
        return set()
    before = _of_same_rows(connection, push, batch)
    late, limit = set[int](), naive(now - push.dedupes_for)
    for chunk in chunks([*again, *before]):
        late.update(int(row[0]) for row in connection.execute(_late(chunk, limit)))
    _mark(connection, late, now)
    subjects = {before[one] for one in late if one in before}
    return late | {item.delivery_id for item in batch if item.subject_id in subjects}


def _of_same_rows(connection: sa.Connection, push: Push, batch: Sequence[Item]) -> dict[int, int]:
    """The row of each other delivery that is open, and that nobody has in hand."""
    batched, found = {item.delivery_id for item in batch}, dict[int, int]()
    for chunk in chunks(list({item.subject_id for item in batch})):
        query = (
            sa.select(deliveries.c.delivery_id, deliveries.c.subject_id)
            .select_from(DELIVERIES)
            .where(
                OPEN,
                deliveries.c.state != DeliveryState.CLAIMED.value,
                deliveries.c.subject_id.in_(chunk),
                pushes.c.activation == push.activation,
                pushes.c.destination == push.destination,
            )
        )
        found |= {int(row[0]): int(row[1]) for row in connection.execute(query)}
    return {one: subject for one, subject in found.items() if one not in batched}


def _mark(connection: sa.Connection, late: Iterable[int], now: datetime) -> None:
    rows = [
        row
        for row in lock_rows(connection, list(late))
        if (row["state"], row["reason"]) != (DeliveryState.UNKNOWN, REPEAT_WINDOW_PASSED)
    ]
    changed = dict(
        state=DeliveryState.UNKNOWN.value,
        reason=REPEAT_WINDOW_PASSED,
        settled_at=naive(now),
        next_attempt_at=None,
    )
    settle(connection, [{**row, **changed} for row in rows])


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
