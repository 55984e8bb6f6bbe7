"""What goes to whom in the days to come, as far as it is known today: runs, messages that are due
or held, waits of journeys that end, texts that run out; and who would get too much of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sluice.models.errors import ConfigurationError
from sluice.orchestration.content.entries import entries
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.warehouse.base import WarehouseError
from sluice.orchestration.warehouse.reader import query

KINDS = ("run", "message", "journey", "text")
NO_RUN = "no run has decided anything in this home yet: run `sluice run`"
# at most so many pairs of campaigns are named
MOST_COLLISIONS = 20

MESSAGES = """
select campaign, channel, decision, reason, sendable_from, count(*) as people
from activation.message_decisions
where decision in ('send', 'hold')
group by campaign, channel, decision, reason, sendable_from
"""
WAITS = """
select journey, node, due_at, count(*) as people
from journeys.journey_positions
where due_at is not null and not is_stopped
group by journey, node, due_at
"""
COLLISIONS = f"""
select a.campaign, b.campaign, count(distinct a.contact_id) as people
from activation.message_decisions as a
inner join activation.message_decisions as b
    on a.contact_id = b.contact_id and a.campaign < b.campaign
where a.decision in ('send', 'hold') and b.decision in ('send', 'hold')
    and a.purpose = 'marketing' and b.purpose = 'marketing'
group by a.campaign, b.campaign
order by 3 desc, 1, 2
limit {MOST_COLLISIONS}
"""
PRESSURE = """
select messages, count(*) as people from (
    select contact_id, count(*) as messages
    from activation.message_decisions
    where decision in ('send', 'hold') and purpose = 'marketing'
    group by contact_id
) as counted
group by messages
order by messages
"""


@dataclass(frozen=True)
class Entry:
    """One line of a day. ``at``: the time of day, empty where it is not known; ``people``: None
    where nobody is counted.
    """

    day: date
    at: str
    kind: str
    what: str
    people: int | None = None


@dataclass(frozen=True)
class Calendar:
    """``entries`` by day and time; ``collisions``: pairs of marketing campaigns with the same
    people, and how many; ``pressure``: how many people have so many marketing messages before them.
    ``notes``: what could not be known.
    """

    entries: list[Entry]
    collisions: list[tuple[str, str, int]]
    pressure: list[tuple[int, int]]
    notes: list[str]


def build_calendar(settings: Settings, days: int) -> Calendar:
    """The calendar of the next ``days`` days, today included, in the time zone of the daily run."""
    zone = ZoneInfo(settings.project.config.schedule.time_zone)
    now = settings.default_as_of().astimezone(zone)
    today = now.date()
    last = today + timedelta(days=days - 1)
    found = [*_runs(settings, now, last), *_texts(settings)]
    notes: list[str] = []
    collisions, pressure = [], []
    try:
        found += _messages(query(settings.warehouse, MESSAGES), zone, today)
        collisions = [(str(a), str(b), int(n)) for a, b, n in query(settings.warehouse, COLLISIONS)]
        pressure = [(int(n), int(people)) for n, people in query(settings.warehouse, PRESSURE)]
    except (WarehouseError, ConfigurationError):
        notes.append(NO_RUN)
    with suppress(WarehouseError, ConfigurationError):  # no journey has run: nobody waits
        found += _waits(query(settings.warehouse, WAITS), zone, today)
    shown = [one for one in found if today <= one.day <= last]
    return Calendar(
        sorted(shown, key=lambda one: (one.day, one.at, KINDS.index(one.kind), one.what)),
        collisions,
        pressure,
        notes,
    )


def _runs(settings: Settings, now: datetime, last: date) -> Iterator[Entry]:
    for name, times in settings.project.config.runs.items():
        zone = ZoneInfo(times.time_zone)
        end = datetime.combine(last + timedelta(days=1), time.min, zone)
        state = "" if times.is_on else ", off until it is turned on"
        for moment in times.moments(now, end):
            local = moment.astimezone(zone)
            what = f"{name} run ({times.time_zone}{state})"
            yield Entry(local.date(), f"{local:%H:%M}", "run", what)


def _texts(settings: Settings) -> Iterator[Entry]:
    for one in entries(settings.project.content):
        if one.about.expires_on is not None:
            yield Entry(one.about.expires_on, "", "text", f"{one.name} is true for the last day")


def _messages(rows: Sequence[Sequence[Any]], zone: ZoneInfo, today: date) -> list[Entry]:
    """What is due goes out with the next run; what is held without a time, too at the earliest."""
    counted: dict[tuple[date, str, str], int] = {}
    for campaign, channel, decision, reason, sendable_from, people in rows:
        day, at = _local(sendable_from, zone) if sendable_from else (today, "")
        words = "due" if decision == "send" else f"held: {reason}"
        key = (max(day, today), at, f"{campaign} by {channel}, {words}")
        counted[key] = counted.get(key, 0) + int(people)
    return [Entry(day, at, "message", what, n) for (day, at, what), n in counted.items()]


def _waits(rows: Sequence[Sequence[Any]], zone: ZoneInfo, today: date) -> list[Entry]:
    counted: dict[tuple[date, str], int] = {}
    for journey, node, due_at, people in rows:
        key = (max(_local(due_at, zone)[0], today), f"{journey}: the wait {node} ends")
        counted[key] = counted.get(key, 0) + int(people)
    return [Entry(day, "", "journey", what, n) for (day, what), n in counted.items()]


def _local(moment: datetime, zone: ZoneInfo) -> tuple[date, str]:
    local = moment.replace(tzinfo=UTC).astimezone(zone)
    return local.date(), f"{local:%H:%M}"


def as_rows(calendar: Calendar) -> Mapping[str, Any]:
    """The calendar as JSON takes it."""
    return {
        "entries": [
            {"day": one.day.isoformat(), "at": one.at, "kind": one.kind, "what": one.what}
            | {"people": one.people}
            for one in calendar.entries
        ],
        "collisions": [
            {"campaigns": [a, b], "people": people} for a, b, people in calendar.collisions
        ],
        "pressure": [{"messages": n, "people": people} for n, people in calendar.pressure],
        "notes": calendar.notes,
    }
