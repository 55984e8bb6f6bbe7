"""What a person may do to deliveries: settle an unknown one, or let one be tried again. Each act is a receipt with a name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from activations.ledger.rows import Row, chunks, lock_rows, naive, settle
from activations.ledger.tables import deliveries
from activations.ledger.words import plain_words
from models.delivery import DeliveryState
from models.errors import ConfigurationError

RETRIABLE = (DeliveryState.FAILED, DeliveryState.UNKNOWN)


def resolve(
    engine: sa.Engine, ids: Sequence[int], outcome: Literal["accepted", "failed"], reason: str, person: str, now: datetime
) -> list[Row]:
    """Settle unknown deliveries, all of them or none. Returns them. Raises ConfigurationError naming what is not unknown."""
    words = plain_words(reason, "--reason")
    if words is None:
        raise ConfigurationError("--reason is empty", "say how you know what became of it")
    with engine.begin() as connection:
        rows = lock_rows(connection, sorted(set(ids)))
        _refuse_settled(rows, ids)
        settled = [_by_hand(row, DeliveryState(outcome), words, now) for row in rows]
        settle(connection, settled, recorded_by=person[:100])
    return settled


def retry(engine: sa.Engine, state: str, activation: str | None, reason: str | None, person: str, now: datetime) -> list[Row]:
    """Make all deliveries in ``state`` (failed or unknown) due again in the next run; only of one activation, or whose reason
    holds a text. Returns them as they are now. Raises ConfigurationError for another state: those need nobody's help."""
    if state not in RETRIABLE:
        raise ConfigurationError(f"a delivery in state '{state}' is not tried again", f"use one of {', '.join(RETRIABLE)}")
    query = sa.select(deliveries.c.delivery_id).where(deliveries.c.state == state)
    if activation is not None:
        query = query.where(deliveries.c.activation == activation)
    if reason is not None:
        query = query.where(deliveries.c.reason.contains(reason, autoescape=True))
    with engine.begin() as connection:
        ids: list[int] = list(connection.execute(query.order_by(deliveries.c.delivery_id)).scalars())
        rows = [row for row in lock_rows(connection, ids) if row["state"] == state]
        again = [_by_hand(row, DeliveryState.RETRY, f"retried_after_{state}", now) for row in rows]
        for part in chunks(again):
            settle(connection, part, recorded_by=person[:100])
    return again


def _by_hand(row: Row, state: DeliveryState, reason: str, now: datetime) -> Row:
    return {**row, "state": state.value, "reason": reason, "settled_at": naive(now), "next_attempt_at": None}


def _refuse_settled(rows: Sequence[Row], ids: Sequence[int]) -> None:
    states = {row["delivery_id"]: row["state"] for row in rows}
    wrong = [f"{one} is {states.get(one, 'not in this ledger')}" for one in ids if states.get(one) != DeliveryState.UNKNOWN]
    if wrong:
        raise ConfigurationError(
            f"only an unknown delivery can be settled: {'; '.join(wrong)}", "see `sluice ledger unknown` for those there are"
        )
