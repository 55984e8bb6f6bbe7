"""What is kept of runs that ended, and that the files shrink."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster import DagsterRunStatus

from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.runs import lock, retention
from sluice.orchestration.runs.dead_runs import alive_file
from sluice.orchestration.runs.in_process import dagster_instance
from sluice.orchestration.runs.retention import prune

NOW = datetime.now(UTC)


@dg.job
def some_job() -> None: ...


@pytest.fixture
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    with dagster_instance(load_settings()) as made:
        yield made


def ran(
    instance: dg.DagsterInstance,
    home: Path,
    days_ago: float,
    status: DagsterRunStatus = DagsterRunStatus.SUCCESS,
) -> str:
    """A run of some days ago, with an event and a folder."""
    run = instance.create_run_for_job(some_job, status=status)
    instance.report_engine_event("x" * 2_000, run)
    moment = NOW - timedelta(days=days_ago)
    with sqlite3.connect(home / "dagster" / "history" / "runs.db") as connection:
        connection.execute(
            "update runs set update_timestamp = ? where run_id = ?",
            [f"{moment:%Y-%m-%d %H:%M:%S.%f}", run.run_id],
        )
    folder = home / "runs" / run.run_id
    folder.mkdir(parents=True)
    (folder / "plan.parquet").touch()
    for path in (folder / "plan.parquet", folder):
        os.utime(path, (moment.timestamp(), moment.timestamp()))
    return run.run_id


def left(instance: dg.DagsterInstance, home: Path) -> tuple[set[str], set[str], set[str]]:
    """The runs that Dagster knows, that it has events of, and that have a folder."""
    with sqlite3.connect(home / "dagster" / "event_log.db") as connection:
        events = {
            run_id for (run_id,) in connection.execute("select distinct run_id from event_logs")
        }
    return (
        {run.run_id for run in instance.get_runs()},
        events,
        {path.name for path in (home / "runs").iterdir()},
    )


def test_old_runs_are_forgotten_with_all_that_is_theirs(
    instance: dg.DagsterInstance, home: Path
) -> None:
    old = ran(instance, home, 31)
    failed = ran(instance, home, 40, DagsterRunStatus.FAILURE)
    young, at_work = ran(instance, home, 29), ran(instance, home, 50, DagsterRunStatus.STARTED)
    lock.hold(alive_file(home, at_work))
    assert prune(instance, load_settings()) == 2
    assert left(instance, home) == ({young, at_work}, {young, at_work}, {young, at_work})
    assert old != failed
    lock.let_go(alive_file(home, at_work))


def test_no_more_than_so_many_are_kept(instance: dg.DagsterInstance, home: Path) -> None:
    runs = [ran(instance, home, 5 - number) for number in range(5)]
    assert prune(instance, Settings(home=home, runs_kept=2)) == 3
    assert left(instance, home)[0] == set(runs[3:])
    assert prune(instance, Settings(home=home, runs_kept=2)) == 0


def test_home_that_was_never_pruned_is_done_over_several_runs(
    instance: dg.DagsterInstance, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        ran(instance, home, 99)
    monkeypatch.setattr(retention, "MOST_AT_ONCE", 3)
    assert [prune(instance, load_settings()) for _ in range(3)] == [3, 2, 0]


def test_emptied_file_gives_its_room_back(
    instance: dg.DagsterInstance, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "SMALL", 0)
    runs = [ran(instance, home, 99) for _ in range(20)]
    for run in instance.get_runs():
        for _ in range(20):
            instance.report_engine_event("x" * 5_000, run)
    with sqlite3.connect(home / "dagster" / "event_log.db") as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    with sqlite3.connect(home / "dagster" / "history" / "runs.db") as connection:
        connection.execute("update runs set update_timestamp = '2020-01-01 00:00:00'")
    before = (home / "dagster" / "event_log.db").stat().st_size
    assert prune(instance, load_settings()) == len(runs)
    assert (home / "dagster" / "event_log.db").stat().st_size < before / 2
    assert instance.create_run_for_job(some_job).run_id  # and it can be written


def test_vacuum_waits_for_nobody(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "SMALL", 0)
    path = home / "some.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (x)")
        connection.executemany("insert into t values (?)", [("x" * 1_000,)] * 500)
        connection.execute("delete from t")
    began = time.monotonic()
    with sqlite3.connect(path) as other:
        other.execute("begin immediate")
        assert not retention.vacuum(path)
    assert time.monotonic() - began < 5
    assert retention.vacuum(path)
    assert not retention.vacuum(path)


def test_results_of_checks_go_with_their_runs_but_the_last_of_each(
    instance: dg.DagsterInstance, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dg.asset_check(asset="a", name="again")
    def again() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    @dg.asset_check(asset="a", name="once")
    def once() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    @dg.asset
    def a() -> None: ...

    def runs_of(checks: list[dg.AssetChecksDefinition]) -> str:
        job = dg.define_asset_job("checked", selection=dg.AssetSelection.all())
        made = dg.Definitions(assets=[a], asset_checks=checks, jobs=[job])
        return made.resolve_job_def("checked").execute_in_process(instance=instance).run_id

    first, second, third = runs_of([again, once]), runs_of([again]), runs_of([again])
    monkeypatch.setenv("SLUICE_RUNS_KEPT", "1")
    assert prune(instance, load_settings()) >= 2
    with sqlite3.connect(home / "dagster" / "event_log.db") as connection:
        found = connection.execute("select run_id, check_name from asset_check_executions")
        assert set(found) == {(first, "once"), (third, "again")}
    assert not instance.has_run(second)
    assert prune(instance, load_settings()) == 0


def test_a_folder_goes_with_its_run(
    instance: dg.DagsterInstance, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLUICE_RUNS_KEPT", "1")
    older, newer = ran(instance, home, 2), ran(instance, home, 1)
    prune(instance, load_settings())
    assert left(instance, home) == ({newer}, {newer}, {newer})
    assert older != newer


def test_old_reports_go_and_nothing_else_of_their_folder(
    instance: dg.DagsterInstance, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLUICE_REPORT_DAYS", "10")
    folder = home / "reports"
    folder.mkdir(parents=True)
    for name, days_ago in (
        ("report-2020-01-01.html", 9),
        ("report-2026-01-01.html", 11),
        ("report-2026-01-01_zh.html", 11),
        ("report-of-mine.html", 11),
        ("published.json", 11),
    ):
        (folder / name).touch()
        moment = (NOW - timedelta(days=days_ago)).timestamp()
        os.utime(folder / name, (moment, moment))
    prune(instance, load_settings())
    kept = {"report-2020-01-01.html", "report-of-mine.html", "published.json"}
    assert {one.name for one in folder.iterdir()} == kept
