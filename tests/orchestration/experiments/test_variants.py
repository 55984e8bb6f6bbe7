"""Experiments on the variants of a campaign: read, decided by the declared rule, rolled out once."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from sluice.orchestration.cli.main import app
from sluice.orchestration.dbt import runner
from sluice.orchestration.experiments.definitions import read_experiments
from sluice.orchestration.experiments.horizon import window_of
from sluice.orchestration.experiments.reading import read_arms
from sluice.orchestration.experiments.rolling_out import roll_out
from sluice.orchestration.installation.settings import load_settings
from tests.orchestration.experiments.made import (
    FIRST,
    HOLDOUT,
    RATE,
    days,
    experiment,
    manifest,
    model,
)
from tests.orchestration.experiments.made import journey as made_journey

VARIANTS = {"plain": {"weight": 50}, "named": {"weight": 50, "template": "named"}}
WORDS = {key: value for key, value in RATE.items() if key != "split"} | {"on_win": "roll_out"}
DAY = timedelta(days=1)
READ = datetime(2026, 6, 18, 13, tzinfo=UTC)  # the first day when all have had their days
TABLES = """
create schema reports; create schema journeys; create schema ledger;
create table journeys.journey_transitions (recorded_at timestamp);
create table reports.rpt_message_funnel (campaign varchar, variant varchar, sent_count bigint);
insert into reports.rpt_message_funnel values ('news', 'plain', 400), ('news', 'plain', 600);
create table reports.experiment_units as
    select
        'words' as experiment, n as contact_id, if(n % 2 = 0, 'plain', 'named') as arm,
        timestamp '2026-06-01 01:00:00' + (n // 200) * interval '1 day' as assigned_at,
        date '2026-06-01' + cast(n // 200 as integer) as assigned_date,
        assigned_at + interval '7 days' as matures_at, true as is_mature,
        false as is_in_several_arms, n % 10 < if(n % 2 = 0, 2, 4) as is_converted,
        cast(if(n % 10 < if(n % 2 = 0, 2, 4), 1, 0) as double) as outcome,
        0.0 as outcome_before, false as has_unsubscribed, false as has_complained
    from range(2000) as t (n);
"""
RUN = "delete from journeys.journey_transitions; insert into journeys.journey_transitions values"


def campaign(variants: Any = VARIANTS, **experiments: Any) -> dict[str, Any]:
    return model("campaign_news", campaign={"variants": variants}, experiments=experiments)


def problem(*nodes: dict[str, Any]) -> str:
    return read_experiments(manifest(*nodes))[0].problem


def test_variants_are_read_with_their_shares() -> None:
    (one,) = read_experiments(manifest(campaign(words=WORDS)))
    assert (one.problem, one.about) == ("", "variants of campaign news")
    assert (one.campaign, one.segment, one.shares) == ("news", None, {"plain": 0.5, "named": 0.5})


@pytest.mark.parametrize(
    ("variants", "changes", "words"),
    [
        (
            {**VARIANTS, "plain": {"weight": 40}},
            {},
            "the weights of variants of campaign news make",
        ),
        ({"plain": {"weight": 100}}, {}, "has one arm with people: there is nothing to compare"),
        (VARIANTS, {"control": "plane"}, "control plane is no arm of variants of campaign news"),
        (None, {}, "control plain: the campaign has no variants"),
        (VARIANTS, {"split": "ab"}, "split goes with a journey: take it out"),
        (VARIANTS, {"on_win": "yes"}, "on_win: Input should be 'keep' or 'roll_out'"),
    ],
)
def test_what_is_wrong_with_an_experiment_of_variants(
    variants: Any, changes: dict[str, Any], words: str
) -> None:
    assert words in problem(campaign(variants, words=WORDS | changes))


def test_a_winner_is_of_one_experiment_and_of_no_holdout() -> None:
    twice = campaign(words=WORDS, others=WORDS | {"on_win": "keep"})
    found = {one.name: one.problem for one in read_experiments(manifest(twice))}
    assert "others has the same arms" in found["words"]
    assert found["others"] == ""
    held = HOLDOUT | {"on_win": "roll_out"}
    of_holdout = model("seg_a", segment={"holdout": 0.1}, experiments={"effect": held})
    assert "a holdout is ended in its segment" in problem(of_holdout)
    assert problem(made_journey(subject=RATE | {"on_win": "roll_out"})) == ""


def test_an_arm_without_people_or_messages_is_said() -> None:
    one = experiment()
    known = days(10, {"plain": (200, 20)})
    reading = read_arms(one, known, {})
    assert "no one has been given named yet: nothing is said of it" in reading.warnings
    assert any("2,000 people were given plain, and no message" in w for w in reading.warnings)
    assert not any("no message" in w for w in read_arms(one, known).warnings)


def test_who_came_after_the_decision_is_not_read() -> None:
    known = days(10, {"plain": (200, 20), "named": (200, 40)})
    window = window_of(experiment().checked, known, date(2026, 6, 30), FIRST + 4 * DAY)
    assert max(window.days) == FIRST + 3 * DAY


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    class Read:
        def __init__(self, settings: object) -> None:
            self.manifest = manifest(campaign(words=WORDS))

    monkeypatch.setattr(runner, "Dbt", Read)
    monkeypatch.setenv("SLUICE_HOME", str(tmp_path))
    execute(tmp_path, TABLES)
    return tmp_path


def execute(home: Path, sql: str) -> list[Any]:
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        return connection.execute(sql).fetchall()


def after_run(home: Path, as_of: datetime, **changes: Any) -> list[str]:
    """What is rolled out after a run of this time."""
    execute(home, f"{RUN} (timestamp '{as_of:%Y-%m-%d %H:%M:%S}')")
    return roll_out(load_settings(), manifest(campaign(words=WORDS | changes)), as_of)


def shown() -> Any:
    done = CliRunner().invoke(app, ["experiments", "show", "words", "--json"])
    assert done.exception is None, done.exception
    return json.loads(done.output)


def test_a_winner_is_rolled_out_once_on_the_day_of_its_rule(home: Path) -> None:
    assert after_run(home, READ - DAY) == []  # peeking decides nothing
    assert shown()["state"] == "running"
    assert after_run(home, READ, on_win="keep") == []
    assert after_run(home, READ) == ["words"]
    row = "select arm, decided_at from ledger.experiment_decisions"
    assert execute(home, row) == [("named", READ.replace(tzinfo=None))]
    # who comes later is given the winner: neither they nor a later look change what was decided
    execute(
        home,
        "insert into reports.experiment_units select experiment, contact_id + 9000, 'named',"
        " assigned_at + interval '30 days', assigned_date + 30, matures_at, true, false, false, 0,"
        " 0, false, false from reports.experiment_units",
    )
    assert after_run(home, READ + DAY) == []
    found = shown()
    assert (found["state"], found["decision"]) == ("decided", "named")
    assert "decided on 2026-06-18, and rolled out: whoever comes since" in found["decision_words"]
    assert {arm["arm"]: arm["units"] for arm in found["arms"]} == {"plain": 1000, "named": 1000}
    assert any("given named, and no message of it has gone out" in w for w in found["warnings"])
    # an earlier day again takes it back, and the day itself decides the same
    assert after_run(home, READ - DAY) == []
    assert execute(home, row) == []
    assert after_run(home, READ) == ["words"]
    assert execute(home, row) == [("named", READ.replace(tzinfo=None))]


def test_a_day_that_is_run_again_is_not_decided_by_the_days_after_it(home: Path) -> None:
    """The ledger and the journeys know of later runs; the horizon of that day is not reached."""
    assert after_run(home, READ + DAY) == ["words"]
    known = manifest(campaign(words=WORDS))
    assert roll_out(load_settings(), known, READ - DAY) == []
    assert execute(home, "select arm from ledger.experiment_decisions") == []
    assert roll_out(load_settings(), known, READ) == ["words"]


def test_a_stopped_experiment_rolls_nothing_out(home: Path) -> None:
    assert after_run(home, READ + DAY, stopped_on="2026-06-05") == []
    assert execute(home, "select * from ledger.experiment_decisions") == []


def test_a_lost_warehouse_keeps_what_was_decided(home: Path) -> None:
    from sluice.orchestration.recovery.histories import catch_up

    assert after_run(home, READ) == ["words"]
    (home / "warehouse.duckdb").unlink()
    execute(home, "create schema ledger")
    assert "ledger.experiment_decisions" in catch_up(load_settings())
    assert execute(home, "select arm from ledger.experiment_decisions") == [("named",)]
