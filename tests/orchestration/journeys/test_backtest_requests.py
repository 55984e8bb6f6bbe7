"""What may be asked of a back-test, and how a request that cannot be met is refused."""

from __future__ import annotations

import json
import traceback
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import typer
import yaml
from typer.testing import CliRunner

from sluice.models.errors import ConfigurationError
from sluice.orchestration.cli import journeys_backtest
from sluice.orchestration.installation.project import Project
from sluice.orchestration.installation.project_file import ProjectFile
from sluice.orchestration.journeys import backtest as backtests
from sluice.orchestration.journeys.backtest_chart import draw, require_drawable
from sluice.orchestration.journeys.backtest_dbt import MARK, OTHER_MARK, Step, at
from sluice.orchestration.journeys.backtest_figures import Backtest, Figures, NodeDay
from sluice.orchestration.journeys.backtest_reactions import parse_rates
from sluice.orchestration.journeys.backtest_trial import days_of, find_rival, find_trial
from sluice.orchestration.runs import lock
from sluice.orchestration.warehouse.base import UnknownNameError

JOURNEY: dict[str, Any] = {
    "label": {"en": "Welcome", "zh": "欢迎"},
    "owner": "growth",
    "version": 2,
    "starts_on": "2026-06-29",
    "trigger": {"event": "form_submitted"},
    "start": "pause",
    "nodes": {"pause": {"wait": "2 days"}},
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The journey welcome in versions 2 and 1, the journey broken, and a campaign."""
    root = tmp_path / "shop"
    write(root, "welcome", JOURNEY)
    write(root, "welcome__v1", {**JOURNEY, "version": 1})
    write(root, "broken", {**JOURNEY, "start": "nowhere"})
    (root / "models" / "activation").mkdir()
    (root / "models" / "activation" / "campaign_news.sql").touch()
    (root / "dbt_project.yml").touch()
    return Project(root, ProjectFile(name="shop"))


def write(root: Path, name: str, journey: dict[str, Any]) -> None:
    folder = root / "models" / "journeys"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"steps_{name}.sql").write_text("{{ sluice.journey() }}\n")
    model = {"name": f"steps_{name}", "config": {"meta": {"journey": journey}}}
    (folder / f"steps_{name}.yml").write_text(yaml.safe_dump({"models": [model]}))


class Clock:
    """Settings of a project at a moment."""

    def __init__(self, project: Project, now: datetime) -> None:
        self.project, self.now = project, now

    def default_as_of(self) -> datetime:
        return self.now


def test_the_highest_version_is_tried_without_the_rest(project: Project) -> None:
    trial = find_trial(project, "welcome")
    assert (trial.model, trial.config.version) == ("steps_welcome", 2)
    assert {"campaign_news", "steps_broken", "steps_welcome__v1"} <= set(trial.others())
    assert find_rival(trial, "v1").model == "steps_welcome__v1"


@pytest.mark.parametrize(
    ("name", "version", "words"),
    [
        pytest.param(
            "wellcome",
            None,
            "no journey wellcome in shop; did you mean welcome",
            id="an unknown journey",
        ),
        pytest.param("welcome", 7, "no version 7; there is 1, 2", id="an unknown version"),
        pytest.param("broken", None, "steps_broken.yml is wrong", id="a journey that cannot run"),
    ],
)
def test_an_unknown_journey_is_refused(
    project: Project, name: str, version: int | None, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        find_trial(project, name, version)


def test_against_is_a_version_or_a_project(project: Project, tmp_path: Path) -> None:
    trial = find_trial(project, "welcome")
    with pytest.raises(ConfigurationError, match="neither a version nor the folder"):
        find_rival(trial, str(tmp_path))
    other = tmp_path / "other"
    write(other, "welcome", {**JOURNEY, "version": 9})
    (other / "dbt_project.yml").touch()
    (other / "sluice.yml").write_text("name: other\n")
    assert find_rival(trial, str(other)).config.version == 9


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        pytest.param("2026-06-10", "2026-06-09", "ends before it begins", id="from after to"),
        pytest.param("2023-12-31", "2026-06-09", "before the first day", id="before first_day"),
        pytest.param("2026-06-10", "2026-06-30", "is not over", id="a day whose run is to come"),
        pytest.param("2026-06-10", "9999-12-31", "is not over", id="the last day there is"),
    ],
)
def test_a_period_that_cannot_be_replayed_is_refused(
    project: Project, first: str, last: str, words: str
) -> None:
    settings: Any = Clock(project, datetime(2026, 6, 30, 12, 59, tzinfo=UTC))
    with pytest.raises(ConfigurationError, match=words):
        days_of(settings, date.fromisoformat(first), date.fromisoformat(last))


def test_a_day_is_its_scheduled_run(project: Project) -> None:
    settings: Any = Clock(project, datetime(2026, 6, 30, 13, tzinfo=UTC))
    days = days_of(settings, date(2026, 6, 29), date(2026, 6, 30))
    assert days == [datetime(2026, 6, day, 13, tzinfo=UTC) for day in (29, 30)]


def test_rates_are_shares_of_known_reactions() -> None:
    assert parse_rates("opened=0.2, clicked=0.03") == {"opened": 0.2, "clicked": 0.03}
    assert parse_rates("") == {}
    for wrong in ("replied=0.1", "opened=2", "opened", "clicked=x"):
        with pytest.raises(ConfigurationError, match="is no rate of a reaction"):
            parse_rates(wrong)


def test_the_time_of_a_day_stands_for_the_mark() -> None:
    sql = f"select timestamp '{MARK}', date '{MARK:%Y-%m-%d}'"
    day = datetime(2026, 6, 29, 13)
    assert at(sql, day) == "select timestamp '2026-06-29 13:00:00', date '2026-06-29'"
    assert at(at(sql, OTHER_MARK), day, OTHER_MARK) == at(sql, day)
    step = Step("history", "main.history", "incremental", "id", sql)
    made, deleted, inserted = step.statements(day)
    assert made == f"create or replace temp table new_rows as {at(sql, day)}"
    assert deleted == "delete from main.history where id in (select id from new_rows)"
    assert inserted == "insert into main.history by name select * from new_rows"


CHAIN = [(n, n + 1) for n in range(60, 100)]
LINKED = {
    "none": ([], {}),
    "itself": ([(5, 5)], {}),
    "a pair, twice": ([(2, 1), (1, 2)], {1: 1, 2: 1}),
    "a chain and a ring": (
        [*reversed(CHAIN), (9, 8), (8, 7), (7, 9)],
        {**dict.fromkeys(range(60, 101), 60), 7: 7, 8: 7, 9: 7},
    ),
}


@pytest.mark.parametrize(("edges", "expected"), LINKED.values(), ids=LINKED)
def test_a_day_finds_who_is_connected(
    edges: list[tuple[int, int]], expected: dict[int, int]
) -> None:
    """As the materialization of dbt does: the least node names the component."""
    with duckdb.connect() as connection:
        connection.execute("create table edges (node_a bigint, node_b bigint)")
        for edge in edges:
            connection.execute("insert into edges values (?, ?)", edge)
        step = Step("groups", "main.groups", "connected_components", "", "select * from edges")
        for statement in step.statements(datetime(2026, 6, 29, 13)):
            connection.execute(statement)
        assert dict(connection.execute("select * from main.groups").fetchall()) == expected


def figures(version: int = 1) -> Backtest:
    """Two days of a journey with a name that has to be escaped."""
    days = [date(2026, 6, day) for day in (29, 30)]
    day: dict[str, Any] = {
        "entered": 3,
        "sent": 2,
        "suppressed": {"no_consent": 1},
        "actions": {"add_tag vip": 3},
    }
    return Backtest(
        journey="a<b",
        version=version,
        project="shop",
        start="hello",
        days=days,
        by_day=[NodeDay(day=days[0], node="hello", **day)],
        by_node={"hello": Figures(**day)},
        total=Figures(**day),
        standing={"hello": 1},
        sent_by_channel={"email": 2},
        overlap={"news": 1},
        assumptions=["one run a day"],
    )


def test_a_chart_is_one_file_with_a_panel_a_version(tmp_path: Path) -> None:
    one = figures()
    svg = draw([one, one])
    assert svg.count("a&lt;b v1 (shop), 2026-06-29 to 2026-06-30") == 2
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    with pytest.raises(ConfigurationError, match=r"neither .svg nor .png"):
        require_drawable(tmp_path / "chart.pdf")


@pytest.fixture
def command(project: Project, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """The command in the project, with back-tests that are done at once."""
    (project.root / "sluice.yml").write_text("name: shop\n")
    monkeypatch.setenv("SLUICE_PROJECT", str(project.root))
    monkeypatch.setattr(
        backtests, "backtest", lambda _settings, trial, _days, _rates: figures(trial.config.version)
    )
    app = typer.Typer()
    app.command()(journeys_backtest.backtest)
    return app


def test_the_command_shows_versions_side_by_side(command: typer.Typer, tmp_path: Path) -> None:
    chart = tmp_path / "days.svg"
    asked = ["welcome", "--from", "2026-06-29", "--to", "2026-06-30", "--against", "1"]
    shown = CliRunner().invoke(command, [*asked, "--chart", str(chart)])
    assert shown.exit_code == 0, "".join(traceback.format_exception(*shown.exc_info or ()))
    for words in (
        "a<b v2 of shop",
        "a<b v1 of shop",
        "no_consent 1",
        "add_tag vip 3",
        "news 1",
        "one run a day",
    ):
        assert words in shown.output
    assert chart.read_text().startswith("<svg")
    found = json.loads(CliRunner().invoke(command, [*asked, "--json"]).stdout)
    assert [one["version"] for one in found["backtests"]] == [2, 1]


@pytest.mark.parametrize(
    ("chart", "words"),
    [
        ("missing/days.svg", "days.svg cannot be written: there is no such folder"),
        ("folder.svg", "folder.svg cannot be written: it is a folder"),
    ],
)
def test_a_chart_that_cannot_be_written_is_refused_before_the_work(
    command: typer.Typer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, chart: str, words: str
) -> None:
    monkeypatch.setattr(backtests, "backtest", None)
    (tmp_path / "folder.svg").mkdir()
    asked = ["welcome", "--from", "2026-06-29", "--to", "2026-06-30"]
    result = CliRunner().invoke(command, [*asked, "--chart", str(tmp_path / chart)])
    assert isinstance(result.exception, ConfigurationError)
    assert words in str(result.exception)
    assert result.exception.exit_code == 2


def test_what_the_warehouse_refuses_is_a_sentence_without_values(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise UnknownNameError("no such column near ann@shop.example")

    monkeypatch.setattr(backtests, "tried", refuse)
    settings: Any = None
    with pytest.raises(ConfigurationError, match=r"refused a statement \(UnknownNameError\)") as it:
        backtests.backtest(settings, find_trial(project, "welcome"), [], {})
    assert "shop.example" not in str(it.value)


def test_a_copy_gives_back_no_lock_that_it_did_not_take(home: Path) -> None:
    lock.acquire(home)
    try:
        with lock.held(home):
            pass
        assert lock.is_held(home / lock.LOCK_FILE)
    finally:
        lock.release(home)
    with lock.held(home):
        assert lock.is_held(home / lock.LOCK_FILE)
    assert not lock.is_held(home / lock.LOCK_FILE)


def test_a_day_that_is_none_is_refused(command: typer.Typer) -> None:
    result = CliRunner().invoke(command, ["welcome", "--from", "June", "--to", "2026-06-30"])
    assert isinstance(result.exception, ConfigurationError)
    assert "--from June is no day" in str(result.exception)
