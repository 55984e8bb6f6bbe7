"""What a person does to deliveries: only what may be done, and never without a receipt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sluice.activations.ledger import queries, settling
from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import ItemResult, Outcome
from sluice.models.errors import ConfigurationError
from tests.activations.ledger.ledger_steps import claim, settle

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
IDS = {outcome: 10_000 + number for number, outcome in enumerate(Outcome, start=1)}


def claim_all(ledger: Ledger, now: datetime = NOW) -> list[int]:
    return [item.delivery_id for item in claim(ledger, range(1, len(IDS) + 1), now=now).items]


@pytest.fixture
def settled(ledger: Ledger) -> Ledger:
    """A ledger with one delivery of each outcome."""
    claimed = claim(ledger, range(1, len(IDS) + 1), now=NOW)
    results = [
        ItemResult(one, outcome, f"why_{outcome}", retry_after_seconds=10**6)
        for outcome, one in IDS.items()
    ]
    ledger.record(claimed, results, NOW)
    return ledger


def last_receipt(ledger: Ledger) -> dict[str, Any]:
    return [row for batch in ledger.receipts_after(0) for row in batch][-1]


def test_unknown_deliveries_say_what_can_be_done(settled: Ledger) -> None:
    (row,) = queries.unknown_deliveries(settled.engine)
    assert (row["delivery_id"], row["subject_id"], row["on_unknown"]) == (
        IDS[Outcome.UNKNOWN],
        4,
        "hold",
    )
    assert row["since"] == NOW.replace(tzinfo=None)


@pytest.mark.parametrize("outcome", ["accepted", "failed"])
def test_a_person_settles_an_unknown_delivery_with_a_receipt(settled: Ledger, outcome: Any) -> None:
    settling.resolve(
        settled.engine, [IDS[Outcome.UNKNOWN]], outcome, "seen in the vendor's log", "ann", LATER
    )
    receipt = last_receipt(settled)
    assert (receipt["state"], receipt["reason"], receipt["row_hash"]) == (
        outcome,
        "seen in the vendor's log",
        28,
    )
    (delivery,) = queries.find_deliveries(settled.engine, str(IDS[Outcome.UNKNOWN]))
    events = queries.history_of(settled.engine, delivery)["events"]
    assert [(e["state"], e["recorded_by"]) for e in events] == [
        ("due", None), ("claimed", None), ("unknown", None), (outcome, "ann"),
    ]  # fmt: skip
    assert claim_all(settled, LATER - timedelta(hours=1)) == []


@pytest.mark.parametrize("outcome", [Outcome.ACCEPTED, Outcome.FAILED, Outcome.RETRY])
def test_only_an_unknown_delivery_can_be_settled_and_all_or_none_are(
    settled: Ledger, outcome: Outcome
) -> None:
    ids = [IDS[Outcome.UNKNOWN], IDS[outcome]]
    with pytest.raises(ConfigurationError, match=f"{IDS[outcome]} is {outcome}"):
        settling.resolve(settled.engine, ids, "failed", "no", "ann", LATER)
    assert len(queries.unknown_deliveries(settled.engine)) == 1


def test_a_delivery_that_is_not_there_cannot_be_settled(settled: Ledger) -> None:
    with pytest.raises(ConfigurationError, match="5 is not in this ledger"):
        settling.resolve(settled.engine, [5], "failed", "no", "ann", LATER)


@pytest.mark.parametrize(
    ("filters", "again"),
    [
        ({"state": "failed"}, Outcome.FAILED),
        ({"state": "unknown"}, Outcome.UNKNOWN),
        ({"state": "failed", "activation": "crm_contacts", "reason": "why_f"}, Outcome.FAILED),
        ({"state": "failed", "activation": "other"}, None),
        ({"state": "failed", "reason": "%"}, None),
    ],
)
def test_what_is_tried_again(
    settled: Ledger, filters: dict[str, str], again: Outcome | None
) -> None:
    named = {"activation": None, "reason": None, **filters}
    found = settling.retry(settled.engine, **named, person="ann", now=LATER)  # type: ignore[arg-type]
    expected = [] if again is None else [IDS[again]]
    assert [row["delivery_id"] for row in found] == expected
    assert claim_all(settled, LATER - timedelta(hours=1)) == expected
    if again is not None:
        receipt = last_receipt(settled)
        assert (receipt["state"], receipt["reason"]) == ("retry", f"retried_after_{again}")


@pytest.mark.parametrize("state", ["accepted", "claimed", "retry", "nonsense"])
def test_nothing_else_is_tried_again(settled: Ledger, state: str) -> None:
    with pytest.raises(ConfigurationError, match="failed, unknown"):
        settling.retry(settled.engine, state, None, None, "ann", LATER)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("asked wang@shop.example", "looks like an e-mail"),
        ("called 13800138000", "looks like an e-mail"),
        ("called +8613800138000", "looks like an e-mail"),
        (" ", "is empty"),
        ("x" * 201, "say it in 200"),
    ],
)
def test_a_reason_holds_nobodys_address(settled: Ledger, reason: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        settling.resolve(settled.engine, [IDS[Outcome.UNKNOWN]], "failed", reason, "ann", LATER)


def test_history_tells_every_claim_in_order(settled: Ledger) -> None:
    settling.retry(settled.engine, "failed", None, None, "ann", LATER)
    settle(settled, claim(settled, [2], now=LATER), Outcome.ACCEPTED, now=LATER)
    found = queries.find_deliveries(settled.engine, "crm_contacts:2")
    (story,) = [queries.history_of(settled.engine, delivery) for delivery in found]
    assert [event["state"] for event in story["events"]] == [
        "due",
        "claimed",
        "failed",
        "retry",
        "claimed",
        "accepted",
    ]
    assert (story["state"], story["attempts"]) == ("accepted", 2)


@pytest.mark.parametrize("key", ["", "x", "crm_contacts:x", "crm_contacts:99", "other:2", "9" * 40])
def test_a_key_of_nothing_finds_nothing(settled: Ledger, key: str) -> None:
    assert queries.find_deliveries(settled.engine, key) == []
