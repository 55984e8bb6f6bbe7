"""The calendar of the days to come, and the readiness questionnaire."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.programs.calendar import NO_RUN, as_rows, build_calendar
from sluice.orchestration.programs.readiness import assess, statements
from tests.projects import sample_project

ROWS = """
create schema activation;
create schema journeys;
create table activation.message_decisions as
select * from (values
    (1, 'sale', 'email', 'marketing', 'send', 'due', null::timestamp),
    (2, 'sale', 'email', 'marketing', 'send', 'due', null),
    (1, 'news', 'sms', 'marketing', 'hold', 'quiet_hours', timestamp '2026-07-01 01:00:00'),
    (2, 'news', 'sms', 'marketing', 'suppress', 'no_consent', null),
    (1, 'receipt', 'email', 'transactional', 'send', 'due', null)
) as t (contact_id, campaign, channel, purpose, decision, reason, sendable_from);
create table journeys.journey_positions as
select * from (values
    ('welcome', 'pause', timestamp '2026-07-01 23:00:00', false),
    ('welcome', 'pause', timestamp '2026-07-02 10:00:00', false),
    ('welcome', 'pause', timestamp '2026-01-01 00:00:00', true),
    ('welcome', 'asked', null, false)
) as t (journey, node, due_at, is_stopped);
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("SLUICE_HOME", str(folder))
    monkeypatch.setenv("SLUICE_PROJECT", str(sample_project(tmp_path / "world")))
    return folder


def test_the_days_to_come(home: Path) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute(ROWS)
    settings = load_settings()
    assert settings.default_as_of() == datetime(2026, 6, 30, 13, tzinfo=UTC)
    found = build_calendar(settings, 3)
    shown = [(f"{one.day:%m-%d}", one.at, one.kind, one.people) for one in found.entries]
    assert shown == [
        ("06-30", "", "message", 1),
        ("06-30", "", "message", 2),
        ("06-30", "21:00", "run", None),
        ("07-01", "09:00", "message", 1),
        ("07-01", "10:00", "run", None),
        ("07-01", "21:00", "run", None),
        ("07-02", "", "journey", 2),
        ("07-02", "10:00", "run", None),
        ("07-02", "21:00", "run", None),
    ]
    assert found.entries[3].what == "news by sms, held: quiet_hours"
    assert found.collisions == [("news", "sale", 1)]
    assert found.pressure == [(1, 1), (2, 1)]
    assert as_rows(found)["pressure"] == [
        {"messages": 1, "people": 1},
        {"messages": 2, "people": 1},
    ]


def test_before_the_first_run_there_are_the_runs_alone(home: Path) -> None:
    found = build_calendar(load_settings(), 1)
    assert [one.kind for one in found.entries] == ["run"]
    assert found.notes == [NO_RUN]


@pytest.mark.parametrize(
    ("answers", "total", "band", "weakest"),
    [
        ([5] * 10, 50, "ready", []),
        ([4] * 6 + [3] * 4, 36, "ready", [7, 8, 9, 10]),
        ([4] * 5 + [3] * 5, 35, "on_the_way", [6, 7, 8, 9, 10]),
        ([2] * 10, 20, "on_the_way", list(range(1, 11))),
        ([2] * 9 + [1], 19, "not_yet", [10, *range(1, 10)]),
    ],
)
def test_the_total_says_how_ready_a_team_is(
    answers: list[int], total: int, band: str, weakest: list[int]
) -> None:
    found = assess(answers)
    assert (found.total, found.band) == (total, band)
    assert [number for number, _ in found.weak] == weakest


@pytest.mark.parametrize("answers", [[], [3] * 9, [3] * 11, [0] + [3] * 9, [6] + [3] * 9])
def test_other_answers_are_refused(answers: list[int]) -> None:
    with pytest.raises(ConfigurationError, match="answers"):
        assess(answers)


def test_every_statement_is_in_both_languages_and_leads_on() -> None:
    assert len(statements()) == 10
    assert [one for one in statements() if set(one) != {"en", "zh", "next"}] == []
