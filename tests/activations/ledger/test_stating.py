"""What a person says holds for the person: at the claim their other addresses are silent, on the
channel they spoke of.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sluice.activations.ledger.identity_journal import append
from sluice.activations.ledger.receiving import match_early, receive
from sluice.activations.ledger.stating import list_statements
from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import (
    DeliveryState,
    ItemResult,
    Message,
    Outcome,
    Receipt,
    VendorEvent,
    Withdrawal,
)
from sluice.models.run import Run
from tests.activations.destinations.test_conformance import message
from tests.activations.ledger.ledger_steps import NOW, claim_items, settle, subjects

NEWS = ("message", "news", "smtp")
LATER = NOW + timedelta(hours=1)
HASH = message(1, "x@b.cn").address_hash


def to(number: int, address: str, contact: int = 7, **values: object) -> Message:
    """A message to a contact."""
    return replace(message(number, address), contact_id=contact, **values)


def said(ledger: Ledger) -> list[tuple[str, int | None, str]]:
    return [
        (row["channel"], row["contact_id"], row["how"]) for row in list_statements(ledger.engine)
    ]


def send(ledger: Ledger, *messages: Message, run_id: str = "run-1") -> None:
    settle(ledger, claim_items(ledger, messages, activation=NEWS, run_id=run_id), Outcome.ACCEPTED)


@pytest.mark.parametrize(
    ("reported", "how"),
    [
        (Withdrawal("email", HASH, LATER), "unsubscribed"),
        (Withdrawal("email", HASH, LATER, "replied_stop"), "replied_stop"),
        (Receipt(DeliveryState.COMPLAINED, LATER, delivery_id=1, suppress=True), "complained"),
        (Receipt(DeliveryState.COMPLAINED, LATER, delivery_id=1), "complained"),
        (
            Receipt(DeliveryState.FAILED, LATER, 1, reason="messages_blocked", suppress=True),
            "messages_blocked",
        ),
    ],
    ids=[
        "one click",
        "reply",
        "complaint",
        "complaint that suppresses nothing",
        "blocked on WeChat",
    ],
)
def test_a_no_silences_the_other_addresses_of_the_person_at_once(
    ledger: Ledger, reported: VendorEvent, how: str
) -> None:
    send(ledger, to(1, "x@b.cn"))
    receive(ledger.engine, [reported, reported], LATER)
    assert said(ledger) == [("email", 7, how)]
    claimed = claim_items(ledger, [to(2, "new@b.cn"), to(3, "z@b.cn", contact=8)], activation=NEWS)
    assert (subjects(claimed), [one.reason for one in claimed.refused]) == (
        [8],
        [f"suppressed_{how}"],
    )


@pytest.mark.parametrize(
    "at",
    [
        LATER + timedelta(hours=2),
        datetime(9999, 12, 31, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
    ],
)
def test_a_no_at_a_time_that_cannot_be_is_of_now(ledger: Ledger, at: datetime) -> None:
    send(ledger, to(1, "x@b.cn"))
    receive(ledger.engine, [Withdrawal("email", HASH, at)], LATER)
    (row,) = list_statements(ledger.engine)
    assert row["stated_at"] == LATER.replace(tzinfo=None)


def test_a_bounce_stays_with_its_address(ledger: Ledger) -> None:
    send(ledger, to(1, "x@b.cn"))
    receive(
        ledger.engine,
        [Receipt(DeliveryState.BOUNCED, LATER, delivery_id=1, reason="hard", suppress=True)],
        LATER,
    )
    assert said(ledger) == []
    assert subjects(claim_items(ledger, [to(2, "new@b.cn")], activation=NEWS)) == [7]


@pytest.mark.parametrize(
    "values", [{"purpose": "transactional"}, {"channel": "sms"}], ids=["purpose", "channel"]
)
def test_a_no_is_of_marketing_on_its_channel(ledger: Ledger, values: dict[str, str]) -> None:
    send(ledger, to(1, "x@b.cn"))
    receive(ledger.engine, [Withdrawal("email", HASH, LATER)], LATER)
    assert subjects(claim_items(ledger, [to(2, "new@b.cn", **values)], activation=NEWS)) == [7]


def test_a_no_of_a_shared_address_is_of_everybody_who_was_written_to_at_it(ledger: Ledger) -> None:
    send(ledger, to(1, "x@b.cn"), to(2, "x@b.cn", contact=8), to(3, "y@b.cn", contact=9))
    receive(ledger.engine, [Withdrawal("email", HASH, LATER)], LATER)
    assert said(ledger) == [("email", 7, "unsubscribed"), ("email", 8, "unsubscribed")]


def test_a_no_of_an_address_nobody_was_written_to_keeps_the_address(ledger: Ledger) -> None:
    receive(ledger.engine, [Withdrawal("sms", HASH, LATER, "replied_stop")], LATER)
    (row,) = list_statements(ledger.engine)
    assert (row["contact_id"], row["address_hash"], row["contact_as_of"]) == (None, HASH, None)


@pytest.mark.parametrize(
    ("reported", "how"),
    [
        (Withdrawal("email", HASH, LATER), "unsubscribed"),
        (Receipt(DeliveryState.COMPLAINED, LATER, delivery_id=1, suppress=True), "complained"),
    ],
)
def test_a_no_that_comes_while_its_batch_is_in_hand_is_of_the_person(
    ledger: Ledger, reported: VendorEvent, how: str
) -> None:
    claimed = claim_items(ledger, [to(1, "x@b.cn")], activation=NEWS)
    receive(ledger.engine, [reported], LATER)
    assert said(ledger) == [("email", 7, how)]
    ledger.record(claimed, [ItemResult(1, Outcome.ACCEPTED)], LATER)
    assert subjects(claim_items(ledger, [to(2, "new@b.cn")], activation=NEWS)) == []


def test_a_complaint_before_the_answer_it_is_about_is_the_persons_once_it_is_known(
    ledger: Ledger,
) -> None:
    receive(
        ledger.engine,
        [Receipt(DeliveryState.COMPLAINED, LATER, delivery_id=1, suppress=True)],
        LATER,
    )
    assert said(ledger) == []
    send(ledger, to(1, "x@b.cn"))
    match_early(ledger.engine, LATER)
    assert said(ledger) == [("email", 7, "complained")]


@pytest.mark.parametrize(
    ("changes", "silent"),
    [
        ([(7, 8, "merged", 1)], {7, 8}),
        ([(7, 8, "split", 1), (8, 9, "merged", 2)], {7, 8, 9}),
        ([(7, 8, "split", -1)], {7}),
    ],
    ids=["merged", "split, then merged", "split before the message"],
)
def test_a_no_is_of_the_contacts_that_the_person_became(
    ledger: Ledger, changes: list[tuple[int, int, str, int]], silent: set[int]
) -> None:
    send(ledger, to(1, "x@b.cn"))
    rows = [
        (a, b, change, 1, (NOW + timedelta(days=day)).replace(tzinfo=None))
        for a, b, change, day in changes
    ]
    append(ledger.engine, [], rows)
    receive(ledger.engine, [Withdrawal("email", HASH, LATER)], LATER)
    batch = [to(contact, f"other{contact}@b.cn", contact) for contact in (7, 8, 9)]
    assert {7, 8, 9} - set(subjects(claim_items(ledger, batch, activation=NEWS))) == silent


def test_who_said_no_at_the_vendor_is_a_person_too(ledger: Ledger) -> None:
    claimed = claim_items(ledger, [to(1, "x@b.cn"), to(2, "y@b.cn", contact=8)], activation=NEWS)
    no = ItemResult(1, Outcome.FAILED, "opted_out", suppress=True, suppress_reason="unsubscribed")
    ledger.record(claimed, [no, ItemResult(2, Outcome.FAILED, "bad_address", suppress=True)], LATER)
    assert said(ledger) == [("email", 7, "unsubscribed")]


def test_what_the_decisions_weighed_is_not_asked_again(ledger: Ledger) -> None:
    """Where a later grant may lift a withdrawal, only what was said since the decisions counts at
    the claim.
    """
    send(ledger, to(1, "x@b.cn"))
    receive(ledger.engine, [Withdrawal("email", HASH, LATER)], LATER)
    known = list_statements(ledger.engine)[-1]["statement_id"]
    push = ledger.open_push(NEWS, Run("run-2", NOW), "hold", "email", known_statements=known)
    assert subjects(ledger.claim(push, [to(2, "new@b.cn")], LATER)) == [7]
    receive(ledger.engine, [Withdrawal("email", HASH, LATER + timedelta(hours=1))], LATER)
    assert subjects(ledger.claim(push, [to(3, "other@b.cn")], LATER)) == []
