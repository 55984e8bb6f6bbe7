"""What lets a contact into a journey, read plainly."""

from __future__ import annotations

import hashlib
from calendar import timegm
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI, UTC = ZoneInfo("Asia/Shanghai"), ZoneInfo("UTC")


def number_of(*parts: Any) -> int:
    """As hash_bigint() makes it."""
    return int(hashlib.md5("\x1f".join(map(str, parts)).encode()).hexdigest()[:15], 16)


def triggers(trigger: Any, world: Any) -> list[tuple[datetime, int, int]]:
    """(when, key, contact under the id of the time), in order."""
    if "event" in trigger:
        found = [(at, key, one) for key, one, kind, at in world.events if kind == trigger["event"]]
    elif "date" in trigger:
        found = list(_days(trigger, world))
    else:
        rows = [row for history, row in world.changes if _starts(trigger, history, row)]
        found = [(at, number_of(one, timegm(at.timetuple())), one) for one, *_, at in rows]
    return sorted(found)


def _starts(trigger: Any, history: str, row: tuple[Any, ...]) -> bool:
    if "score" in trigger:
        model, points = trigger["score"]
        return history == "score_changes" and row[1] == model and row[2] < points <= row[3]
    if "stage" in trigger:
        lifecycle, *stages = trigger["stage"]
        return history == "lifecycle_transitions" and row[1] == lifecycle and row[2] in stages
    return history == "tag_changes" and row[1:3] == (trigger["tag"], "entered")


def _days(trigger: Any, world: Any) -> Iterator[tuple[datetime, int, int]]:
    now = world.now.replace(tzinfo=UTC).astimezone(SHANGHAI).replace(tzinfo=None)
    for (contact, name), day in world.dates.items():
        if name != trigger["date"] or day is None or contact in world.aliases:
            continue
        for year in range(now.year - 1, now.year + 3) if trigger["yearly"] else [day.year]:
            local = datetime.combine(_in_year(day, year), time())
            local -= timedelta(days=trigger["before_days"])
            if year >= day.year and local <= now:
                at = local.replace(tzinfo=SHANGHAI).astimezone(UTC).replace(tzinfo=None)
                yield at, number_of(contact, timegm(local.timetuple())), contact


def _in_year(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)
