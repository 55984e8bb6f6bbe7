"""When runs start: at an hour or as cron has it, in a time zone, on all days or on those that the
calendar of China calls working days or days off.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import takewhile
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Days = Literal["all", "chinese_workdays", "chinese_days_off"]


class Times(BaseModel):
    """When a run starts: at an ``hour``, or as ``cron`` says, in a time zone, on ``days``.

    ``is_on``: whether Dagster begins with it as soon as it runs, and not only once somebody has
    switched it on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    hour: int = Field(21, ge=0, le=23)
    cron: str | None = None
    time_zone: str = "Asia/Shanghai"
    days: Days = "all"
    is_on: bool = False

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(
                f"{value!r} is no IANA time zone: write it as Asia/Shanghai"
            ) from error
        return value

    @field_validator("cron")
    @classmethod
    def _is_cron(cls, value: str | None) -> str | None:
        from dagster._utils.schedules import is_valid_cron_string  # a second: where it is given

        if value is not None and not is_valid_cron_string(value):
            raise ValueError(f"{value!r} is no cron schedule: write it as 30 20 * * *")
        return value

    @field_validator("days")
    @classmethod
    def _has_calendar(cls, value: Days) -> Days:
        if value != "all":
            _calendar()
        return value

    @model_validator(mode="after")
    def _says_one(self) -> Times:
        if self.cron is not None and "hour" in self.model_fields_set:
            raise ValueError("give hour or cron, not both")
        return self

    @property
    def cron_schedule(self) -> str:
        """The schedule as cron has it."""
        return self.cron or f"0 {self.hour} * * *"

    def moments(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """The moments of the schedule from ``start`` on and before ``end``, both aware."""
        from dagster._utils.schedules import cron_string_iterator

        every = cron_string_iterator(start.timestamp(), self.cron_schedule, self.time_zone)
        for moment in takewhile(lambda one: one < end, every):
            if not self.why_not(moment.astimezone(ZoneInfo(self.time_zone)).date()):
                yield moment

    def why_not(self, day: date) -> str:
        """Why nothing starts on a day, in words; empty where it does."""
        if self.days == "all":
            return ""
        is_workday, words = kind_of_day(day)
        return "" if is_workday == (self.days == "chinese_workdays") else f"{day} is {words}"


class Schedule(Times):
    """The daily run. ``first_day``: the first of the days, the partitions of the assets, that can
    be replayed.
    """

    first_day: date = date(2024, 1, 1)


def kind_of_day(day: date) -> tuple[bool, str]:
    """Whether people in China work on a day, and what day it is: of the State Council's notices,
    by the library chinesecalendar. Of a year that it does not know Monday to Friday are taken for
    working days, and the words say so.
    """
    calendar = _calendar()
    try:
        is_workday = bool(calendar.is_workday(day))
        holiday = calendar.get_holiday_detail(day)[1]
    except NotImplementedError:
        kind = "a weekday" if day.weekday() < 5 else "a weekend"
        return day.weekday() < 5, f"{kind} of {day.year}, whose holidays are not known yet"
    if is_workday:
        return True, "a working day" if day.weekday() < 5 else "a make-up working day"
    return False, f"a holiday ({holiday})" if holiday else "a weekend"


def last_known_year() -> int:
    """The last year whose holidays the calendar of China knows."""
    return int(max(_calendar().constants.holidays).year)


def _calendar():  # type: ignore[no-untyped-def] # the library has no types
    try:
        import chinese_calendar
    except ImportError as error:
        raise ValueError(
            "working days of China need the library chinesecalendar: install sluice[schedules]"
        ) from error
    return chinese_calendar
