"""What waits for the fast lane, and the lane's part of the ledger."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.inbox.events import Event
from sluice.activations.inbox.store import Inbox
from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import Outcome
from sluice.models.run import Run
from sluice.orchestration.fast.waiting import find_waiting, note_place
from sluice.orchestration.runs import lock
from tests.activations.ledger.ledger_steps import claim, settle, subjects
from tests.conftest import sluice

NOW = datetime(2026, 7, 1, 4, tzinfo=UTC)


class Home:
    """What the lane asks of settings."""

    def __init__(self, home: Path) -> None:
        self.home, self.inbox = home, f"sqlite:///{home / 'inbox.sqlite'}"
        self.url = f"sqlite:///{home / 'ledger.sqlite'}"
        self.ledger = Ledger(self.url, is_fast=True)

    def keep(self, key: str, minutes: int) -> None:
        with closing(Inbox(self.inbox)) as inbox:
            inbox.keep([Event("web", "page", key, NOW, {})], NOW + timedelta(minutes=minutes))

    def waiting(self, minutes: int) -> Any:
        return find_waiting(self, self.ledger, NOW + timedelta(minutes=minutes))  # type: ignore[arg-type]


@pytest.fixture
def waited(home: Path) -> Home:
    return Home(home)


def test_what_came_since_the_last_run_and_pass_waits(waited: Home) -> None:
    assert waited.waiting(60) is None
    waited.keep("a" * 64, 0)
    waited.keep("b" * 64, 5)
    waited.keep("c" * 64, 9)
    found = waited.waiting(6)
    assert (found.after, found.last, found.count, found.oldest) == (0, 2, 2, NOW)
    waited.ledger.finish_run(Run("whole", NOW + timedelta(minutes=1)), "{}", NOW)
    assert waited.waiting(6).after == 1  # that run decided about the first
    note_place(waited, found.last, found.key)  # type: ignore[arg-type]
    assert (waited.waiting(60).after, waited.waiting(60).count) == (2, 1)


def test_the_place_in_another_inbox_is_none(waited: Home) -> None:
    waited.keep("a" * 64, 0)
    note_place(waited, 1, "z" * 64)  # type: ignore[arg-type]
    assert waited.waiting(1).count == 1


def test_a_pass_is_no_measure_of_a_usual_run(waited: Home) -> None:
    for number in (1, 2):
        run = Run(f"fast-{number}", NOW + timedelta(minutes=number))
        waited.ledger.finish_fast(run, "{}", NOW)
    assert waited.ledger.past_runs(NOW + timedelta(days=1)) == []
    assert waited.ledger.last_as_of() == NOW + timedelta(minutes=2)


def test_a_run_decides_alone_and_sends_beside_the_lane(home: Path) -> None:
    lock.acquire(home)
    assert lock.is_held(home / lock.TABLES_FILE)
    lock.let_go_of_tables(home)
    assert not lock.is_held(home / lock.TABLES_FILE)
    lock.take_tables(home)
    lock.release(home)
    assert not lock.is_held(home / lock.TABLES_FILE)


@pytest.mark.parametrize("is_fast", [False, True])
def test_only_its_own_claims_become_unknown(waited: Home, is_fast: bool) -> None:
    """A run takes what a dead run had in hand, and leaves what the living lane has; and so the
    lane.
    """
    ledgers = {False: Ledger(waited.url), True: waited.ledger}
    for number, ledger in ledgers.items():
        claim(ledger, [int(number) + 1])
    assert ledgers[is_fast].recover_destination("hubspot", NOW) == 1
    assert ledgers[is_fast].recover_destination("hubspot", NOW) == 0
    assert ledgers[not is_fast].recover_destination("hubspot", NOW) == 1


def test_what_the_lane_tries_again_is_in_its_hands(waited: Home) -> None:
    settle(waited.ledger, claim(waited.ledger, [1]), Outcome.RETRY)
    assert subjects(claim(waited.ledger, [1], now=NOW + timedelta(days=1)))
    assert Ledger(waited.url).recover_destination("hubspot", NOW) == 0


def test_a_run_finds_a_dead_lane_and_leaves_a_living_one(waited: Home) -> None:
    claim(waited.ledger, [1])
    other = Ledger(waited.url)
    with waited.ledger.alone_at("hubspot"):
        assert other.recover(NOW) == 0
    assert other.recover(NOW) == 1


def test_without_the_setting_there_is_no_lane(home: Path) -> None:
    done = sluice("fast", home=home)
    assert done.code == 2
    assert "fast_lane" in done.stderr
