"""Who says no after the decisions enters no audience, however they said it; who leaves one leaves
it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from sluice.activations.addresses import address_hash
from sluice.activations.ledger.claims import Claim
from sluice.activations.ledger.receiving import receive
from sluice.activations.ledger.stating import WEIGHED, list_statements
from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import (
    Audience,
    DeliveryState,
    ItemResult,
    Outcome,
    Receipt,
    SyncOperation,
    VendorEvent,
    Withdrawal,
)
from sluice.models.run import Run
from tests.activations.destinations.test_conformance import message
from tests.activations.ledger.ledger_steps import NOW, claim_items, settle, subjects

AUDIENCE = ("sync", "shoppers", "meta_audiences")
NEWS = ("message", "news", "smtp")
ADS = ("ads", "advertising")
LATER = NOW + timedelta(hours=1)
ANN = replace(message(1, "ann@b.cn"), address_hash=address_hash("email", "ann@b.cn"))
STOP = replace(
    message(2, "+8613800000001"), address_hash=address_hash("sms", "+8613800000001"), channel="sms"
)
EVERYTHING = {("email", "marketing"): False, ADS: False}


def member(number: int, operation: str = "entered", **values: object) -> SyncOperation:
    """A row of an audience: contact 7 at ann@b.cn, but for what the test says."""
    row = {"contact_id": 7, "properties": {"email": " Ann@b.cn"}, **values}
    return SyncOperation(number, 70 + number, operation, 1, list_name="42", **row)  # type: ignore[arg-type]


def write_to(ledger: Ledger) -> None:
    """Contact 7 got a mail and an SMS."""
    sent = [
        replace(ANN, delivery_id=901, contact_id=7),
        replace(STOP, delivery_id=902, contact_id=7),
    ]
    for one in sent:
        settle(ledger, claim_items(ledger, [one], activation=NEWS), Outcome.ACCEPTED)


def claim(
    ledger: Ledger,
    *members: SyncOperation,
    consent: tuple[str, str] | None = ADS,
    weighed: int = 0,
    known: int = 0,
) -> Claim:
    """Claim rows of an audience by decisions that knew the statements up to ``weighed``."""
    push = ledger.open_push(
        AUDIENCE,
        Run("run-2", NOW),
        "resend",
        known_statements=known,
        audience=Audience(weighed, consent),
    )
    return ledger.claim(push, members, LATER)


def hear(*events: VendorEvent) -> Callable[[Ledger], None]:
    return lambda ledger: receive(ledger.engine, events, LATER) and None


def answer(consents: dict[tuple[str, str], bool]) -> Callable[[Ledger], None]:
    def said(ledger: Ledger) -> None:
        delivery = ledger.recipient(901)
        assert delivery is not None
        ledger.answer(901, consents, {}, {}, delivery, LATER)

    return said


@pytest.mark.parametrize(
    ("say", "how"),
    [
        (hear(Withdrawal("email", ANN.address_hash, LATER)), "unsubscribed"),
        (hear(Withdrawal("sms", STOP.address_hash, LATER, "replied_stop")), "replied_stop"),
        (hear(Receipt(DeliveryState.COMPLAINED, LATER, delivery_id=901)), "complained"),
        (answer(EVERYTHING), "preference_page"),
        (answer({ADS: False}), "preference_page"),
    ],
    ids=["one click", "SMS stop", "complaint", "stop all", "ads off"],
)
@pytest.mark.parametrize(
    "who",
    [{}, {"properties": {}}, {"contact_id": None}],
    ids=["contact and address", "contact alone", "address alone"],
)
def test_a_no_after_the_decisions_keeps_the_person_out(
    ledger: Ledger, say: Callable[[Ledger], None], how: str, who: dict[str, object]
) -> None:
    write_to(ledger)
    phone = {"phone": STOP.address} if how == "replied_stop" else {"email": " Ann@b.cn"}
    mine = member(1, **{"properties": phone, **who})
    other = member(2, contact_id=8, properties={"email": "ben@b.cn"})
    assert subjects(claim(ledger, member(5), member(6, contact_id=8))) == [75, 76]
    say(ledger)
    claimed = claim(ledger, mine, other, member(3, "exited", properties={}))
    assert subjects(claimed) == [72, 73]
    assert [(one.delivery_id, one.outcome, one.reason) for one in claimed.refused] == [
        (1, Outcome.RETRY, f"refused_since_decided:{how}")
    ]
    reasons = {
        row["delivery_id"]: (row["state"], row["reason"])
        for row in ledger.unsettled("shoppers", "meta_audiences")
    }
    assert reasons == {1: ("retry", f"refused_since_decided:{how}")}


def test_the_next_run_decides_anew(ledger: Ledger) -> None:
    """A no to mails that the decisions knew keeps nobody out of an audience that they consented
    to, and the row is due at once; a no to ads does, whenever it was said.
    """
    write_to(ledger)
    hear(Withdrawal("email", ANN.address_hash, LATER))(ledger)
    assert subjects(claim(ledger, member(1))) == []
    landed = [tuple(row[name] for name in WEIGHED) for row in list_statements(ledger.engine)]
    weighed = ledger.last_statement_among(landed)
    assert subjects(claim(ledger, member(1), weighed=weighed)) == [71]
    answer({ADS: False})(ledger)
    last = list_statements(ledger.engine)[-1]["statement_id"]
    assert ledger.last_statement_among(landed) == weighed < last
    assert subjects(claim(ledger, member(3), weighed=last)) == []
    assert subjects(claim(ledger, member(3), weighed=last, known=last)) == [73]
    assert subjects(claim(ledger, member(4), weighed=last, consent=None)) == [74]


def test_who_came_back_after_their_no_is_let_in(ledger: Ledger) -> None:
    write_to(ledger)
    answer({ADS: False})(ledger)
    delivery = ledger.recipient(901)
    assert delivery is not None
    ledger.answer(901, {ADS: True}, {}, {}, delivery, LATER + timedelta(hours=1))
    assert subjects(claim(ledger, member(1))) == [71]


def test_a_no_to_being_tracked_keeps_nobody_out(ledger: Ledger) -> None:
    write_to(ledger)
    answer({("email", "tracking"): False})(ledger)
    assert subjects(claim(ledger, member(1))) == [71]


def test_what_is_unknown_stays_unknown(ledger: Ledger) -> None:
    """Whether the vendor has the person is not known: it is asked again, and not forgotten."""
    write_to(ledger)
    claimed = claim(ledger, member(1))
    ledger.record(claimed, [ItemResult(1, Outcome.UNKNOWN, "timeout")], LATER)
    answer({ADS: False})(ledger)
    assert [one.outcome for one in claim(ledger, member(1)).refused] == [Outcome.UNKNOWN]


def test_syncs_that_carry_nobody_to_a_marketing_vendor_go_on(ledger: Ledger) -> None:
    write_to(ledger)
    answer(EVERYTHING)(ledger)
    crm = ("sync", "crm", "hubspot")
    assert subjects(claim_items(ledger, [member(1)], activation=crm)) == [71]
