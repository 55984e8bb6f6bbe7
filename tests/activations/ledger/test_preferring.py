"""What a person states in the preference page: of the person at once, lifted by their own later
act, and kept from a push that is running.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from sluice.activations.ledger.identity_journal import append
from sluice.activations.ledger.preferring import list_preferences
from sluice.activations.ledger.receiving import receive
from sluice.activations.ledger.stating import list_statements
from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import (
    DeliveryState,
    Item,
    ItemResult,
    Outcome,
    Receipt,
    Return,
    Withdrawal,
)
from sluice.models.run import Run
from tests.activations.destinations.test_conformance import message
from tests.activations.ledger.ledger_steps import NOW, claim_items, subjects
from tests.activations.ledger.test_stating import HASH, LATER, NEWS, send, to

NO = {("email", "marketing"): False}
YES = {("email", "marketing"): True}
HOUR = timedelta(hours=1)


def answer(
    ledger: Ledger,
    consents: Mapping[tuple[str, str], bool] = {},
    preferences: Mapping[str, str] = {},
    delivery_id: int = 1,
    hours: int = 1,
) -> None:
    """What the person of a delivery states so many hours after it."""
    delivery = ledger.recipient(delivery_id)
    assert delivery is not None
    ledger.answer(delivery_id, consents, preferences, {}, delivery, NOW + hours * HOUR)


def reaches(ledger: Ledger, *items: Item, topic: str | None = None, hours: int = 9) -> list[int]:
    """The contacts that a push some hours later would write to."""
    push = ledger.open_push(NEWS, Run("run-2", NOW), "hold", "email", topic=topic)
    claimed = ledger.claim(push, items, NOW + hours * HOUR)
    ledger.record(
        claimed, [ItemResult(i.delivery_id, Outcome.ACCEPTED) for i in claimed.items], LATER
    )
    return subjects(claimed)


def test_a_no_is_of_the_person_at_every_address_with_proof(ledger: Ledger) -> None:
    send(ledger, to(1, "x@b.cn"))
    answer(ledger, NO)
    assert reaches(ledger, to(2, "new@b.cn")) == []
    assert reaches(ledger, message(3, "x@b.cn")) == []  # the address too, whoever has it
    assert reaches(ledger, to(4, "new@b.cn", purpose="transactional")) == [7]
    (row,) = list_statements(ledger.engine)
    assert (row["contact_id"], row["address_hash"], row["delivery_id"]) == (7, HASH, 1)
    assert (row["how"], row["stated_at"]) == ("preference_page", LATER.replace(tzinfo=None))


def test_their_own_later_yes_lifts_it_and_both_stay_as_proof(ledger: Ledger) -> None:
    send(ledger, to(1, "x@b.cn"))
    receive(ledger.engine, [Withdrawal("email", HASH, LATER)], LATER)
    answer(ledger, YES, hours=2)
    assert ledger.suppressions() == []
    assert reaches(ledger, to(2, "x@b.cn")) == [7]
    assert [row["status"] for row in list_statements(ledger.engine)] == ["withdrawn", "granted"]
    answer(ledger, NO, hours=3)
    assert reaches(ledger, to(3, "x@b.cn")) == []


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize(
    "reported",
    [
        Receipt(DeliveryState.COMPLAINED, LATER, delivery_id=1, suppress=True),
        Receipt(DeliveryState.BOUNCED, LATER, delivery_id=1, suppress=True),
    ],
    ids=["complaint", "bounce"],
)
def test_a_complaint_and_a_bounce_are_not_lifted(
    ledger: Ledger, reported: Receipt, is_first: bool
) -> None:
    send(ledger, to(1, "x@b.cn"))
    no = Withdrawal("email", HASH, LATER)
    receive(ledger.engine, [reported, no] if is_first else [no, reported], LATER)
    answer(ledger, YES, hours=2)
    assert reaches(ledger, to(2, "x@b.cn")) == []
    is_person = reported.state is DeliveryState.COMPLAINED
    # a bounce is of its address alone
    assert reaches(ledger, to(3, "other@b.cn")) == ([] if is_person else [7])


@pytest.mark.parametrize(("change", "is_lifted"), [("merged", True), ("split", False)])
def test_a_yes_follows_a_merge_and_no_split(ledger: Ledger, change: str, is_lifted: bool) -> None:
    send(ledger, to(1, "x@b.cn"))
    moved = (NOW + HOUR / 2).replace(tzinfo=None)
    append(ledger.engine, [], [(7, 8, change, 1, moved)])
    answer(ledger, NO)
    answer(ledger, YES, hours=2)
    assert reaches(ledger, to(2, "y@b.cn", contact=8)) == ([8] if is_lifted else [])
    assert reaches(ledger, to(3, "z@b.cn")) == [7]


@pytest.mark.parametrize(
    ("stated", "topic", "reached"),
    [
        ({"topic:tips": "refused"}, "tips", []),
        ({"topic:tips": "refused"}, "news", [7]),
        ({"topic:tips": "refused"}, None, [7]),
        ({"topic:tips": "wanted"}, "tips", [7]),
        ({"frequency": "less"}, None, []),
        ({"frequency": "normal"}, None, [7]),
        ({"pause_until": "2026-07-29 13:01:00"}, None, []),
        ({"pause_until": "2026-06-29 14:01:00"}, None, [7]),
        ({"language": "en"}, None, [7]),
    ],
)
def test_what_was_stated_since_the_decisions_waits_for_the_next(
    ledger: Ledger, stated: dict[str, str], topic: str | None, reached: list[int]
) -> None:
    """It is not refused for good: nothing is recorded, and the next run decides it anew."""
    send(ledger, to(1, "x@b.cn"))
    answer(ledger, preferences=stated)
    transactional = to(2, "x@b.cn", purpose="transactional")
    assert reaches(ledger, transactional, to(3, "x@b.cn"), topic=topic) == [7, *reached]
    assert (ledger.recipient(3) is None) == (reached == [])


def test_the_last_statement_holds_and_every_one_is_kept(ledger: Ledger) -> None:
    send(ledger, to(1, "x@b.cn"))
    answer(ledger, preferences={"frequency": "less"})
    answer(ledger, preferences={"frequency": "normal"}, hours=2)
    assert reaches(ledger, to(2, "x@b.cn")) == [7]
    rows = list_preferences(ledger.engine)
    assert [(row["value"], row["delivery_id"]) for row in rows] == [("less", 1), ("normal", 1)]


def test_what_the_decisions_weighed_is_not_asked_again(ledger: Ledger) -> None:
    send(ledger, to(1, "x@b.cn"))
    answer(ledger, preferences={"frequency": "less"})
    landed = [
        tuple(row[name] for name in ("contact_id", "preference", "value", "stated_at"))
        for row in list_preferences(ledger.engine)
    ]
    known = ledger.last_preference_among(landed)
    push = ledger.open_push(NEWS, Run("run-2", NOW), "hold", "email", known_preferences=known)
    assert subjects(ledger.claim(push, [to(2, "x@b.cn")], LATER)) == [7]
    assert ledger.last_preference_among([]) == 0


def test_who_is_written_to_at_this_moment_has_a_page(ledger: Ledger) -> None:
    claim_items(ledger, [to(1, "x@b.cn")], activation=NEWS)
    found = ledger.recipient(1)
    assert found is not None
    assert (found["subject_id"], found["channel"], found["address_hash"]) == (7, "email", HASH)
    assert ledger.recipient(2) is None


@pytest.mark.parametrize(
    ("how", "reached"), [("unfollowed", [7]), ("unsubscribed", []), ("replied_stop", [])]
)
def test_a_follow_undoes_an_unfollow_and_no_other_no(
    ledger: Ledger, how: str, reached: list[int]
) -> None:
    openid = to(1, "openid-1", channel="wechat")
    send(ledger, openid)
    receive(ledger.engine, [Withdrawal("wechat", openid.address_hash, LATER, how)], LATER)
    assert reaches(ledger, to(2, "openid-1", channel="wechat")) == []
    back = Return("wechat", openid.address_hash, LATER + HOUR)
    assert receive(ledger.engine, [back], LATER + HOUR) == (how == "unfollowed")
    assert reaches(ledger, to(3, "openid-1", channel="wechat")) == reached


def test_a_follow_of_who_never_left_says_nothing(ledger: Ledger) -> None:
    assert receive(ledger.engine, [Return("wechat", HASH, LATER)], LATER) == 0
    assert list_statements(ledger.engine) == []
