"""A person goes from every table of the ledger, and nobody else does; nothing is sent to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from sluice.activations.addresses import address_hash
from sluice.activations.erasure import ADDRESS, ErasedKeys, hashes_of
from sluice.activations.ledger.erasing import NOBODY, Subject
from sluice.activations.ledger.store import Ledger
from sluice.activations.ledger.tables import metadata
from sluice.models.delivery import Message, MessageEvent, Outcome, Withdrawal
from sluice.models.journey_order import JourneyOrder
from sluice.models.match_decision import MatchDecision
from tests.activations.ledger.ledger_steps import NOW, claim_items, settle, subjects
from tests.activations.ledger.test_ledger import message
from tests.activations.ledger.test_sent_addresses import CAMPAIGN

ANN, BO = "ann@shop.example", "bo@shop.example"
SUBJECT = Subject(
    contact_ids=[1], record_keys=[1], address_hashes=[address_hash("email", ANN)], texts=[ANN]
)
KEPT_OF_ALL = {"meta", "alembic_version", "pushes", "erasures", "erased_keys", "erasure_calls"}


def to(number: int, address: str, key: int) -> Message:
    """A message to a contact."""
    hashed = address_hash("email", address)
    return replace(message(number, address), address_key=key, address_hash=hashed)


def live(ledger: Ledger, numbers: dict[int, str]) -> None:
    """Sent, opened and answered with a no; an id is journalled, a value corrected, a
    journey stopped."""
    for number, address in numbers.items():
        claimed = claim_items(ledger, [to(number, address, 70 + number)], activation=CAMPAIGN)
        settle(ledger, claimed, Outcome.ACCEPTED, vendor_id=f"vendor-of-{number}")
        ledger.receive(
            [
                MessageEvent("email_opened", NOW, f"open {number}", claimed.items[0].delivery_id),
                Withdrawal("email", address_hash("email", address), NOW),
            ],
            NOW,
        )
        named = [(number, number, "2026-06-01 00:00:00")]
        ledger.append_identity(named, [])
        ledger.correct(number, "city", f"city of {number}", "me", "asked", NOW)
        ledger.order_journeys([JourneyOrder("stop", "welcome", number)], "me", NOW)
        ledger.decide_match(MatchDecision(number, number + 90, "dismissed"), "me", NOW)


def rows(ledger: Ledger) -> dict[str, list[Any]]:
    """All rows of all tables that are of people."""
    with ledger.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(sa.select(table)).all()))
            for table in metadata.sorted_tables
            if table.name not in KEPT_OF_ALL
        }


def test_one_goes_and_the_other_is_as_before(ledger: Ledger) -> None:
    live(ledger, {2: BO})
    alone = rows(ledger)
    live(ledger, {1: ANN})
    receipts = ledger.last_receipt_id()
    counts = ledger.erase(SUBJECT)
    after = rows(ledger)
    blank = [row for row in after["receipts"] if f", {NOBODY}, " in row]
    assert len(blank) == 1
    assert "vendor-of-1" not in repr(blank)
    after["receipts"] = [row for row in after["receipts"] if row not in blank]
    assert after == alone
    assert counts["deliveries"] == counts["suppressions"] == counts["corrections"] == 1
    assert ledger.last_receipt_id() == receipts
    assert ledger.erase(SUBJECT) == {}


def test_an_erased_persons_bytes_go(ledger: Ledger, ledger_url: str) -> None:
    from pathlib import Path

    live(ledger, {1: ANN, 2: BO})
    erasure = ledger.begin_erasure(b"secret of ann", [("email", "hash")], "me", None, NOW)
    ledger.erase(SUBJECT)
    ledger.finish_erasure(erasure, "{}", NOW)
    assert [row["person"] for row in ledger.erasures()] == [None]
    if ledger_url.startswith("sqlite"):
        file = Path(str(sa.make_url(ledger_url).database))
        beside = [one for one in file.parent.glob(f"{file.name}*") if one.is_file()]
        data = b"".join(one.read_bytes() for one in beside)
        assert b"vendor-of-2" in data
        assert b"vendor-of-1" not in data
        assert b"secret of ann" not in data


def test_a_claim_refuses_who_was_erased(ledger: Ledger) -> None:
    secret = b"s" * 32
    hashes = hashes_of(secret, ADDRESS, to(1, ANN, 71).address_hash)
    ledger.erased = ErasedKeys(secret, frozenset(hashes))
    claimed = claim_items(ledger, [to(1, ANN, 71), to(2, BO, 72)], activation=CAMPAIGN)
    assert subjects(claimed) == [2]
    assert [one.reason for one in claimed.refused] == ["suppressed_erased"]


def test_an_address_of_several_stays_suppressed(ledger: Ledger) -> None:
    both = claim_items(ledger, [to(1, BO, 71), to(2, BO, 72)], activation=CAMPAIGN)
    settle(ledger, both, Outcome.ACCEPTED)
    ledger.receive([Withdrawal("email", address_hash("email", BO), NOW)], NOW)
    assert len(ledger.statements()) == 2
    ledger.erase(Subject(contact_ids=[1], record_keys=[1]))
    assert [row["address_hash"] for row in ledger.suppressions()] == [address_hash("email", BO)]
    assert [row["contact_id"] for row in ledger.statements()] == [2]


def test_a_call_that_was_answered_is_not_made_again(ledger: Ledger) -> None:
    call = dict(erasure_id=1, place=0, activation="crm_contacts", destination="hubspot")
    for state, may_ask in (("unknown", True), ("failed", True), ("accepted", False)):
        assert ledger.claim_erasure_call(call, NOW) is not None
        ledger.settle_erasure_call(call, state, None, NOW)
        if not may_ask:
            assert ledger.claim_erasure_call(call, NOW) is None
    (row,) = ledger.erasure_calls(1)
    assert (row["state"], row["destination"]) == ("accepted", "hubspot")


def test_a_correction_holds_until_it_is_withdrawn_and_stays_on_record(ledger: Ledger) -> None:
    for value in ("a", "b"):
        ledger.correct(1, "city", value, "me", "asked", NOW)
    assert [row["value"] for row in ledger.corrections()] == ["b"]
    assert ledger.withdraw_corrections([1], "city", "me", "asked again", NOW) == 1
    assert ledger.corrections() == []
    assert ledger.withdraw_corrections([1], "city", "me", "again", NOW) == 0


def test_old_events_go_but_the_last(ledger: Ledger) -> None:
    live(ledger, {1: ANN, 2: BO})
    assert ledger.delete_message_events(NOW + timedelta(days=1)) == 1
    (left,) = [row for batch in ledger.events_after(0) for row in batch]
    assert left["event_id"] == 2


def test_hashes_are_kept_once_and_can_be_lifted(ledger: Ledger) -> None:
    first = ledger.begin_erasure(b"", [("id", "x"), ("id", "x")], "me", None, NOW)
    second = ledger.begin_erasure(b"", [("id", "x"), ("id", "y")], "me", None, NOW)
    assert sorted(ledger.erased_hashes()) == [("id", "x", first), ("id", "y", second)]
    assert ledger.lift_erasures([second]) == 1
    assert {row["state"] for row in ledger.erasures()} == {"begun", "lifted"}
