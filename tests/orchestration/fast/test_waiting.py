"""What waits for the fast lane, and the lane's part of the ledger."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from sluice.activations.inbox.events import Event
from sluice.activations.inbox.store import Inbox
from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import Outcome
from sluice.models.run import Run
from sluice.orchestration.code_location.jobs import FAST_JOB
from sluice.orchestration.code_location.sensors import fast_lane_sensor
from sluice.orchestration.doctor.fast import check_fast
from sluice.orchestration.fast.waiting import find_waiting, note_place
from sluice.orchestration.runs import lock
from sluice.orchestration.runs.in_process import dagster_yaml
from sluice.orchestration.runs.sending import begin_sending, sending_as_of
from tests.activations.ledger.ledger_steps import claim, settle, subjects
from tests.conftest import sluice
from tests.projects import bare_project

NOW = datetime(2026, 7, 1, 4, tzinfo=UTC)
ON = {"enabled": True}


@dg.op
def nothing() -> None:
    """Done at once."""


@dg.job(name=FAST_JOB)
def make_nothing() -> None:
    """Stands for a pass."""
    nothing()


class Home:
    """What the lane asks of settings."""

    def __init__(self, home: Path) -> None:
        self.home, self.inbox = home, f"sqlite:///{home / 'inbox.sqlite'}"
        self.ledger = f"sqlite:///{home / 'ledger.sqlite'}"
        self.lane = Ledger(self.ledger, is_fast=True)
        self.delivery, self.project = "sandbox", bare_project(home / "p", fast_lane=ON)

    def keep(self, key: str, minutes: int) -> None:
        with closing(Inbox(self.inbox)) as inbox:
            inbox.keep([Event("web", "page", key, NOW, {})], NOW + timedelta(minutes=minutes))

    def waiting(self, minutes: int) -> Any:
        return find_waiting(self, self.lane, NOW + timedelta(minutes=minutes))  # type: ignore[arg-type]


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
    waited.lane.finish_run(Run("whole", NOW + timedelta(minutes=1)), "{}", NOW)
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
        waited.lane.finish_fast(run, "{}", NOW)
    assert waited.lane.past_runs(NOW + timedelta(days=1)) == []
    assert waited.lane.last_as_of() == NOW + timedelta(minutes=2)


def test_a_run_decides_alone_and_sends_beside_the_lane(home: Path) -> None:
    lock.acquire(home)
    assert lock.is_held(home / lock.TABLES_FILE)
    assert sending_as_of(home) is None
    begin_sending(home, NOW)
    assert sending_as_of(home) == NOW
    assert not lock.is_held(home / lock.TABLES_FILE)
    lock.take_tables(home)
    lock.release(home)
    assert not lock.is_held(home / lock.TABLES_FILE)
    assert sending_as_of(home) is None  # it has ended, or died


@pytest.mark.parametrize("is_fast", [False, True])
def test_only_its_own_claims_become_unknown(waited: Home, is_fast: bool) -> None:
    """A run takes what a dead run had in hand, and leaves what the living lane has; and so the
    lane.
    """
    ledgers = {False: Ledger(waited.ledger), True: waited.lane}
    for number, ledger in ledgers.items():
        claim(ledger, [int(number) + 1])
    assert ledgers[is_fast].recover_destination("hubspot", NOW) == 1
    assert ledgers[is_fast].recover_destination("hubspot", NOW) == 0
    assert ledgers[not is_fast].recover_destination("hubspot", NOW) == 1


def test_what_the_lane_tries_again_is_in_its_hands(waited: Home) -> None:
    settle(waited.lane, claim(waited.lane, [1]), Outcome.RETRY)
    assert subjects(claim(waited.lane, [1], now=NOW + timedelta(days=1)))
    assert Ledger(waited.ledger).recover_destination("hubspot", NOW) == 0


def test_a_run_finds_a_dead_lane_and_leaves_a_living_one(waited: Home) -> None:
    claim(waited.lane, [1])
    other = Ledger(waited.ledger)
    with waited.lane.alone_at("hubspot"):
        assert other.recover(NOW) == 0
    assert other.recover(NOW) == 1


def test_dagster_looks_for_what_waits(waited: Home) -> None:
    """It asks for a pass where something waits, and not for two."""
    sensor = fast_lane_sensor(waited)  # type: ignore[arg-type]
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance)
        assert isinstance(sensor(context), dg.SkipReason)
        waited.keep("a" * 64, 0)
        assert isinstance(sensor(context), dg.RunRequest)
        instance.create_run_for_job(make_nothing, tags={}, status=dg.DagsterRunStatus.STARTED)
        assert isinstance(sensor(context), dg.SkipReason)


def test_dagster_lets_a_pass_go_beside_a_run(waited: Home) -> None:
    found = yaml.safe_load(dagster_yaml(waited))["concurrency"]["runs"]  # type: ignore[arg-type]
    assert found["max_concurrent_runs"] == 2
    waited.project = bare_project(waited.home / "p")
    found = yaml.safe_load(dagster_yaml(waited))["concurrency"]["runs"]  # type: ignore[arg-type]
    assert found == {"max_concurrent_runs": 1}


@pytest.mark.parametrize(("minutes", "state"), [(0, "ok"), (9, "warning")])
def test_a_lane_that_falls_behind_says_so(waited: Home, minutes: int, state: str) -> None:
    with closing(Inbox(waited.inbox)) as inbox:
        came = datetime.now(UTC) - timedelta(minutes=minutes)
        inbox.keep([Event("web", "page", "a" * 64, came, {})], came)
    (found,) = check_fast(waited)  # type: ignore[arg-type]
    assert found.state == state


def test_without_the_setting_there_is_no_lane(home: Path) -> None:
    done = sluice("fast", home=home)
    assert done.code == 2
    assert "fast_lane" in done.stderr
