"""What journeys do besides sending, and what the runs after make of it, read plainly."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from tests.dbt_project.journey_triggers import number_of


class Deed(NamedTuple):
    """A row of journey_actions."""

    enrolment: int
    step: int
    journey: str
    contact: int
    node: str
    action: str
    subject: str
    points: int | None
    at: datetime
    recorded: datetime
    drawn: str | None = None


def deeds_of(name: str, journey: Any, standing: list[Any], world: Any) -> list[Deed]:
    """What a journey did by now; the runs before did those in ``world.deeds``."""
    known = {(deed.enrolment, deed.step) for deed in world.deeds}
    found = []
    for one in standing:
        for number, contact, step, node, _, reason, at, _ in one.moves:
            action = journey["nodes"].get(node, {}).get("action", {})
            if reason in action and (number, step) not in known:
                value = action[reason]
                subject, points = _said(value)
                row = (number, step, name, contact, node, reason, subject, points, at, world.now)
                found.append(Deed(*row, one.drawn.get(step)))
    return found


def _said(value: Any) -> tuple[str, int | None]:
    """The subject of an action, and its points."""
    if not isinstance(value, dict):
        return value, None
    return value.get("score") or value["team"], value.get("points")


def keep_drawn(world: Any, before: int) -> list[tuple[int, str, datetime]]:
    """Put what the deeds of a run gave into the world; the new owners of contacts."""
    new, seen = [], {world.who(contact) for contact, _, _ in world.assigned} | set(world.records)
    for deed in sorted(world.deeds[before:], key=lambda d: (d.at, d.enrolment, d.step)):
        if deed.action == "give_coupon":
            world.given.setdefault((deed.enrolment, deed.subject), deed.drawn)
        elif deed.action == "assign" and world.who(deed.contact) not in seen:
            seen.add(world.who(deed.contact))
            new.append((deed.contact, deed.drawn, deed.at))
    world.assigned += new
    return new


def asked(world: Any, action: str, journey: str) -> list[Deed]:
    """What other journeys asked of this one in earlier runs."""
    return [
        deed
        for deed in world.deeds
        if (deed.action, deed.subject) == (action, journey) and deed.recorded < world.now
    ]


def starts_by_journeys(world: Any, journey: str) -> set[tuple[datetime, int, int]]:
    return {
        (deed.at, number_of("action", deed.enrolment, deed.step), deed.contact)
        for deed in asked(world, "enter", journey)
    }


def stops_by_journeys(world: Any, journey: str, one: Any) -> list[tuple[datetime, int, str]]:
    return [
        (max(deed.at, one.arrived), 6, "left_by_journey")
        for deed in asked(world, "leave", journey)
        if world.who(deed.contact) == one.contact and deed.at > one.entered
    ]
