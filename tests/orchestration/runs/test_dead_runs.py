"""Runs whose process is dead: Dagster is brought to see them as ended, and those that live are left
alone.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster import DagsterRunStatus

from sluice.orchestration.doctor.runs import check_runs
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.runs import dead_runs
from sluice.orchestration.runs import in_process as run
from sluice.orchestration.runs.dead_runs import alive_file, end_dead, find_dead


@pytest.fixture
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    with run.dagster_instance(load_settings()) as made:
        yield made


@dg.op(pool="warehouse")
def work() -> None: ...


@dg.job
def some_job() -> None:
    work()


def leave(
    instance: dg.DagsterInstance, home: Path, status: DagsterRunStatus, *, is_begun: bool = True
) -> str:
    """A run as a killed process leaves it."""
    run_id = instance.create_run_for_job(some_job, status=status).run_id
    if is_begun:
        alive_file(home, run_id).parent.mkdir(parents=True)
        alive_file(home, run_id).touch()
    return run_id


@pytest.mark.parametrize(
    ("status", "ended"),
    [
        (DagsterRunStatus.NOT_STARTED, DagsterRunStatus.FAILURE),
        (DagsterRunStatus.STARTING, DagsterRunStatus.FAILURE),
        (DagsterRunStatus.STARTED, DagsterRunStatus.FAILURE),
        (DagsterRunStatus.CANCELING, DagsterRunStatus.CANCELED),
    ],
)
def test_dead_run_is_ended_and_its_slot_is_free(
    instance: dg.DagsterInstance, home: Path, status: DagsterRunStatus, ended: DagsterRunStatus
) -> None:
    run_id = leave(instance, home, status)
    instance.event_log_storage.set_concurrency_slots(
        "warehouse", 1
    )  # of a home from before, when there were pools
    assert instance.event_log_storage.claim_concurrency_slot("warehouse", run_id, "work").is_claimed
    assert [one.state for one in check_runs(load_settings())] == ["warning"]
    assert end_dead(instance, home) == [run_id]
    found = instance.get_run_by_id(run_id)
    assert found is not None
    assert found.status == ended
    assert instance.event_log_storage.get_concurrency_info("warehouse").active_slot_count == 0
    assert instance.event_log_storage.get_concurrency_info("warehouse").pending_step_count == 0
    assert [one.state for one in check_runs(load_settings())] == ["ok"]


def test_living_runs_are_left_alone(
    instance: dg.DagsterInstance, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    living = leave(instance, home, DagsterRunStatus.STARTED)
    loading = leave(instance, home, DagsterRunStatus.STARTING, is_begun=False)
    leave(instance, home, DagsterRunStatus.SUCCESS)
    with alive_file(home, living).open("a") as process:
        fcntl.flock(process, fcntl.LOCK_EX)
        assert end_dead(instance, home) == []
        monkeypatch.setattr(dead_runs, "LOADING", timedelta(0))
        assert [record.dagster_run.run_id for record in find_dead(instance, home)] == [loading]


def test_sensor_ends_dead_runs(instance: dg.DagsterInstance, home: Path) -> None:
    run_id = leave(instance, home, DagsterRunStatus.STARTED)
    with dg.build_sensor_context(instance=instance) as context:
        skipped = dead_runs.dead_runs_sensor(home)(context)
    assert run_id in str(skipped.skip_message)
    assert find_dead(instance, home) == []


@pytest.mark.parametrize("cut", ["event_log.db", "history/runs.db"])
def test_databases_cut_off_while_they_were_made_are_made_anew(home: Path, cut: str) -> None:
    (home / "dagster" / "history").mkdir(parents=True)
    (home / "dagster" / run.MAKING).touch()
    with sqlite3.connect(home / "dagster" / cut) as connection:
        connection.execute("create table runs (id integer)")
    with run.dagster_instance(load_settings()) as instance:
        assert instance.create_run_for_job(some_job).run_id
        assert instance.event_log_storage.get_pool_limits() == []
