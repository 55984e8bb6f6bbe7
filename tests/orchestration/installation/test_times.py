"""When runs start: hours and cron, working days of China, and a year that no calendar knows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from sluice.orchestration.installation.project_file import ProjectFile
from sluice.orchestration.installation.times import Times, kind_of_day, last_known_year

START = datetime(2026, 9, 28, tzinfo=UTC)


def days_of(start: datetime, length: int, **keys: object) -> list[str]:
    found = Times(**keys).moments(start, start + timedelta(days=length))
    return [f"{moment:%m-%d %H:%M}" for moment in found]


def test_working_days_leave_the_golden_week_out_and_have_the_saturday_worked_for_it() -> None:
    found = days_of(START, 14, hour=10, days="chinese_workdays")
    assert found == [
        f"{day} 10:00" for day in ("09-28", "09-29", "09-30", "10-08", "10-09", "10-10")
    ]


def test_days_off_are_the_others() -> None:
    work = days_of(START, 60, hour=10, days="chinese_workdays")
    off = days_of(START, 60, hour=10, days="chinese_days_off")
    assert sorted(work + off) == days_of(START, 60, hour=10)


def test_a_cron_that_meets_no_day_ends() -> None:
    assert days_of(START, 300, cron="0 9 1 10 *", days="chinese_workdays") == []


def test_of_a_year_nobody_knows_yet_weekdays_count_and_the_words_say_so() -> None:
    monday = date(last_known_year() + 1, 6, 1)
    monday += timedelta(days=-monday.weekday())
    is_workday, words = kind_of_day(monday)
    assert is_workday
    assert "not known yet" in words
    assert not kind_of_day(monday + timedelta(days=5))[0]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"days": "workdays"}, "chinese_workdays"),
        ({"cron": "61 * * * *"}, "is no cron schedule"),
        ({"time_zone": "Asia/Beijing"}, "is no IANA time zone"),
        ({"hour": 9, "cron": "0 9 * * *"}, "not both"),
        ({"hour": 24}, "less than or equal to 23"),
    ],
)
def test_what_is_refused(keys: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Times(**keys)


def test_every_run_has_a_name_of_its_own() -> None:
    config = ProjectFile(name="acme", schedules={"noon": {"hour": 12}})
    assert [(name, one.hour) for name, one in config.runs.items()] == [("daily", 21), ("noon", 12)]
    with pytest.raises(ValidationError, match="daily is the run of `schedule`"):
        ProjectFile(name="acme", schedules={"daily": {"hour": 12}})
