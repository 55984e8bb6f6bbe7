"""Histories outlive the warehouse: what it lacks is taken from the journal, and nothing twice."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sluice.orchestration.fast.keeping import COUPONS
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.recovery import histories
from sluice.orchestration.recovery.histories import HISTORIES, History, catch_up, keep_histories
from sluice.orchestration.warehouse.reader import open_warehouse, query
from tests.conftest import ROOT

TABLES = """create schema if not exists segments; create schema if not exists contacts;
create table if not exists segments.segment_changes (
    segment varchar, contact_id bigint, change varchar, changed_at timestamp, n hugeint);
create table if not exists contacts.contact_attribution (contact_id bigint, first_channel varchar)"""

DECIDED = "ledger.experiment_decisions"  # no model's: a run writes it at its end


def day(number: int) -> datetime:
    return datetime(2026, 6, number, 13, tzinfo=UTC)


def decide(settings: Settings, number: int, entered: list[int], channel: str = "web") -> None:
    """A day of which these contacts enter, and contact 1's first touch is found to be of a
    channel.
    """
    with open_warehouse(settings.warehouse, read_only=False) as connection:
        connection.execute(TABLES)
        connection.execute(
            "delete from segments.segment_changes where changed_at >= $1",
            [day(number).replace(tzinfo=None)],
        )
        for contact in entered:
            values = [contact, day(number).replace(tzinfo=None)]
            connection.execute(
                "insert into segments.segment_changes values ('s', $1, 'entered', $2, 1)", values
            )
        connection.execute(
            "create or replace table contacts.contact_attribution as select 1::bigint as"
            " contact_id, $1 as first_channel",
            [channel],
        )
    keep_histories(settings, day(number))


def state(settings: Settings) -> list[tuple[Any, ...]]:
    changes = (
        "select contact_id, day(changed_at), typeof(n) from segments.segment_changes order by all"
    )
    return query(settings.warehouse, changes) + query(
        settings.warehouse, "from contacts.contact_attribution"
    )


@pytest.fixture
def settings(home: Path) -> Settings:
    settings = load_settings()
    decide(settings, 1, [1, 2])
    shutil.copy(settings.warehouse.path, home / "first_day")
    decide(settings, 2, [])
    decide(settings, 3, [3], channel="sms")
    return settings


EXPECTED = [(1, 1, "HUGEINT"), (2, 1, "HUGEINT"), (3, 3, "HUGEINT"), (1, "sms")]


def test_a_whole_warehouse_is_given_nothing(settings: Settings) -> None:
    assert catch_up(settings) == []
    assert state(settings) == EXPECTED


@pytest.mark.parametrize("found", [None, "first_day"])
def test_a_lost_or_older_warehouse_is_given_what_it_lacks(
    settings: Settings, home: Path, found: str | None
) -> None:
    settings.warehouse.path.unlink()
    if found:
        shutil.copy(home / found, settings.warehouse.path)
    assert catch_up(settings) == ["segments.segment_changes", "contacts.contact_attribution"]
    assert state(settings) == EXPECTED
    assert catch_up(settings) == []


def test_the_same_day_again_replaces_its_own_rows(settings: Settings) -> None:
    decide(settings, 3, [4], channel="sms")
    settings.warehouse.path.unlink()
    catch_up(settings)
    assert state(settings) == [*EXPECTED[:2], (4, 3, "HUGEINT"), (1, "sms")]


def test_a_run_of_the_past_takes_later_days_out(settings: Settings) -> None:
    decide(settings, 2, [5])
    settings.warehouse.path.unlink()
    catch_up(settings)
    assert state(settings) == [*EXPECTED[:2], (5, 2, "HUGEINT"), (1, "web")]


def test_what_runs_did_is_kept_of_runs_alone(settings: Settings) -> None:
    """Not of a plan; and of a run that was cut off before it pushed, only until the next one."""
    moves = settings.home / "journal" / "journeys.journey_transitions"

    def move(number: int, last_run: int, *, is_run: bool = True) -> list[str]:
        with open_warehouse(settings.warehouse, read_only=False) as connection:
            connection.execute("create schema if not exists journeys")
            connection.execute(
                "create or replace table journeys.journey_transitions as"
                f" select 1 as step, timestamp '2026-06-0{number} 13:00:00' as recorded_at"
            )
        keep_histories(settings, day(number), day(last_run), is_run=is_run)
        return sorted(file.name[:8] for file in moves.glob("*.parquet"))

    assert move(4, 3, is_run=False) == []
    assert move(5, 3) == ["20260605"]
    assert move(6, 3) == ["20260606"]
    assert move(7, 6) == ["20260606", "20260607"]


def test_what_was_given_is_kept_once_through_a_run_of_the_past(settings: Settings) -> None:
    """A code that was given stays given: the run takes its rows out of no table."""

    def give(number: int, last_run: int) -> None:
        with open_warehouse(settings.warehouse, read_only=False) as connection:
            connection.execute("create schema if not exists journeys")
            connection.execute(
                "create table if not exists journeys.int_coupons_given"
                " (code varchar, recorded_at timestamp)"
            )
            connection.execute(
                "insert into journeys.int_coupons_given values ($1, $2)",
                [f"code_{last_run}_{number}", day(number).replace(tzinfo=None)],
            )
        keep_histories(settings, day(number), day(last_run))

    def codes() -> list[tuple[Any, ...]]:
        return query(settings.warehouse, "select code from journeys.int_coupons_given order by 1")

    for number, last_run in ((4, 3), (5, 4), (6, 5), (5, 6), (7, 6)):
        give(number, last_run)
        given = codes()
        settings.warehouse.path.unlink()
        catch_up(settings)
        assert codes() == given


def test_what_the_fast_lane_gave_is_given_back_too(settings: Settings) -> None:
    with open_warehouse(settings.warehouse, read_only=False) as connection:
        connection.execute(
            "create schema journeys; create table journeys.int_coupons_given as"
            " select 'A' as code, timestamp '2026-06-04 13:00:00' as recorded_at"
        )
    (given,) = [one for one in HISTORIES if one.table == COUPONS]
    keep_histories(settings, day(4), day(3), of=[given])
    settings.warehouse.path.unlink()
    catch_up(settings)
    assert query(settings.warehouse, f"select code from {COUPONS}") == [("A",)]
    assert state(settings) == EXPECTED


def test_many_files_become_one(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories, "MOST_FILES", 3)
    for number in range(4, 12):
        decide(settings, number, [number], channel=f"c{number}")
    kept = list((settings.home / "journal" / "segments.segment_changes").glob("*.parquet"))
    assert len(kept) <= 4
    settings.warehouse.path.unlink()
    catch_up(settings)
    assert [contact for contact, *_ in state(settings)] == [1, 2, *range(3, 12), 1]
    assert state(settings)[-1] == (1, "c11")


@pytest.mark.parametrize(
    "history",
    [one for one in HISTORIES if one.time and one.table != DECIDED],
    ids=lambda one: one.table,
)
def test_a_plan_leaves_what_runs_did_neither_in_the_journal_nor_in_the_table(
    history: History,
) -> None:
    schema, _, name = history.table.partition(".")
    model = (ROOT / "dbt_project" / "models" / schema / f"{name}.sql").read_text(encoding="utf-8")
    assert ("of_runs=true" in model) is history.of_runs
