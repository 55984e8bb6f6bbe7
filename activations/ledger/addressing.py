"""One message an address for a campaign and occurrence, whatever the contact's id: asked when a
batch is claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import sqlalchemy as sa

from sluice.activations.ledger.rows import chunks, insert_rows, run
from sluice.models.delivery import DeliveryState, Item, Message

ALREADY_SENT = "already_sent_to_address"
# the other delivery reached nobody: the address may be written to under this one
NOT_SENT = {DeliveryState.FAILED.value, DeliveryState.RETRY.value}
TAKE_OVER = "on conflict (address_key) do update set delivery_id = excluded.delivery_id"


def reserve(connection: sa.Connection, items: Sequence[Item]) -> set[int]:
    """Note each message's address under its delivery.

    Returns the delivery_ids whose address has the message already, sent or in hand, under another
    delivery. Messages without an ``address_key`` are not asked about.
    """
    messages = [
        (item.address_key, item.delivery_id)
        for item in items
        if isinstance(item, Message) and item.address_key is not None
    ]
    if not messages:
        return set()
    holders = _holders(connection, [key for key, _ in messages])
    refused, new = set[int](), dict[int, int]()
    for key, delivery_id in messages:
        holder, state = holders.get(key, (new.get(key), None))
        if holder is None or (holder != delivery_id and state in NOT_SENT and key not in new):
            new[key] = delivery_id
        elif new.get(key, holder) != delivery_id:
            refused.add(delivery_id)
    insert_rows(
        connection,
        "sent_addresses",
        {},
        ("address_key", "delivery_id"),
        list(new.items()),
        TAKE_OVER,
    )
    return refused


def _holders(connection: sa.Connection, keys: Sequence[int]) -> dict[int, tuple[int, str | None]]:
    """The delivery that has each key and its state; no state for one that is in hand."""
    found: dict[int, tuple[int, str | None]] = {}
    for chunk in chunks(keys):
        found.update(
            {key: (one, state) for key, one, state in run(connection, _select(len(chunk)), chunk)}
        )
    return found


@lru_cache(maxsize=64)
def _select(count: int) -> str:
    return (
        "select s.address_key, s.delivery_id, d.state from sent_addresses as s"
        " left join deliveries as d on d.delivery_id = s.delivery_id"
        f" where s.address_key in ({', '.join('?' * count)})"
    )
