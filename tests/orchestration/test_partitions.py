"""What a marketer does in Dagster's UI: one segment or raw table alone, and days of the past."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from sluice.orchestration.code_location.building import definitions
from sluice.orchestration.code_location.jobs import RUN_JOB
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.runs import lock
from sluice.orchestration.runs.in_process import dagster_instance
from sluice.orchestration.runs.state import leave_replay, open_ledger
from tests.conftest import WorldRun

pytestmark = pytest.mark.slow

SEGMENT = dg.AssetKey(["segments", "seg_birthdays"])


@pytest.fixture
def copied(world: WorldRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home after the runs of the sample company, for this test alone."""
    home = tmp_path / "home"
    ignored = shutil.ignore_patterns("dagster", "runs", "*.lock")
    shutil.copytree(world.home, home, ignore=ignored, dirs_exist_ok=True)
    monkeypatch.setenv("SLUICE_HOME", str(home))
    yield home
    leave_replay("")
    lock.release(home)


def materialize(keys: list[dg.AssetKey] | None, day: str, **tags: str) -> dg.ExecuteInProcessResult:
    """What the UI starts when assets of a day are materialized; all of them without ``keys``."""
    defs = definitions()
    with dagster_instance(load_settings()) as instance:
        if keys is None:
            job = defs.resolve_job_def(RUN_JOB)
        else:
            job = defs.resolve_implicit_job_def_def_for_assets(keys)
        assert job is not None
        return job.execute_in_process(
            instance=instance,
            partition_key=day,
            asset_selection=keys,
            tags=tags,
            raise_on_error=False,
        )


def built(result: dg.ExecuteInProcessResult) -> set[dg.AssetKey]:
    """The assets that have a new materialization."""
    events = result.get_asset_materialization_events()
    return {event.asset_key for event in events if event.asset_key is not None}


def rows(warehouse: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_one_segment_alone(copied: Path) -> None:
    with duckdb.connect(str(copied / "warehouse.duckdb")) as connection:
        connection.execute("delete from segments.seg_birthdays")
    result = materialize([SEGMENT], "2026-06-30")
    assert result.success
    assert built(result) == {SEGMENT}
    assert all(one.passed for one in result.get_asset_check_evaluations())
    assert rows(copied / "warehouse.duckdb", "select count(*) > 0 from segments.seg_birthdays")


def test_one_raw_table_alone(copied: Path) -> None:
    with duckdb.connect(str(copied / "warehouse.duckdb")) as connection:
        connection.execute("drop table raw.src_crm")
        connection.execute("delete from raw.landings where table_name = 'src_crm'")
        connection.execute("delete from raw.src_shop")
    key = dg.AssetKey(["crm", "src_crm"])
    result = materialize([key], "2026-06-30")
    assert result.success
    assert built(result) == {key}
    counts = "select (select count(*) > 0 from raw.src_crm), (select count(*) from raw.src_shop)"
    assert rows(copied / "warehouse.duckdb", counts) == [(True, 0)]


def test_a_past_day_is_replayed_on_a_copy(copied: Path) -> None:
    before = (copied / "warehouse.duckdb").read_bytes()
    runs = open_ledger(load_settings()).counts()
    result = materialize(None, "2026-06-14")
    assert result.success
    assert dg.AssetKey(["push", "price_page_follow_up"]) in built(result)
    copy = copied / "replay" / "warehouse.duckdb"
    found = rows(
        copy,
        "select max(entered_at) <= timestamp '2026-06-14 13:00:00' from segments.segment_members",
    )
    assert found == [(True,)]
    leave_replay("")
    assert os.environ["SLUICE_HOME"] == str(copied)
    assert (copied / "warehouse.duckdb").read_bytes() == before
    assert open_ledger(load_settings()).counts() == runs


def test_a_scheduled_run_is_of_now_whatever_its_partition(copied: Path) -> None:
    keys = [SEGMENT]
    result = materialize(keys, "2026-06-14", **{"dagster/schedule_name": "daily_run"})
    assert result.success
    assert not (copied / "replay").exists()
