"""Writing what became of attempts: the state of each delivery, and a receipt of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from activations.ledger.backoff import wait_seconds
from activations.ledger.engine import lock_until_commit
from activations.ledger.rows import as_text, insert_rows
from activations.ledger.suppressing import suppress
from models.delivery import ItemResult, Verdict

if TYPE_CHECKING:
    from activations.ledger.claims import Push

DELIVERIES = (
    "deliveries (delivery_id, push_id, subject_id, operation, row_hash, address_hash, state, reason, vendor_id, attempts,"
    " claimed_at, settled_at, next_attempt_at)"
)
RECEIPTS = "receipts (delivery_id, push_id, state, reason, vendor_id, occurred_at, claimed_at)"
OVER_THE_OLD_STATE = (
    "on conflict (delivery_id) do update set vendor_id = coalesce(excluded.vendor_id, deliveries.vendor_id), "
    + ", ".join(
        f"{c} = excluded.{c}" for c in ("push_id", "state", "reason", "attempts", "claimed_at", "settled_at", "next_attempt_at")
    )
)
STATES = {verdict: verdict.value for verdict in Verdict}


class Attempt(NamedTuple):
    """One claimed delivery: what it is, and which attempt this is. ``claimed_at``: UTC."""

    delivery_id: int
    subject_id: int
    operation: str
    row_hash: int | None
    address_hash: str | None
    number: int
    claimed_at: datetime


def write_outcomes(
    connection: sa.Connection, push: Push, attempts: Sequence[Attempt], results: Sequence[ItemResult], now: datetime
) -> None:
    """Write one result an attempt, in the same order: states, receipts, and the suppression of addresses found bad."""
    if not attempts:
        return
    push_id, settled, claimed = push.push_id, as_text(now), as_text(attempts[0].claimed_at)
    states, receipts = [], []
    for (delivery_id, subject_id, operation, row_hash, address_hash, number, _), result in zip(attempts, results, strict=True):
        state, reason, vendor_id = STATES[result.verdict], _short(result.reason), _short(result.vendor_id)
        due = _due(number, result, now) if result.verdict is Verdict.RETRY else None
        what = (delivery_id, push_id, subject_id, operation, row_hash, address_hash)
        states.append((*what, state, reason, vendor_id, number, claimed, settled, due))
        receipts.append((delivery_id, push_id, state, reason, vendor_id, settled, claimed))
    insert_rows(connection, DELIVERIES, 13, states, OVER_THE_OLD_STATE)
    # receipts are landed by their number: on Postgres a smaller number must not be committed after a greater one
    lock_until_commit(connection, "receipts")
    insert_rows(connection, RECEIPTS, 7, receipts)
    _suppress_bad_addresses(connection, push, attempts, results, now)


def _due(number: int, result: ItemResult, now: datetime) -> str:
    return as_text(now + timedelta(seconds=wait_seconds(number, result.retry_after_seconds)))


def _short(words: str | None) -> str | None:
    return words if words is None or len(words) <= 200 else words[:200]


def _suppress_bad_addresses(
    connection: sa.Connection, push: Push, attempts: Sequence[Attempt], results: Sequence[ItemResult], now: datetime
) -> None:
    bad = [(a.address_hash, a.delivery_id) for a, r in zip(attempts, results, strict=True) if r.suppress and a.address_hash]
    if bad and push.channel:
        suppress(connection, [(push.channel, address_hash, "bounced", delivery_id) for address_hash, delivery_id in bad], now)
