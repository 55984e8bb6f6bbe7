"""A partition is a logical day: which moment it stands for, and which run replays."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from sluice.orchestration.installation.days import as_of_day, daily_partitions, day_of
from sluice.orchestration.installation.project_file import Schedule


def settings(now: str, **schedule: Any) -> Any:
    """What the days ask of settings: the schedule, and the clock."""
    config = SimpleNamespace(schedule=Schedule(**schedule))
    moment = datetime.fromisoformat(now).astimezone(UTC)
    return SimpleNamespace(project=SimpleNamespace(config=config), default_as_of=lambda: moment)


@pytest.mark.parametrize(
    ("schedule", "day", "moment"),
    [
        pytest.param({}, "2026-06-14", "2026-06-14T13:00:00", id="nine in the evening in Shanghai"),
        pytest.param(
            {"hour": 8, "time_zone": "Europe/Berlin"},
            "2026-03-29",
            "2026-03-29T06:00:00",
            id="on the day of a change to summer time",
        ),
        pytest.param(
            {"cron": "0 9,18 * * *"}, "2026-06-14", "2026-06-14T10:00:00", id="the last of a day"
        ),
        pytest.param(
            {"cron": "0 9 * * 1"},
            "2026-06-14",
            "2026-06-14T16:00:00",
            id="the end of a day without a scheduled run",
        ),
        pytest.param({}, "2026-06-15", None, id="today runs as of now"),
        pytest.param({}, "2026-06-16", None, id="a day after the clock of a frozen sample"),
    ],
)
def test_a_day_stands_for_its_schedule(
    schedule: dict[str, Any], day: str, moment: str | None
) -> None:
    found = as_of_day(settings("2026-06-15T22:00:00+08:00", **schedule), day)
    assert found == (datetime.fromisoformat(moment).replace(tzinfo=UTC) if moment else None)


def test_a_moment_is_in_the_day_of_its_zone() -> None:
    given = settings("2026-06-15T22:00:00+08:00")
    assert day_of(given, datetime(2026, 6, 14, 16, 30, tzinfo=UTC)) == "2026-06-15"
    assert day_of(given, datetime(2011, 12, 10, tzinfo=UTC)) == "2024-01-01"
    assert daily_partitions(given).has_partition_key(
        day_of(given, datetime(2999, 1, 1, tzinfo=UTC))
    )


def test_today_is_a_partition() -> None:
    given = settings("2026-06-15T22:00:00+08:00")
    today = datetime.now(UTC).astimezone().date()
    assert daily_partitions(given).has_partition_key(today.isoformat())
