"""A partition of the assets is a logical day: the day's scheduled run, in the schedule's time zone.

Materializing a past day, or a backfill of several, replays it: its decisions are made as of that
day's schedule on a copy of the home, and nothing is pushed. Today's partition runs as of now.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from sluice.orchestration.installation.settings import Settings

PARTITION_TAG = "dagster/partition"


def daily_partitions(settings: Settings) -> dg.DailyPartitionsDefinition:
    """The days from ``schedule.first_day`` of sluice.yml to today, today included."""
    schedule = settings.project.config.schedule
    return dg.DailyPartitionsDefinition(
        start_date=schedule.first_day.isoformat(), timezone=schedule.time_zone, end_offset=1
    )


def as_of_day(settings: Settings, day: str) -> datetime | None:
    """The logical time (aware UTC) of a past day, written 2026-06-30: the last moment of its
    schedule, else its end. None for today, and for days after the clock of a frozen sample: they
    run as of now.
    """
    zone = ZoneInfo(settings.project.config.schedule.time_zone)
    asked = date.fromisoformat(day)
    if asked >= settings.default_as_of().astimezone(zone).date():
        return None
    return scheduled_at(settings, asked)


def scheduled_at(settings: Settings, day: date) -> datetime:
    """The last moment of the schedule on a day, else the day's end; aware UTC."""
    schedule = settings.project.config.schedule
    zone = ZoneInfo(schedule.time_zone)
    midnight = datetime.combine(day, time.min, zone)
    end = datetime.combine(day + timedelta(days=1), time.min, zone)
    scheduled = list(schedule.moments(midnight, end))
    return (scheduled[-1] if scheduled else end).astimezone(UTC)


def day_of(settings: Settings, moment: datetime) -> str:
    """The partition that a logical time is shown under: its day, or the nearest there is; a run of
    partitioned assets must have one.
    """
    schedule = settings.project.config.schedule
    zone = ZoneInfo(schedule.time_zone)
    today = datetime.now(UTC).astimezone(zone).date()
    return min(max(moment.astimezone(zone).date(), schedule.first_day), today).isoformat()
