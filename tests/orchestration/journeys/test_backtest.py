"""A back-test says what a project that ran day by day did, and changes nothing of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sluice.orchestration.journeys import backtest as backtest_module
from sluice.orchestration.journeys.backtest import backtest, tried
from sluice.orchestration.journeys.backtest_trial import Trial, days_of, find_rival, find_trial
from tests.dbt_project.journey_project import MESSAGE, WELCOME, JourneyProject

pytestmark = pytest.mark.slow
EVENING = datetime(2026, 6, 29, 13, tzinfo=UTC)  # 21:00 in Shanghai, the hour of the schedule
DAY, DAYS = timedelta(days=1), 6
FIRST, LAST = date(2026, 6, 29), date(2026, 7, 4)
PERIOD = (FIRST, LAST)
QUICK = {
    **WELCOME["nodes"],
    "pause": {"wait": "1 day", "next": "clicked"},
    "reminder": {**MESSAGE, "next": "quit"},
    "quit": {"action": {"leave": "welcome"}, "next": "stay"},  # the next day reads it
    "stay": {"wait": "3 days", "next": "done"},
}
TRIED: dict[str, Any] = {**WELCOME, "version": 2, "nodes": QUICK}
SHORT = {**TRIED, "version": 1, "nodes": {"hello": MESSAGE}}
MOVES = "select * from journeys.journey_transitions where journey = 'welcome' order by 1, 5"
ACTIONS = "select * from journeys.journey_actions where journey = 'welcome' order by 1, 2"
DECISIONS = "select * from activation.int_journey_decisions order by 1"
MESSAGES = """select delivery_id, activation, subject_id, as_of from ledger.receipts
    where state = 'accepted' and activation like 'welcome%' order by all"""
RESULTS = (MOVES, ACTIONS, DECISIONS, MESSAGES)


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Iterator[JourneyProject]:
    """Contacts 1 to 8 fill in the form, one a day; 1 clicks, 3 never consented, 4 orders. Two
    campaigns take the places under the cap of a day.
    """
    made = JourneyProject(tmp_path / "project", home)
    made._write(
        "models/inputs/contact_events.sql",
        "select * from input.contact_events where occurred_at <= {{ sluice.as_of() }}",
    )
    made.add_contacts(range(1, 9))
    consents = [(c, "email", "marketing", "granted") for c in range(1, 9) if c != 3]
    made.set_rows("contact_consents", consents)
    filled = [(c, EVENING + (c - 3) * DAY - timedelta(hours=1)) for c in range(1, 9)]
    events: list[Any] = [
        (c, c, "form_submitted", False, moment.replace(tzinfo=None), "newsletter")
        for c, moment in filled
    ]
    clicked = (EVENING + 2 * DAY).replace(tzinfo=None)
    events += [
        (14, 4, "email_clicked", False, clicked, "x"),
        (15, 5, "order_placed", False, clicked + timedelta(hours=2), "x"),
    ]
    made.set_rows("contact_events", events)
    made.write_journey("welcome", **TRIED)
    for name in ("news", "offers"):
        made.write_campaign(name, [4, 5, 6])
    yield made
    made.ledger.engine.dispose()


def welcome(project: JourneyProject, version: int | None = None) -> Trial:
    return find_trial(project.settings.project, "welcome", version)


def lived(project: JourneyProject) -> list[Any]:
    """What each day leaves: run by run, with the sandbox's mailer."""
    for number in range(DAYS):
        project.run(EVENING + number * DAY)
    project.run(EVENING + DAYS * DAY)  # lands the receipts of the last day
    before = f"'{(EVENING + DAYS * DAY).replace(tzinfo=None)}'"
    return [
        *(
            project.query(sql.replace(" order", f" and recorded_at < {before} order"))
            for sql in (MOVES, ACTIONS)
        ),
        project.query(DECISIONS.replace(" order", f" where decided_at < {before} order")),
        project.query(MESSAGES.replace(" order", f" and as_of < {before} order")),
    ]


def files(home: Path) -> dict[str, str]:
    """Every file of the home by its content, but for dbt's cache of templates and locks: the run lock names
    who held it last.
    """
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file()
        and path.name not in ("run.lock", "tables.lock")
        and path.parent.name != "templates"
    }


def test_a_backtest_equals_the_days_that_were_lived(project: JourneyProject) -> None:
    """Message ids, moves with their reasons, actions and suppressions; nothing of the home
    changes.
    """
    wanted = lived(project)
    days = days_of(project.settings, *PERIOD)
    assert days == [EVENING + number * DAY for number in range(DAYS)]
    (project.home / "backtest-killed").mkdir()
    before = files(project.home)
    with tried(project.settings, welcome(project), days, {}) as (session, _):
        found = [session.execute(sql).rows for sql in RESULTS]
    assert found == wanted
    _, actions, decisions, messages = wanted
    assert len(messages) > DAYS
    assert actions
    assert decisions
    assert any("left_by_journey" in row for row in wanted[0])
    assert files(project.home) == before
    assert not list(project.home.glob("backtest-*"))


@pytest.mark.long
def test_figures_by_day_and_node_and_an_earlier_version(project: JourneyProject) -> None:
    project.write_journey("welcome__v1", **SHORT)
    project.run(EVENING - DAY)
    days = days_of(project.settings, *PERIOD)
    found = backtest(project.settings, welcome(project), days, {})
    hello = next(one for one in found.by_day if one.day == FIRST and one.node == "hello")
    assert (hello.entered, hello.suppressed) == (1, {"no_consent": 1})
    assert found.total.goal == 1
    assert found.by_node["quit"].actions == found.total.actions
    assert found.total.actions["leave welcome"] > 1
    assert found.total.exits["left_by_journey"] == 1
    assert found.sent_by_channel == {"email": found.total.sent}
    assert any("no marketing messages by email were sent" in one for one in found.assumptions)
    rival = find_rival(welcome(project), "v1")
    short = backtest(project.settings, rival, days, {})
    assert (short.version, set(short.by_node)) == (1, {"hello"})
    assert short.by_node["hello"].entered == found.by_node["hello"].entered


def test_who_is_inside_is_counted_without_a_message(project: JourneyProject) -> None:
    """By the days that were tried, and not by the run before them."""
    quiet = {**TRIED, "start": "stay", "nodes": {"stay": {"wait": "9 days", "next": None}}}
    project.write_journey("quiet", **{**quiet, "version": 1, "goal": None})
    project.run(EVENING - DAY)
    days = days_of(project.settings, FIRST, FIRST + 2 * DAY)
    found = backtest(project.settings, find_trial(project.settings.project, "quiet"), days, {})
    assert found.total.entered > 1
    assert found.standing == {"stay": found.total.entered}


def test_a_backtest_that_fails_leaves_nothing(
    project: JourneyProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.run(EVENING - DAY)
    before = files(project.home)

    def fail(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(backtest_module, "run_day", fail)
    with pytest.raises(KeyboardInterrupt):
        backtest(project.settings, welcome(project), days_of(project.settings, *PERIOD), {})
    assert files(project.home) == before
    assert not list(project.home.glob("backtest-*"))
