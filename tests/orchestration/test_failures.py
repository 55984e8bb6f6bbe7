"""Rows that a destination refuses, in whole runs: the run, the reports and Dagster say why, and the
next run says it again.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from sluice.orchestration.assets.push import DELIVERED
from tests.conftest import WORLD, Outcome, WorldRun, home_with_parsed_project, sluice

REASON = "validation_error:company"
CHECK = dg.AssetCheckKey(dg.AssetKey(["push", "crm_contacts"]), DELIVERED)


@dataclass(frozen=True)
class Story:
    """A run whose CRM refuses two rows, and the next one."""

    home: Path
    refused: Outcome
    after_refused: tuple[dg.DagsterRunStatus, dg.AssetCheckEvaluation]
    again: Outcome
    after_again: tuple[dg.DagsterRunStatus, dg.AssetCheckEvaluation]


@pytest.fixture(scope="module")
def story(world: WorldRun, tmp_path_factory: pytest.TempPathFactory) -> Story:
    home = home_with_parsed_project(world, tmp_path_factory.mktemp("refused"))
    raw = home / "raw"
    shutil.copytree(WORLD, raw)
    make_too_long(raw / "src_crm.parquet")
    refused = sluice("run", "--json", home=home, SLUICE_RAW=str(raw))
    after = seen_in_dagster(home)
    return Story(
        home, refused, after, sluice("run", home=home, SLUICE_RAW=str(raw)), seen_in_dagster(home)
    )


def make_too_long(path: Path) -> None:
    """Companies of two people with more characters than the CRM takes."""
    with duckdb.connect() as connection:
        connection.execute(f"create table t as from '{path}'")
        connection.execute(
            "update t set company = repeat('x', 70000) where crm_id in (select crm_id from t where"
            " not is_deleted and company is not null order by crm_id limit 2)"
        )
        connection.execute(f"copy t to '{path}' (format parquet)")


def seen_in_dagster(home: Path) -> tuple[dg.DagsterRunStatus, dg.AssetCheckEvaluation]:
    with (
        pytest.MonkeyPatch.context() as patch,
        dg.DagsterInstance.from_config(dagster_home(home, patch)) as instance,
    ):
        (latest,) = instance.get_runs(limit=1)
        records = instance.event_log_storage.get_latest_asset_check_execution_by_key([CHECK])
        event = records[CHECK].event
        assert event is not None
        return latest.status, event.dagster_event.event_specific_data


def dagster_home(home: Path, patch: pytest.MonkeyPatch) -> str:
    patch.setenv("DAGSTER_HOME", str(home / "dagster"))
    return str(home / "dagster")


def lacking(outcome: Outcome) -> list[tuple[str, int, int]]:
    return [(one["reason"], one["count"], one["new"]) for one in outcome.json["missing"]]


@pytest.mark.slow
def test_the_run_says_why_and_fails(story: Story, world: WorldRun) -> None:
    assert story.refused.code == 1
    assert lacking(story.refused) == [(REASON, 2, 2)]
    syncs = story.refused.json["syncs"]
    lost = {one["sync"]: (one["failed"], one["missing"]) for one in syncs if one["missing"]}
    assert lost == {"crm_contacts": (2, 2)}
    assert sum(one["failed"] for one in syncs) == 2
    assert story.refused.json["messages"]["sent"] == world.first.json["messages"]["sent"] > 0


@pytest.mark.slow
def test_dagster_is_red_where_the_command_ends_with_1_and_the_reports_are_there(
    story: Story,
) -> None:
    status, check = story.after_refused
    assert status is dg.DagsterRunStatus.FAILURE
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert f"failed: {REASON}" in check.metadata
    report = sluice("report", "--json", home=story.home).json
    assert [row["item_count"] for row in report if row["reason"] == REASON] == [2]


@pytest.mark.slow
def test_the_next_run_says_that_rows_are_missing_still(story: Story) -> None:
    assert story.again.code == 0
    assert "2 rows are missing there (of an earlier run)" in story.again.stdout
    assert REASON in story.again.stdout
    status, check = story.after_again
    assert status is dg.DagsterRunStatus.SUCCESS
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)


@pytest.mark.slow
def test_commands_tell_the_reason_and_who(story: Story) -> None:
    assert (
        sluice("ledger", "status", "--json", home=story.home).json["reasons"][0]["reason"] == REASON
    )
    assert REASON in sluice("ledger", "status", home=story.home).stdout
    (entry,) = sluice("missing", "crm_contacts", "--json", home=story.home).json
    assert (entry["count"], len(entry["ids"])) == (2, 2)
    assert str(entry["ids"][0]) in sluice("missing", home=story.home).stdout
    assert sluice("missing", "crm_contact", home=story.home).code == 2
