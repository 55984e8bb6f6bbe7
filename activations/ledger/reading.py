"""How deliveries and receipts are read with what their push says of them; and what is in hand at
this moment.
"""

from __future__ import annotations

from collections import Counter

import orjson
import sqlalchemy as sa

from sluice.activations.ledger.rows import Row
from sluice.activations.ledger.tables import claims, deliveries, pushes, receipts
from sluice.models.delivery import DeliveryState

DELIVERIES = deliveries.join(pushes, pushes.c.push_id == deliveries.c.push_id)
OF_THE_PUSH = [
    pushes.c[name]
    for name in ("kind", "activation", "destination", "run_id", "as_of", "on_unknown", "channel")
]
WITH_PUSH = sa.select(*deliveries.columns, *OF_THE_PUSH).select_from(DELIVERIES)
# as they are landed; run and logical time are those of the push, whenever the receipt came
RECEIPTS = sa.select(
    receipts.c.receipt_id,
    receipts.c.delivery_id,
    *(pushes.c[name] for name in ("kind", "activation", "destination")),
    *(deliveries.c[name] for name in ("subject_id", "operation", "row_hash")),
    *(pushes.c[name] for name in ("run_id", "as_of")),
    *(receipts.c[name] for name in ("state", "reason", "vendor_id", "occurred_at")),
).select_from(
    receipts.join(pushes, pushes.c.push_id == receipts.c.push_id).join(
        deliveries, deliveries.c.delivery_id == receipts.c.delivery_id
    )
)
IN_HAND = sa.select(claims.c.claimed_at, claims.c.batch, *pushes.columns).join(
    pushes, pushes.c.push_id == claims.c.push_id
)


def in_hand(
    connection: sa.Connection, condition: sa.ColumnElement[bool] | None = None
) -> list[Row]:
    """New deliveries that are claimed now, as rows of deliveries with their push; tried ones say it
    in their own row.
    """
    found: list[Row] = []
    query = IN_HAND if condition is None else IN_HAND.where(condition)
    for row in connection.execute(query).mappings():
        names = ("delivery_id", "subject_id", "operation", "row_hash", "address_hash", "attempts")
        shared = {name: row[name] for name in row if name != "batch"}
        for values in zip(*orjson.loads(row["batch"]), strict=True):
            item = dict(zip(names, values, strict=True))
            if item["attempts"] == 1:
                later = dict(
                    state=DeliveryState.CLAIMED.value,
                    reason=None,
                    vendor_id=None,
                    settled_at=None,
                    next_attempt_at=None,
                )
                found.append({**shared, **item, **later})
    return found


def open_counts(connection: sa.Connection, run_id: str | None) -> Counter[tuple[str, ...]]:
    """What is in hand, by kind, activation, destination, operation and state."""
    condition = None if run_id is None else pushes.c.run_id == run_id
    names = ("kind", "activation", "destination", "operation", "state")
    return Counter(tuple(row[name] for name in names) for row in in_hand(connection, condition))
