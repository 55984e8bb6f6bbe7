"""Writes the outcomes of attempts: the state of each delivery, and a receipt of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from sluice.activations.database import lock_until_commit
from sluice.activations.ledger.backoff import wait_seconds
from sluice.activations.ledger.pushes import Push
from sluice.activations.ledger.reasons import without_addresses
from sluice.activations.ledger.rows import as_text, insert_rows
from sluice.activations.ledger.stating import Statement, keep_statements
from sluice.activations.ledger.suppressing import suppress
from sluice.models.delivery import ItemResult, Outcome

# one claimed delivery: delivery_id, subject_id, operation, row_hash, address_hash, and which
# attempt this is. A plain tuple: it takes a third of the time, and a row of claims keeps it as it
# is
Attempt = tuple[int, int, str, int | None, str | None, int]

PLAIN = ("delivery_id", "subject_id", "row_hash")
FULL = (
    "delivery_id",
    "subject_id",
    "operation",
    "row_hash",
    "address_hash",
    "attempts",
    "state",
    "reason",
    "vendor_id",
)
REPLACED = ("push_id", "state", "reason", "attempts", "claimed_at", "settled_at", "next_attempt_at")
OVER_THE_OLD_STATE = (
    "on conflict (delivery_id) do update set vendor_id = coalesce(excluded.vendor_id,"
    " deliveries.vendor_id), " + ", ".join(f"{name} = excluded.{name}" for name in REPLACED)
)
ACCEPTED = Outcome.ACCEPTED
Constants = dict[str, Any]
# by operation and attempt: delivery_id, subject_id, row_hash
Plain = dict[tuple[str, int], list[tuple[int, int, int | None]]]


def write_outcomes(
    connection: sa.Connection,
    push: Push,
    attempts: Sequence[Attempt],
    results: Sequence[ItemResult],
    claimed_at: datetime,
    now: datetime,
) -> None:
    """Write one result an attempt, in the same order: states, receipts, and the suppression of
    addresses found bad.
    """
    plain, rest = _by_kind(attempts, results, now)
    times = dict(push_id=push.push_id, claimed_at=as_text(claimed_at))
    _write_states(connection, plain, rest, {**times, "settled_at": as_text(now)})
    # receipts are landed by their number: on Postgres a smaller number must not be committed after
    # a greater one
    lock_until_commit(connection, "receipts")
    _write_receipts(connection, plain, rest, {**times, "occurred_at": as_text(now)})
    _suppress_bad_addresses(connection, push, attempts, results, now)


def _by_kind(
    attempts: Sequence[Attempt], results: Sequence[ItemResult], now: datetime
) -> tuple[Plain, list[tuple[Any, ...]]]:
    """Those that were accepted, of which nothing else is to be said, and the rest."""
    plain: Plain = defaultdict(list)
    rest: list[tuple[Any, ...]] = []
    for attempt, result in zip(attempts, results, strict=True):
        delivery_id, subject_id, operation, row_hash, address_hash, number = attempt
        if result.outcome is ACCEPTED and result.reason is result.vendor_id is address_hash is None:
            plain[operation, number].append((delivery_id, subject_id, row_hash))
        else:
            how = (result.outcome.value, _reason(result.reason), _short(result.vendor_id))
            rest.append((*attempt, *how, _due(number, result, now)))
    return plain, rest


def _write_states(
    connection: sa.Connection,
    plain: Plain,
    rest: list[tuple[Any, ...]],
    shared: Constants,
) -> None:
    """Most are accepted at the first attempt, and nothing else is to be said: of those the least is
    handed over.
    """
    for (operation, number), rows in plain.items():
        same = {
            **shared,
            "operation": operation,
            "attempts": number,
            "state": ACCEPTED.value,
            "reason": None,
        }
        insert_rows(connection, "deliveries", same, PLAIN, rows, OVER_THE_OLD_STATE)
    insert_rows(
        connection, "deliveries", shared, (*FULL, "next_attempt_at"), rest, OVER_THE_OLD_STATE
    )


def _write_receipts(
    connection: sa.Connection,
    plain: Plain,
    rest: list[tuple[Any, ...]],
    shared: Constants,
) -> None:
    for rows in plain.values():
        ids = [(row[0],) for row in rows]
        insert_rows(
            connection, "receipts", {**shared, "state": ACCEPTED.value}, ("delivery_id",), ids
        )
    reported = [(row[0], *row[6:9]) for row in rest]
    insert_rows(
        connection, "receipts", shared, ("delivery_id", "state", "reason", "vendor_id"), reported
    )


def _due(number: int, result: ItemResult, now: datetime) -> str | None:
    if result.outcome is not Outcome.RETRY:
        return None
    return as_text(now + timedelta(seconds=wait_seconds(number, result.retry_after_seconds)))


def _reason(words: str | None) -> str | None:
    return without_addresses(words[:200]) if words else words


def _short(words: str | None) -> str | None:
    return words if words is None or len(words) <= 200 else words[:200]


def _suppress_bad_addresses(
    connection: sa.Connection,
    push: Push,
    attempts: Sequence[Attempt],
    results: Sequence[ItemResult],
    now: datetime,
) -> None:
    if push.channel is None:
        return
    bad = [
        (attempt, result.suppress_reason)
        for attempt, result in zip(attempts, results, strict=True)
        if result.suppress
    ]
    entries = [
        (push.channel, attempt[4], reason, attempt[0]) for attempt, reason in bad if attempt[4]
    ]
    if entries:
        suppress(connection, entries, now)
        said = [(attempt, reason) for attempt, reason in bad if reason == "unsubscribed"]
        keep_statements(
            connection,
            [
                Statement(push.channel, reason, now, a[1], a[4], a[0], push.as_of)
                for a, reason in said
            ],
            now,
        )
