"""Orders about journeys: start, stop, move and release, each with who gave it, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from sluice.activations.ledger.reasons import plain_reason
from sluice.activations.ledger.rows import Row, naive
from sluice.activations.ledger.tables import journey_orders
from sluice.models.journey_order import JourneyOrder


def keep(
    connection: sa.Connection, orders: Sequence[JourneyOrder], who: str, now: datetime
) -> None:
    """Keep orders, of this second. Raises ConfigurationError for an address in a reason."""
    moment = naive(now).replace(microsecond=0)
    rows = [
        {
            **vars(order),
            "reason": plain_reason(order.reason, "--reason"),
            "ordered_by": who[:100],
            "ordered_at": moment,
        }
        for order in orders
    ]
    connection.execute(journey_orders.insert(), rows)


def find(connection: sa.Connection, contact_ids: Sequence[int] | None) -> list[Row]:
    """All orders, or those of some contacts, the oldest first."""
    query = sa.select(journey_orders).order_by(journey_orders.c.order_id)
    if contact_ids is not None:
        query = query.where(journey_orders.c.contact_id.in_(list(contact_ids)))
    return [dict(row) for row in connection.execute(query).mappings()]
