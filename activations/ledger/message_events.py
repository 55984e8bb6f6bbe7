"""Opens, clicks and other events of own messages: kept once each, and given to the warehouse in
order.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from sluice.activations.database import lock_until_commit
from sluice.activations.ledger.rows import Row, insert_missing, naive
from sluice.activations.ledger.tables import deliveries, message_events
from sluice.models.delivery import MessageEvent

LINK, AGENT = 300, 30


def keep_event(connection: sa.Connection, event: MessageEvent, now: datetime) -> bool:
    """Keep an event of a delivery of ours; false for a repeat, and for a message that this ledger
    did not send.
    """
    delivery_id = (
        event.delivery_id
        if event.delivery_id is not None
        else _of_vendor(connection, event.vendor_id)
    )
    if delivery_id is None:
        return False
    # landed by their number: on Postgres a smaller number must not be committed after a greater one
    lock_until_commit(connection, "message_events")
    row = dict(
        event_key=event.event_key,
        delivery_id=delivery_id,
        event_type=event.event_type,
        link=event.link[:LINK] if event.link else None,
        agent=event.agent[:AGENT] if event.agent else None,
        is_machine=event.is_machine,
        occurred_at=naive(event.occurred_at),
        heard_at=naive(now),
    )
    return bool(insert_missing(connection, message_events, [row]))


def events_after(engine: sa.Engine, event_id: int, size: int = 50_000) -> Iterator[list[Row]]:
    """Events with a greater event_id, in order, in batches, without their keys."""
    columns = [column for column in message_events.columns if column.name != "event_key"]
    while True:
        query = sa.select(*columns).where(message_events.c.event_id > event_id)
        with engine.connect() as connection:
            ordered = query.order_by(message_events.c.event_id).limit(size)
            batch = [dict(row) for row in connection.execute(ordered).mappings()]
        if not batch:
            return
        event_id = batch[-1]["event_id"]
        yield batch


def _of_vendor(connection: sa.Connection, vendor_id: str | None) -> int | None:
    if not vendor_id:
        return None
    query = sa.select(deliveries.c.delivery_id).where(deliveries.c.vendor_id == vendor_id).limit(1)
    found = connection.execute(query).scalar()
    return None if found is None else int(found)
