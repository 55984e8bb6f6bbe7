"""What a person asks the ledger: what is unknown, and the story of a delivery.

Times are naive UTC; no address is in it.
"""

from __future__ import annotations

import sqlalchemy as sa

from sluice.activations.ledger.reading import WITH_PUSH, in_hand
from sluice.activations.ledger.reasons import REPEAT_WINDOW_PASSED
from sluice.activations.ledger.rows import Row
from sluice.activations.ledger.tables import OPEN, deliveries, pushes, receipts
from sluice.models.delivery import DeliveryState

# a delivery of a ledger from before this was kept: the careful rule
DEFAULT_RULE = "hold"
DUE = "due"
WHAT_IT_IS = ("delivery_id", "kind", "activation", "destination", "subject_id", "operation")


def unknown_deliveries(engine: sa.Engine) -> list[Row]:
    """Deliveries whose outcome is unknown, the oldest first, with ``since`` and the rule of the
    destination: ``resend`` (the next run does), ``reconcile`` (the vendor can be asked) or ``hold``
    (a person decides), which is also the rule of one whose repeat the vendor would count twice by
    now.
    """
    query = WITH_PUSH.where(OPEN, deliveries.c.state == DeliveryState.UNKNOWN.value)
    with engine.connect() as connection:
        rows = connection.execute(
            query.order_by(deliveries.c.settled_at, deliveries.c.delivery_id)
        ).mappings()
        named = (*WHAT_IT_IS[:-1], "reason")
        return [
            {
                **{name: row[name] for name in named},
                "since": row["settled_at"],
                "on_unknown": _rule(row),
            }
            for row in rows
        ]


def _rule(row: sa.RowMapping) -> str:
    is_late = row["reason"] == REPEAT_WINDOW_PASSED
    return DEFAULT_RULE if is_late or not row["on_unknown"] else str(row["on_unknown"])


def find_deliveries(engine: sa.Engine, key: str) -> list[Row]:
    """The deliveries of a key, by their first claim: a delivery id, or
    ``activation:contact_id``.
    """
    activation, _, number = key.rpartition(":")
    if not number.isdecimal() or int(number) >= 2**63:
        return []
    condition = deliveries.c.delivery_id == int(number)
    if activation:
        condition = (pushes.c.activation == activation) & (deliveries.c.subject_id == int(number))
    query = WITH_PUSH.where(condition).order_by(deliveries.c.claimed_at, deliveries.c.delivery_id)
    column = "subject_id" if activation else "delivery_id"
    with engine.connect() as connection:
        found = [dict(row) for row in connection.execute(query).mappings()]
        of_it = pushes.c.activation == activation if activation else None
        return found + [row for row in in_hand(connection, of_it) if row[column] == int(number)]


def history_of(engine: sa.Engine, delivery: Row) -> Row:
    """A delivery with its ``events`` in order: for each run that it was due in the logical time of
    the decision, each claim, and each receipt with its reason and who recorded it.
    """
    query = sa.select(receipts, pushes.c.run_id, pushes.c.as_of).join(
        pushes, pushes.c.push_id == receipts.c.push_id
    )
    query = query.where(receipts.c.delivery_id == delivery["delivery_id"]).order_by(
        receipts.c.receipt_id
    )
    events: list[Row] = []
    with engine.connect() as connection:
        for receipt in connection.execute(query).mappings():
            if receipt["claimed_at"] is not None:
                events += _claim(receipt, events)
            reason, person = receipt["reason"], receipt["recorded_by"]
            events.append(
                _event(receipt["occurred_at"], receipt["state"], receipt["run_id"], reason, person)
            )
    if delivery["state"] == DeliveryState.CLAIMED:
        events += _claim(delivery, events)
    named = {
        name: delivery[name]
        for name in (*WHAT_IT_IS, "state", "attempts", "next_attempt_at", "on_unknown")
    }
    return {**named, "events": events}


def _claim(row: Row | sa.RowMapping, before: list[Row]) -> list[Row]:
    """A claim, after the decision of its run where this is the first claim of it."""
    claimed = _event(row["claimed_at"], DeliveryState.CLAIMED, row["run_id"])
    is_known = any(event["run_id"] == row["run_id"] and event["state"] == DUE for event in before)
    return [claimed] if is_known else [_event(row["as_of"], DUE, row["run_id"]), claimed]


def _event(
    at: object, state: str, run_id: str, reason: str | None = None, recorded_by: str | None = None
) -> Row:
    return {
        "at": at,
        "state": str(state),
        "reason": reason,
        "recorded_by": recorded_by,
        "run_id": run_id,
    }
