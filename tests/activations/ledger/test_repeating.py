"""What may have arrived longer ago than the vendor knows a repeat for one waits for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.ledger.reasons import REPEAT_WINDOW_PASSED
from sluice.activations.ledger.store import Ledger
from sluice.activations.plan.remedies import remedy
from sluice.models.delivery import Outcome, SyncOperation
from sluice.models.run import Run
from tests.activations.destinations.test_conformance import operation
from tests.activations.ledger.ledger_steps import NOW, settle, subjects

ADS = ("sync", "orders", "meta_conversions")
WINDOW, HOUR = timedelta(hours=48), timedelta(hours=1)
ORDER = operation(1)
# the same row, in which the customer has another address by now: a delivery of its own
CORRECTED = replace(ORDER, delivery_id=ORDER.delivery_id + 100, row_hash=8)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")


def send(
    ledger: Ledger,
    after: timedelta,
    *outcomes: Outcome,
    window: timedelta | None = WINDOW,
    item: SyncOperation = ORDER,
) -> list[int]:
    """A run that begins so long after the first; returns what was claimed."""
    now = NOW + after
    push = ledger.open_push(ADS, Run(f"run-{after}", now), "resend", dedupes_for=window)
    claimed = ledger.claim(push, [item], now)
    if claimed.items:
        settle(ledger, claimed, *outcomes, now=now)
    return subjects(claimed)


def held(ledger: Ledger) -> list[tuple[str, str]]:
    return [(row["on_unknown"], row["reason"]) for row in ledger.unknown_deliveries()]


def test_within_the_window_it_is_sent_again(ledger: Ledger) -> None:
    send(ledger, 0 * HOUR, Outcome.UNKNOWN)
    assert [one["on_unknown"] for one in ledger.unknown_deliveries()] == ["resend"]
    assert send(ledger, 47 * HOUR, Outcome.ACCEPTED) == [1]
    assert ledger.unknown_deliveries() == []


def test_after_the_window_it_stays_with_a_reason_that_is_recorded_once(ledger: Ledger) -> None:
    send(ledger, 0 * HOUR, Outcome.UNKNOWN)
    assert send(ledger, 49 * HOUR) == send(ledger, 50 * HOUR) == []
    assert held(ledger) == [("hold", REPEAT_WINDOW_PASSED)]
    (delivery,) = ledger.find_deliveries(str(operation(1).delivery_id))
    events = ledger.history_of(delivery)["events"]
    assert [one["reason"] for one in events].count(REPEAT_WINDOW_PASSED) == 1
    what = ("sync", "orders", "sync_orders", "meta_conversions", "unknown", REPEAT_WINDOW_PASSED)
    assert "sluice ledger retry --state unknown --activation orders" in remedy(*what, None)


@pytest.mark.parametrize("second", [Outcome.UNKNOWN, Outcome.RETRY])
def test_the_window_begins_with_the_first_try_that_may_have_arrived(
    ledger: Ledger, second: Outcome
) -> None:
    send(ledger, 0 * HOUR, Outcome.UNKNOWN)
    assert send(ledger, 40 * HOUR, second) == [1]
    assert send(ledger, 60 * HOUR) == []
    assert held(ledger) == [("hold", REPEAT_WINDOW_PASSED)]


def test_a_refusal_for_now_never_arrived_and_is_sent_again_however_late(ledger: Ledger) -> None:
    send(ledger, 0 * HOUR, Outcome.RETRY)
    assert send(ledger, 60 * HOUR, Outcome.ACCEPTED) == [1]


def test_without_a_window_it_is_sent_again_however_late(ledger: Ledger) -> None:
    send(ledger, 0 * HOUR, Outcome.UNKNOWN, window=None)
    assert send(ledger, 999 * HOUR, Outcome.ACCEPTED, window=None) == [1]


def test_a_person_may_let_it_be_sent_again_and_the_window_begins_anew(ledger: Ledger) -> None:
    send(ledger, 0 * HOUR, Outcome.UNKNOWN)
    send(ledger, 49 * HOUR)
    ledger.retry("unknown", None, REPEAT_WINDOW_PASSED, "ann", NOW + 50 * HOUR)
    assert send(ledger, 51 * HOUR, Outcome.UNKNOWN) == [1]
    assert send(ledger, 98 * HOUR, Outcome.UNKNOWN) == [1]
    assert send(ledger, 100 * HOUR) == []


def test_a_person_may_settle_it(ledger: Ledger) -> None:
    send(ledger, 0 * HOUR, Outcome.UNKNOWN)
    send(ledger, 49 * HOUR)
    number = operation(1).delivery_id
    ledger.resolve([number], "accepted", "it shows in the events manager", "ann", NOW + 50 * HOUR)
    assert send(ledger, 51 * HOUR) == []
    assert ledger.unknown_deliveries() == []


@pytest.mark.parametrize("second", [Outcome.UNKNOWN, Outcome.RETRY, Outcome.FAILED])
def test_a_row_that_changed_since_is_the_same_to_the_vendor(
    ledger: Ledger, second: Outcome
) -> None:
    send(ledger, 0 * HOUR, Outcome.UNKNOWN)
    send(ledger, 1 * HOUR, second)
    assert send(ledger, 47 * HOUR, Outcome.RETRY, item=CORRECTED) == [1]
    assert send(ledger, 49 * HOUR, item=CORRECTED) == []
    assert held(ledger) == [("hold", REPEAT_WINDOW_PASSED)]
    assert send(ledger, 49 * HOUR, Outcome.ACCEPTED, item=operation(2)) == [2]
    number = ORDER.delivery_id
    ledger.resolve([number], "failed", "it is not in the events manager", "ann", NOW + 50 * HOUR)
    assert send(ledger, 51 * HOUR, Outcome.ACCEPTED, item=CORRECTED) == [1]


def test_a_ledger_that_was_given_back_knows_when_it_may_have_arrived(ledger: Ledger) -> None:
    """What is landed of a receipt is the time of its outcome, and not that of its claim."""
    one = operation(1)
    values: dict[str, Any] = {
        "kind": "sync",
        "activation": ADS[1],
        "destination": ADS[2],
        "run_id": "run-0",
    }
    values |= {"delivery_id": one.delivery_id, "subject_id": one.subject_id, "receipt_id": 1}
    values |= {"operation": one.operation, "row_hash": one.row_hash, "state": "unknown"}
    values |= dict.fromkeys(("reason", "vendor_id", "address_hash", "address_key"))
    at = NOW.replace(tzinfo=None)
    ledger.restore_receipts([{**values, "as_of": at, "occurred_at": at}], [], 0)
    assert send(ledger, 47 * HOUR, Outcome.UNKNOWN) == [1]
    assert send(ledger, 49 * HOUR) == []
    assert held(ledger) == [("hold", REPEAT_WINDOW_PASSED)]
