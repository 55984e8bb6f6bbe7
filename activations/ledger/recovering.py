"""What a dead process had in hand becomes unknown: nobody can say what the vendor did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

import sqlalchemy as sa

from sluice.activations.ledger.claims import find, unpack
from sluice.activations.ledger.locks import FAST
from sluice.activations.ledger.outcomes import Attempt, write_outcomes
from sluice.activations.ledger.pushes import Push
from sluice.activations.ledger.tables import OPEN, claims, deliveries, pushes
from sluice.models.delivery import DeliveryState, ItemResult, Outcome

REASON = "process_ended_after_claim"


def destinations_in_hand(connection: sa.Connection) -> list[str]:
    """The destinations that something is claimed for."""
    by_row = sa.select(pushes.c.destination).join(claims, claims.c.push_id == pushes.c.push_id)
    by_state = (
        sa.select(pushes.c.destination)
        .join(deliveries, deliveries.c.push_id == pushes.c.push_id)
        .where(_is_claimed())
    )
    return sorted(connection.execute(sa.union(by_row, by_state)).scalars())


def recover(
    connection: sa.Connection, destination: str, now: datetime, *, is_fast: bool = False
) -> int:
    """Everything claimed for a destination becomes unknown: by whole runs, or by the fast lane.

    Call under its lock: then nobody living has it. Returns how many.
    """
    count = 0
    of_the_lane = claims.c.owner.startswith(FAST)
    query = (
        sa.select(claims, *pushes.columns[1:])
        .join(pushes, pushes.c.push_id == claims.c.push_id)
        .where(pushes.c.destination == destination, of_the_lane if is_fast else ~of_the_lane)
    )
    for row in connection.execute(query).mappings().all():
        attempts = unpack(dict(row))
        known = find(connection, [attempt[0] for attempt in attempts])
        open_ones = [
            a
            for a in attempts
            if a[0] not in known or known[a[0]]["state"] == DeliveryState.CLAIMED
        ]
        count += _make_unknown(
            connection, push_of(row, row["owner"]), open_ones, row["claimed_at"], now
        )
        connection.execute(claims.delete().where(claims.c.claim_id == row["claim_id"]))
    return count if is_fast else count + _recover_rows(connection, destination, now)


def push_of(row: sa.RowMapping, owner: str = "") -> Push:
    """The push that a row of ``pushes`` describes."""
    what = (row["kind"], row["activation"], row["destination"])
    return Push(row["push_id"], *what, row["channel"], row["on_unknown"], owner)


def _recover_rows(connection: sa.Connection, destination: str, now: datetime) -> int:
    """Deliveries that say themselves that they are claimed, in no row of claims: of a ledger from
    before there were any.
    """
    query = sa.select(deliveries, pushes).join(pushes, pushes.c.push_id == deliveries.c.push_id)
    rows = (
        connection.execute(query.where(_is_claimed(), pushes.c.destination == destination))
        .mappings()
        .all()
    )
    names = ("delivery_id", "subject_id", "operation", "row_hash", "address_hash", "attempts")
    in_hand = _of_the_lane(connection, destination) if rows else set()
    found: list[tuple[Push, Attempt, datetime]] = [
        (push_of(row), cast("Attempt", tuple(row[name] for name in names)), row["claimed_at"])
        for row in rows
        if row["delivery_id"] not in in_hand
    ]
    return sum(_make_unknown(connection, push, [attempt], at, now) for push, attempt, at in found)


def _of_the_lane(connection: sa.Connection, destination: str) -> set[int]:
    query = (
        sa.select(claims.c.batch)
        .join(pushes, pushes.c.push_id == claims.c.push_id)
        .where(pushes.c.destination == destination, claims.c.owner.startswith(FAST))
    )
    batches = connection.execute(query).mappings()
    return {attempt[0] for row in batches for attempt in unpack(dict(row))}


def _is_claimed() -> sa.ColumnElement[bool]:
    return sa.and_(OPEN, deliveries.c.state == DeliveryState.CLAIMED.value)


def _make_unknown(
    connection: sa.Connection,
    push: Push,
    attempts: Sequence[Attempt],
    claimed_at: datetime,
    now: datetime,
) -> int:
    results = [ItemResult(attempt[0], Outcome.UNKNOWN, REASON) for attempt in attempts]
    write_outcomes(connection, push, attempts, results, claimed_at, now)
    return len(attempts)
