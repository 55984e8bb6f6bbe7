"""What a plain reading of a journey may know of the world, a stay in it, and when waits end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.dbt_project.journey_actions import Deed
from tests.dbt_project.journey_orders import Order
from tests.dbt_project.journey_triggers import SHANGHAI, UTC

Move = tuple[int, int, int, str | None, str | None, str | None, datetime, datetime | None]


@dataclass
class World:
    """What a run may know: events (key, contact, type, time), rows of the histories, dates, orders,
    actions of journeys, tags, deleted contacts, retired ids, and per (enrolment, node) what became of its message.
    """

    now: datetime
    events: list[tuple[int, int, str, datetime]]
    changes: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    dates: dict[tuple[int, str], date | None] = field(default_factory=dict)
    hours: dict[int, tuple[int, int]] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    tags: set[tuple[int, str]] = field(default_factory=set)
    deleted: set[int] = field(default_factory=set)
    withdrawn: set[int] = field(default_factory=set)
    aliases: dict[int, int] = field(default_factory=dict)
    merged: dict[int, datetime] = field(default_factory=dict)  # when a contact was retired
    sent: dict[tuple[int, str], datetime] = field(default_factory=dict)
    suppressed: dict[tuple[int, str], tuple[datetime, str]] = field(default_factory=dict)
    given: dict[tuple[int, str], str] = field(default_factory=dict)  # codes, by enrolment and pool
    assigned: list[tuple[int, str, datetime]] = field(default_factory=list)  # contact, owner, when
    records: dict[int, str] = field(default_factory=dict)  # owners that records name
    areas: dict[int, str] = field(default_factory=dict)
    people: range = range(0)

    def who(self, contact: int) -> int:
        return self.aliases.get(contact, contact)

    def of(self, contact: int, kind: str) -> list[tuple[datetime, int]]:
        """The events of a contact by now, in order."""
        found = [
            (at, key)
            for key, one, event, at in self.events
            if self.who(one) == contact and event == kind and at <= self.now
        ]
        return sorted(found)


@dataclass
class Enrolment:
    """One stay in a journey."""

    number: int
    contact: int
    entered: datetime
    node: str | None
    arrived: datetime
    moves: list[Move] = field(default_factory=list)
    message_node: str | None = None  # whose message an earlier run may have sent
    done: set[str] = field(default_factory=set)  # steps of other enrolments before a merge
    has: dict[str, str] = field(default_factory=dict)  # code by pool, and the owner
    drawn: dict[int, str] = field(default_factory=dict)  # what a step gave
    left_out: set[str] = field(default_factory=set)  # nodes that had nothing left in this run

    def move(
        self, to: str | None, reason: str | None, at: datetime, nodes: Any, world: World
    ) -> None:
        due = deadline(nodes[to], at, world, self.contact) if to is not None else None
        at_node = self.node if self.moves else None
        step = len(self.moves) + 1
        self.moves.append((self.number, self.contact, step, at_node, to, reason, at, due))
        self.node, self.arrived = to, at


def span(text: str) -> timedelta:
    count, unit = re.fullmatch(r"(\d+) (hour|day|week)s?", text).groups()  # type: ignore[union-attr]
    return timedelta(**{f"{unit}s": int(count)})


def deadline(
    node: dict[str, Any], arrived: datetime, world: World, contact: int
) -> datetime | None:
    """When a wait ends at the latest."""
    if "wait" in node:
        return arrived + span(node["wait"])
    if "wait_for" in node:
        return arrived + span(node["at_most"])
    if "wait_until" in node:
        return _until(node["wait_until"], arrived, world, contact)
    return None


def _until(until: Any, arrived: datetime, world: World, contact: int) -> datetime:
    if isinstance(until, dict):
        day = world.dates.get((contact, until["attribute"]))
        if day is None:
            return arrived
        start = datetime.combine(day, time())
        return max(arrived, to_utc(start - span(until["minus"]) if "minus" in until else start))
    local = arrived.replace(tzinfo=UTC).astimezone(SHANGHAI).replace(tzinfo=None)
    if until == "active_hours":
        begin, end = world.hours.get(contact, (19, 21))
        is_now = begin <= local.hour < end if begin <= end else not end <= local.hour < begin
        if is_now:
            return arrived
        until = f"{begin:02}:00"
    clock = datetime.combine(local.date(), time.fromisoformat(until))
    return to_utc(clock + timedelta(days=clock < local))


def to_utc(local: datetime) -> datetime:
    return local.replace(tzinfo=SHANGHAI).astimezone(UTC).replace(tzinfo=None)
