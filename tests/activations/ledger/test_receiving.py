"""What vendors say later: kept once, never backwards, and waiting when it comes too early."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sluice.activations.ledger.receiving import match_early, receive
from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import DeliveryState, ItemResult, Outcome, Receipt, Withdrawal
from tests.activations.destinations.test_conformance import message
from tests.activations.ledger.ledger_steps import NOW, claim_items, settle

LATER = datetime(2026, 6, 30, 8, tzinfo=UTC)
NEWS = ("message", "news", "smtp")
X_HASH = message(1, "x@b.cn").address_hash
DELIVERED, BOUNCED, COMPLAINED = (
    DeliveryState.DELIVERED,
    DeliveryState.BOUNCED,
    DeliveryState.COMPLAINED,
)


@pytest.fixture
def sent(ledger: Ledger) -> Ledger:
    """Two accepted messages, with one id of the vendor for both."""
    claimed = claim_items(ledger, [message(1, "x@b.cn"), message(2, "y@b.cn")], activation=NEWS)
    settle(ledger, claimed, Outcome.ACCEPTED, vendor_id="batch-9")
    return ledger


def receipts(ledger: Ledger) -> list[tuple[int, str, str | None]]:
    rows = [row for batch in ledger.receipts_after(0) for row in batch]
    return [(row["delivery_id"], row["state"], row["reason"]) for row in rows][2:]


@pytest.mark.parametrize(
    "found_by",
    [
        {"delivery_id": 1},
        {"vendor_id": "batch-9", "address_hash": message(1, "x@b.cn").address_hash},
    ],
)
def test_a_bounce_is_a_receipt_and_suppresses_at_once(
    sent: Ledger, found_by: dict[str, object]
) -> None:
    bounce = Receipt(BOUNCED, LATER, reason="5.1.1", suppress=True, **found_by)  # type: ignore[arg-type]
    assert receive(sent.engine, [bounce], LATER) == 1
    assert receipts(sent) == [(1, "bounced", "5.1.1")]
    assert [(row["channel"], row["reason"], row["delivery_id"]) for row in sent.suppressions()] == [
        ("email", "bounced", 1)
    ]
    claimed = claim_items(sent, [message(3, "x@b.cn")], activation=NEWS)
    assert [result.reason for result in claimed.refused] == ["suppressed_bounced"]


def test_the_vendors_time_is_kept(sent: Ledger) -> None:
    receive(sent.engine, [Receipt(DELIVERED, LATER - timedelta(hours=2), delivery_id=1)], LATER)
    (batch,) = sent.receipts_after(2)
    assert batch[0]["occurred_at"] == (LATER - timedelta(hours=2)).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("reported", "kept"),
    [
        ([DELIVERED, DELIVERED], ["delivered"]),
        ([DELIVERED, BOUNCED, COMPLAINED], ["delivered", "bounced", "complained"]),
        ([COMPLAINED, BOUNCED, DELIVERED], ["complained"]),
    ],
)
def test_a_state_never_goes_back(
    sent: Ledger, reported: list[DeliveryState], kept: list[str]
) -> None:
    news = [Receipt(state, LATER, delivery_id=1) for state in reported]
    assert receive(sent.engine, news, LATER) == len(kept)
    assert [state for _, state, _ in receipts(sent)] == kept


def test_a_receipt_settles_what_was_unknown(ledger: Ledger) -> None:
    settle(ledger, claim_items(ledger, [message(1, "x@b.cn")], activation=NEWS), Outcome.UNKNOWN)
    receive(ledger.engine, [Receipt(DELIVERED, LATER, delivery_id=1)], LATER)
    assert {row["state"] for row in ledger.counts()} == {"delivered"}


@pytest.mark.parametrize("found_by", [{"delivery_id": 1}, {"vendor_id": "v1"}])
def test_a_receipt_that_comes_before_the_answer_waits_for_it(
    ledger: Ledger, found_by: dict[str, object]
) -> None:
    early = Receipt(BOUNCED, LATER, reason="5.1.1", suppress=True, **found_by)  # type: ignore[arg-type]
    claimed = claim_items(ledger, [message(1, "x@b.cn")], activation=NEWS)
    receive(ledger.engine, [early, early], LATER)
    assert match_early(ledger.engine, LATER) == 0
    ledger.record(claimed, [ItemResult(1, Outcome.ACCEPTED, vendor_id="v1")], NOW)
    assert match_early(ledger.engine, LATER) == 1
    assert match_early(ledger.engine, LATER) == 0
    assert [row["state"] for batch in ledger.receipts_after(0) for row in batch] == [
        "accepted",
        "bounced",
    ]
    assert len(ledger.suppressions()) == 1


def test_what_nothing_comes_for_is_let_go_after_a_week(ledger: Ledger) -> None:
    receive(ledger.engine, [Receipt(DELIVERED, NOW, vendor_id="of another system")], NOW)
    match_early(ledger.engine, NOW + timedelta(days=8))
    claimed = claim_items(ledger, [message(1, "x@b.cn")], activation=NEWS)
    ledger.record(claimed, [ItemResult(1, Outcome.ACCEPTED, vendor_id="of another system")], NOW)
    assert match_early(ledger.engine, NOW) == 0


def test_a_withdrawal_suppresses_its_channel_alone(ledger: Ledger) -> None:
    said = [Withdrawal("sms", X_HASH, NOW), Withdrawal("email", X_HASH, NOW, "complained")]
    assert receive(ledger.engine, said, NOW) == 2
    assert {(row["channel"], row["reason"]) for row in ledger.suppressions()} == {
        ("sms", "unsubscribed"),
        ("email", "complained"),
    }


def test_a_delivery_of_a_batch_is_told_from_the_others_by_its_address(sent: Ledger) -> None:
    receive(sent.engine, [Receipt(DELIVERED, LATER, vendor_id="batch-9")], LATER)
    assert sorted(one for one, _, _ in receipts(sent)) == [1, 2]
