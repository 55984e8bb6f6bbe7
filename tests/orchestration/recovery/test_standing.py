"""A ledger that was lost, emptied, exchanged or put back from yesterday is noticed before anything
is sent.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.activations.ledger.approvals import list_approvals
from sluice.activations.ledger.pauses import list_pauses
from sluice.activations.ledger.stating import list_statements
from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import Outcome
from sluice.models.errors import BlockedError, ConfigurationError
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.landing.ledger import land_ledger
from sluice.orchestration.recovery.adopting import adopt
from sluice.orchestration.recovery.standing import require_same_ledger, standing
from tests.activations.ledger.ledger_steps import claim_items, settle, subjects
from tests.activations.ledger.test_sent_addresses import CAMPAIGN, to
from tests.orchestration.recovery.small_home import SmallHome

LOST = ["deleted", "emptied", "yesterday"]


@pytest.fixture
def small(home: Path) -> SmallHome:
    return SmallHome(home)


def suppressed(ledger: Ledger) -> set[str]:
    return {row["address_hash"] for row in ledger.suppressions()}


def test_the_ledger_of_the_home_is_the_same(small: SmallHome) -> None:
    require_same_ledger(small.settings, small.ledger)
    assert standing(small.settings, small.ledger).state == "same"


@pytest.mark.parametrize("how", LOST)
def test_another_ledger_waits_for_a_person(small: SmallHome, how: str) -> None:
    small.lose_ledger(how)
    with pytest.raises(BlockedError, match="nothing is sent") as refused:
        require_same_ledger(small.settings, small.ledger)
    assert "sluice ledger adopt" in refused.value.fix
    assert ("older" if how == "yesterday" else "another") in refused.value.message


@pytest.mark.parametrize("how", LOST)
def test_who_said_no_and_what_is_paused_is_given_back_at_once(small: SmallHome, how: str) -> None:
    small.lose_ledger(how)
    with pytest.raises(BlockedError):
        require_same_ledger(small.settings, small.ledger)
    assert suppressed(small.ledger) == {"no1", "no2"}
    assert {row["contact_id"] for row in list_statements(small.ledger.engine)} == {1, 2}
    assert {row["name"] for row in list_pauses(small.ledger.engine)} == {"campaign1", "campaign2"}


@pytest.mark.parametrize("how", LOST)
def test_landing_never_takes_a_suppression_away(small: SmallHome, how: str) -> None:
    small.lose_ledger(how)
    land_ledger(small.settings.warehouse, small.ledger)
    assert small.query("select address_hash from ledger.suppressions order by all") == [
        ("no1",),
        ("no2",),
    ]
    assert suppressed(small.ledger) == {"no1", "no2"}


@pytest.mark.parametrize("how", LOST)
def test_an_adopted_ledger_knows_what_was_sent(small: SmallHome, how: str) -> None:
    before = list(small.ledger.receipts_after(0))
    small.lose_ledger(how)
    restored = adopt(small.settings, small.ledger, "the disk broke", "li")
    assert restored["receipts"] == (1 if how == "yesterday" else 3)
    require_same_ledger(small.settings, small.ledger)
    assert [[row["receipt_id"] for row in batch] for batch in small.ledger.receipts_after(0)] == [
        [row["receipt_id"] for row in batch] for batch in before
    ]
    again = claim_items(
        small.ledger,
        [to(number, "x@b.cn", 70 + number) for number in (1, 2, 3, 4)],
        activation=CAMPAIGN,
    )
    assert subjects(again) == [4]
    other_ids = claim_items(
        small.ledger,
        [to(10 + number, "x@b.cn", 70 + number) for number in (1, 2, 3)],
        activation=CAMPAIGN,
    )
    assert [result.reason for result in other_ids.refused] == ["already_sent_to_address"] * 3
    assert [
        (row["guardrail"], row["approved_by"]) for row in list_approvals(small.ledger.engine)
    ] == [("adopted_ledger", "li")]


@pytest.mark.parametrize("how", LOST)
def test_receipts_go_on_where_they_were(small: SmallHome, how: str) -> None:
    small.lose_ledger(how)
    adopt(small.settings, small.ledger, "the disk broke", "li")
    small.run_day(3, [4])
    assert small.query("select receipt_id, delivery_id from ledger.receipts order by all") == [
        (1, 1),
        (2, 2),
        (3, 3),
        (4, 4),
    ]
    assert small.query("select event_id, delivery_id from ledger.message_events order by all") == [
        (1, 1),
        (2, 3),
        (3, 4),
    ]


def test_the_journal_of_ids_is_given_back(small: SmallHome) -> None:
    small.lose_ledger("deleted")
    adopt(small.settings, small.ledger, "the disk broke", "li")
    rows = "select record_key, contact_id from ledger.contact_ids order by all"
    assert small.query(rows) == [(i, i * 10) for i in range(1, 6)]
    assert small.query("select count(*) from identity.identity_map") == [(5,)]


def test_receipts_of_an_old_copy_that_was_used_meanwhile_are_kept_too(small: SmallHome) -> None:
    small.lose_ledger("yesterday")
    items = [to(number, "x@b.cn", 70 + number) for number in range(8, 20)]
    settle(small.ledger, claim_items(small.ledger, items, activation=CAMPAIGN), Outcome.ACCEPTED)
    assert standing(small.settings, small.ledger).state == "another"
    adopt(small.settings, small.ledger, "a copy was used on another machine", "li")
    land_ledger(small.settings.warehouse, small.ledger)
    ids = [
        delivery
        for (delivery,) in small.query(
            "select delivery_id from ledger.receipts order by receipt_id"
        )
    ]
    assert ids == [1, 2, 3, *range(8, 20)]


def test_a_warehouse_of_yesterday_is_brought_up_to_date(small: SmallHome) -> None:
    small.settings.warehouse.path.write_bytes((small.yesterday / "warehouse.duckdb").read_bytes())
    require_same_ledger(small.settings, small.ledger)
    land_ledger(small.settings.warehouse, small.ledger)
    assert small.query("select count(*) from ledger.receipts") == [(3,)]


def test_a_new_warehouse_takes_the_ledger_there_is(small: SmallHome) -> None:
    small.settings.warehouse.path.unlink()
    require_same_ledger(small.settings, small.ledger)


def test_a_ledger_that_is_older_than_a_new_warehouse_is_told_by_the_note(small: SmallHome) -> None:
    small.settings.warehouse.path.unlink()
    small.lose_ledger("yesterday")
    with pytest.raises(BlockedError, match="older"):
        require_same_ledger(small.settings, small.ledger)


def test_a_home_in_which_nothing_was_ever_sent_asks_nobody(home: Path) -> None:
    settings = load_settings()
    require_same_ledger(settings, Ledger(settings.ledger))
    for path in home.glob("ledger.sqlite*"):
        path.unlink()
    require_same_ledger(settings, Ledger(settings.ledger))


@pytest.mark.parametrize(
    ("how", "reason", "words"),
    [("", "why", "nothing|always used"), ("deleted", " ", "--reason is empty")],
)
def test_what_cannot_be_adopted(small: SmallHome, how: str, reason: str, words: str) -> None:
    small.lose_ledger(how) if how else None
    with pytest.raises(ConfigurationError, match=words):
        adopt(small.settings, small.ledger, reason, "li")
