"""``sluice experiments`` on a warehouse with people in experiments, and on one without."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from sluice.models.errors import ConfigurationError
from sluice.orchestration.cli.main import app
from sluice.orchestration.dbt import runner
from tests.orchestration.experiments.made import (
    HOLDOUT,
    RATE,
    VALUE,
    experiment,
    journey,
    manifest,
    model,
)

LATE = {"horizon": {"ends_on": "2026-07-01"}}
PROJECT = manifest(
    journey(
        subject=RATE,
        worth=VALUE,
        later=RATE | LATE | {"test": "sequential"},
        waiting=RATE | {"starts_on": "2026-06-05", "split": "ab"},
        reachable=RATE | LATE | {"minimum_effect": 0.1},
        broken=RATE | {"control": "nothing"},
    ),
    model("seg_buyers", segment={"holdout": 0.5}, experiments={"effect": HOLDOUT | LATE}),
)
TABLES = """
create schema reports; create schema journeys; create schema segments;
create table journeys.journey_transitions (recorded_at timestamp);
insert into journeys.journey_transitions values (timestamp '2026-06-20 13:00:00');
create table journeys.journey_enrolments (journey varchar, entered_at timestamp);
create table segments.segment_changes
    (segment varchar, contact_id bigint, change varchar, changed_at timestamp);
insert into segments.segment_changes
    select 'buyers', n, 'entered', timestamp '2026-06-01' + (n // 50) * interval '1 day'
    from range(500) as t (n);
create table reports.experiment_units as
    select
        e as experiment, n as contact_id, if(n % 2 = 0, 'plain', 'named') as arm,
        timestamp '2026-06-01 01:00:00' + (n // 200) * interval '1 day' as assigned_at,
        date '2026-06-01' + cast(n // 200 as integer) as assigned_date,
        assigned_at + interval '7 days' as matures_at, true as is_mature,
        false as is_in_several_arms, n % 10 < if(n % 2 = 0, 2, 4) as is_converted,
        cast(if(n % 10 < if(n % 2 = 0, 2, 4), 1, 0) as double)
            * if(e = 'worth', 20 + n % 7, 1) as outcome,
        cast(n % 5 as double) as outcome_before,
        false as has_unsubscribed, false as has_complained
    from range(2000) as t (n)
    cross join (select unnest(['subject', 'worth', 'later', 'reachable']) as e);
"""
Sluice = Callable[..., Any]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    class Read:
        def __init__(self, settings: object) -> None:
            self.manifest = PROJECT

    monkeypatch.setattr(runner, "Dbt", Read)
    monkeypatch.setenv("SLUICE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def people(home: Path) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute(TABLES)


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["experiments", *arguments])
    if done.exception is not None:
        raise done.exception
    return done.output


@pytest.mark.usefixtures("home")
def test_before_the_first_run_every_experiment_says_so() -> None:
    rows = {row["experiment"]: row for row in json.loads(run("list", "--json"))}
    assert {row["state"] for row in rows.values()} == {"planned", "wrong"}
    assert "no run has built it yet" in rows["subject"]["note"]
    assert "control nothing is no arm" in rows["broken"]["note"]
    assert json.loads(run("show", "subject", "--json"))["arms"] == []
    with pytest.raises(ConfigurationError, match="no one entered in the last 28 days"):
        run("plan", "subject")


@pytest.mark.usefixtures("people")
def test_every_experiment_has_its_state() -> None:
    rows = {row["experiment"]: row for row in json.loads(run("list", "--json"))}
    assert {name: row["state"] for name, row in rows.items()} == {
        "subject": "decided",
        "worth": "decided",
        "later": "decided",
        "waiting": "no data yet",
        "reachable": "running",
        "broken": "wrong",
        "effect": "no data yet",
    }
    assert rows["subject"]["arm"] == "named"
    assert rows["reachable"]["ready_on"] == "2026-07-08"
    text = run("list")
    assert "too early: it is read on 2026-07-08" in text
    assert "broken: models/journeys/steps_welcome.yml: control nothing is no arm" in text


@pytest.mark.usefixtures("people")
def test_an_experiment_is_shown_with_its_figures() -> None:
    found = json.loads(run("show", "subject", "--json"))
    control, named = found["arms"]
    assert (control["arm"], control["units"], control["mean"]) == ("plain", 1000, 0.2)
    assert (named["mean"], named["difference"]) == (pytest.approx(0.4), pytest.approx(0.2))
    assert named["p"] < 1e-10
    assert named["probability_better"] > 0.999
    assert found["sample_ratio_p"] == 1.0
    assert found["as_of"].startswith("2026-06-20")
    text = run("show", "subject")
    assert "plain (control): 1,000 people, 1,000 with all their days, 20.00%" in text
    assert "lift +20.00%, interval +16.0" in text
    assert "unsubscribed: 0.00% against 0.00%, within its limit of 0.50%" in text
    assert "sequential: p " in run("show", "later")
    assert json.loads(run("show", "worth", "--json"))["arms"][1]["decided_by"] == (
        "adjusted_by_before"
    )


@pytest.mark.usefixtures("people")
def test_a_plan_says_how_many_people_and_when() -> None:
    found = json.loads(run("plan", "reachable", "--json"))
    assert found["needed"] == {"plain": 199, "named": 199}
    assert (found["people_so_far"], found["per_day"]) == (2000, 100.0)
    assert date.fromisoformat(found["ready_on"]) == date(2026, 6, 20) + timedelta(days=7)
    assert "to find +0.1 on 0.1 with power 0.8 takes 398 people" in run("plan", "reachable")
    # 450 entered after the first run of the segment, in the 19 days since
    found = json.loads(run("plan", "effect", "--per-day", "200", "--json"))
    assert found["needed_in_all"] == 1372
    assert found["days"] == 7


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("arguments", "words", "fix"),
    [
        (("effect",), "effect cannot be reached: finding +0.05 takes 1,372 people", "ends_on: 2026"),
        (("broken",), "control nothing is no arm", "docs/experiments.md"),
        (("subjects",), "did you mean subject", "sluice experiments list"),
    ],
)  # fmt: skip
def test_what_cannot_be_reached_is_refused(arguments: Any, words: str, fix: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        run("plan", *arguments)
    assert words in refused.value.message
    assert fix in refused.value.fix
    assert refused.value.exit_code == 2


def test_the_as_of_is_that_of_the_last_run(home: Path, people: None) -> None:
    from sluice.orchestration.experiments.figures import read_days
    from sluice.orchestration.installation.settings import load_settings

    known = read_days(load_settings(), [experiment(), experiment(name="waiting")])
    assert known["subject"].as_of == datetime(2026, 6, 20, 13)
    assert known["waiting"].days == {}
    arm = known["subject"].days[date(2026, 6, 1)]["named"]
    assert (arm.units, arm.outcome.units, arm.outcome.before_mean) == (100, 100, 2.0)
    assert arm.outcome.variance == pytest.approx(0.4 * 0.6 * 100 / 99)
