"""An address gets one message for a campaign and occurrence, whatever ids its contact has had."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import Message, Outcome
from tests.activations.ledger.ledger_steps import NOW, claim_items, settle, subjects
from tests.activations.ledger.test_ledger import message

CAMPAIGN = ("message", "news", "smtp")


def to(number: int, address: str, key: int | None) -> Message:
    return replace(message(number, address), address_key=key)


def claimed_again(ledger: Ledger, *items: Message) -> tuple[list[int], list[str | None]]:
    """The contacts that may be sent to, and why the others may not."""
    claim = claim_items(ledger, list(items), activation=CAMPAIGN)
    return subjects(claim), [result.reason for result in claim.refused]


@pytest.mark.parametrize(
    ("outcome", "may_be_sent"),
    [
        pytest.param(Outcome.ACCEPTED, False, id="accepted"),
        pytest.param(Outcome.UNKNOWN, False, id="it may have arrived"),
        pytest.param(Outcome.FAILED, True, id="refused for good"),
        pytest.param(Outcome.RETRY, True, id="refused for now"),
        pytest.param(None, False, id="in hand"),
    ],
)
def test_another_contact_id_of_an_address(
    ledger: Ledger, outcome: Outcome | None, may_be_sent: bool
) -> None:
    first = claim_items(ledger, [to(1, "x@b.cn", 77)], activation=CAMPAIGN)
    if outcome is not None:
        settle(ledger, first, outcome)
    sent, reasons = claimed_again(ledger, to(2, "x@b.cn", 77), to(3, "y@b.cn", 78))
    assert (sent, reasons) == (([2, 3], []) if may_be_sent else ([3], ["already_sent_to_address"]))


def test_a_refused_one_has_a_receipt_and_stays_refused(ledger: Ledger) -> None:
    settle(
        ledger, claim_items(ledger, [to(1, "x@b.cn", 77)], activation=CAMPAIGN), Outcome.ACCEPTED
    )
    claimed_again(ledger, to(2, "x@b.cn", 77))
    reported = [
        (row["subject_id"], row["state"], row["reason"])
        for batch in ledger.receipts_after(0)
        for row in batch
    ]
    assert reported == [(1, "accepted", None), (2, "failed", "already_sent_to_address")]
    assert claimed_again(ledger, to(2, "x@b.cn", 77)) == ([], [])


def test_an_address_that_changed_hands_after_a_failure_stays_there(ledger: Ledger) -> None:
    """The delivery that was refused for now does not come back beside the one that took its
    address.
    """
    settle(
        ledger,
        claim_items(ledger, [to(1, "x@b.cn", 77)], activation=CAMPAIGN),
        Outcome.RETRY,
        now=NOW,
    )
    settle(
        ledger, claim_items(ledger, [to(2, "x@b.cn", 77)], activation=CAMPAIGN), Outcome.ACCEPTED
    )
    ledger.write(
        lambda connection: connection.exec_driver_sql(
            "update deliveries set next_attempt_at = null where state = 'retry'"
        )
    )
    assert claimed_again(ledger, to(1, "x@b.cn", 77)) == ([], ["already_sent_to_address"])


def test_twice_in_one_batch_is_sent_once(ledger: Ledger) -> None:
    assert claimed_again(ledger, to(1, "x@b.cn", 77), to(2, "x@b.cn", 77)) == (
        [1],
        ["already_sent_to_address"],
    )


def test_another_occurrence_or_a_message_without_a_key_goes_out(ledger: Ledger) -> None:
    settle(
        ledger, claim_items(ledger, [to(1, "x@b.cn", 77)], activation=CAMPAIGN), Outcome.ACCEPTED
    )
    assert claimed_again(ledger, to(2, "x@b.cn", 78), to(3, "x@b.cn", None)) == ([2, 3], [])


def test_a_delivery_keeps_its_own_address_when_it_is_tried_again(ledger: Ledger) -> None:
    settle(
        ledger,
        claim_items(ledger, [to(1, "x@b.cn", 77)], activation=CAMPAIGN),
        Outcome.RETRY,
        now=NOW,
    )
    ledger.write(
        lambda connection: connection.exec_driver_sql(
            "update deliveries set next_attempt_at = null"
        )
    )
    assert claimed_again(ledger, to(1, "x@b.cn", 77)) == ([1], [])
