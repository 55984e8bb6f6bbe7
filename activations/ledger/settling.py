"""What may be done to deliveries that are there: a person settles an unknown one, or lets one be
tried again; a vendor that is queried gives its outcome. Each act is a receipt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa

from sluice.activations.database import lock_until_commit
from sluice.activations.ledger.reading import WITH_PUSH, in_hand
from sluice.activations.ledger.reasons import plain_reason
from sluice.activations.ledger.rows import Row, chunks, naive
from sluice.activations.ledger.tables import OPEN, deliveries, pushes, receipts
from sluice.models.delivery import DeliveryState, ItemResult, Outcome
from sluice.models.errors import ConfigurationError

RETRIABLE = (DeliveryState.FAILED, DeliveryState.UNKNOWN)
UPDATED = ("state", "reason", "vendor_id", "settled_at", "next_attempt_at")


def resolve(
    engine: sa.Engine,
    ids: Sequence[int],
    outcome: Literal["accepted", "failed"],
    reason: str,
    person: str,
    now: datetime,
) -> list[Row]:
    """Settle unknown deliveries, all of them or none.

    Returns them. Raises ConfigurationError naming what is not unknown.
    """
    words = plain_reason(reason, "--reason")
    if words is None:
        raise ConfigurationError("--reason is empty", "say how you know its outcome")
    with engine.begin() as connection:
        rows = lock_rows(connection, sorted(set(ids)))
        _refuse_settled(rows + in_hand(connection), ids)
        settled = [_becomes(row, DeliveryState(outcome).value, words, now) for row in rows]
        settle(connection, settled, recorded_by=person[:100])
    return settled


def retry(
    engine: sa.Engine,
    state: str,
    activation: str | None,
    reason: str | None,
    person: str,
    now: datetime,
) -> list[Row]:
    """Make all deliveries in ``state`` (failed or unknown) due again in the next run; only of one
    activation, or whose reason holds a text. Returns them as they are now. Raises
    ConfigurationError for another state: those need nobody's help.
    """
    if state not in RETRIABLE:
        raise ConfigurationError(
            f"a delivery in state '{state}' is not tried again",
            f"use one of {', '.join(RETRIABLE)}",
        )
    query = WITH_PUSH.where(OPEN, deliveries.c.state == state)
    if activation is not None:
        query = query.where(pushes.c.activation == activation)
    if reason is not None:
        query = query.where(deliveries.c.reason.contains(reason, autoescape=True))
    with engine.begin() as connection:
        ids = [
            row["delivery_id"]
            for row in connection.execute(query.order_by(deliveries.c.delivery_id)).mappings()
        ]
        rows = [row for row in lock_rows(connection, ids) if row["state"] == state]
        again = [
            _becomes(row, DeliveryState.RETRY.value, f"retried_after_{state}", now) for row in rows
        ]
        settle(connection, again, recorded_by=person[:100])
    return again


def unknown_since(connection: sa.Connection, ids: Sequence[int]) -> dict[int, datetime]:
    """Of these deliveries the unknown ones, with the time of their last attempt (aware UTC)."""
    found: dict[int, datetime] = {}
    for chunk in chunks(ids):
        query = sa.select(deliveries.c.delivery_id, deliveries.c.claimed_at).where(
            deliveries.c.delivery_id.in_(chunk)
        )
        rows = connection.execute(
            query.where(OPEN, deliveries.c.state == DeliveryState.UNKNOWN.value)
        )
        found.update({row.delivery_id: row.claimed_at.replace(tzinfo=UTC) for row in rows})
    return found


def settle_answers(
    connection: sa.Connection, answers: Mapping[int, ItemResult], now: datetime
) -> list[Row]:
    """Settle unknown deliveries as their vendor says when it is asked.

    RETRY: it surely did not act, so it is due at once.
    """
    rows = [
        row
        for row in lock_rows(connection, sorted(answers))
        if row["state"] == DeliveryState.UNKNOWN
    ]
    settled = []
    for row in rows:
        answer = answers[row["delivery_id"]]
        if answer.outcome is not Outcome.UNKNOWN:
            words = "reconciled" if answer.reason is None else f"reconciled_{answer.reason}"
            settled.append(
                {
                    **_becomes(row, answer.outcome.value, words[:200], now),
                    "vendor_id": answer.vendor_id or row["vendor_id"],
                }
            )
    settle(connection, settled)
    return settled


def lock_rows(connection: sa.Connection, ids: Sequence[int]) -> list[Row]:
    """The deliveries of these ids with their push, locked until the transaction ends."""
    rows: list[Row] = []
    for chunk in chunks(sorted(ids)):
        query = WITH_PUSH.where(deliveries.c.delivery_id.in_(chunk)).order_by(
            deliveries.c.delivery_id
        )
        rows.extend(
            dict(row) for row in connection.execute(query.with_for_update(of=deliveries)).mappings()
        )
    return rows


def settle(
    connection: sa.Connection,
    rows: Sequence[Row],
    recorded_by: str | None = None,
    occurred_at: datetime | None = None,
) -> None:
    """Write the state of deliveries, and a receipt of each, whose time is that of the settling
    unless it is given.
    """
    if not rows:
        return
    values: dict[str, Any] = {name: sa.bindparam(name) for name in UPDATED}
    update = (
        deliveries.update().where(deliveries.c.delivery_id == sa.bindparam("id")).values(values)
    )
    connection.execute(
        update,
        [{**{name: row[name] for name in UPDATED}, "id": row["delivery_id"]} for row in rows],
    )
    lock_until_commit(connection, "receipts")
    connection.execute(receipts.insert(), [_receipt(row, recorded_by, occurred_at) for row in rows])


def _receipt(row: Row, recorded_by: str | None, occurred_at: datetime | None) -> Row:
    copied = {
        name: row[name] for name in ("delivery_id", "push_id", "state", "reason", "vendor_id")
    }
    at = row["settled_at"] if occurred_at is None else naive(occurred_at)
    return {**copied, "occurred_at": at, "claimed_at": None, "recorded_by": recorded_by}


def _becomes(row: Row, state: str, reason: str | None, now: datetime) -> Row:
    return {
        **row,
        "state": state,
        "reason": reason,
        "settled_at": naive(now),
        "next_attempt_at": None,
    }


def _refuse_settled(rows: Sequence[Row], ids: Sequence[int]) -> None:
    states = {row["delivery_id"]: row["state"] for row in rows}
    wrong = [
        f"{one} is {states.get(one, 'not in this ledger')}"
        for one in ids
        if states.get(one) != DeliveryState.UNKNOWN
    ]
    if wrong:
        raise ConfigurationError(
            f"only an unknown delivery can be settled: {'; '.join(wrong)}",
            "see `sluice ledger unknown` for those there are",
        )
