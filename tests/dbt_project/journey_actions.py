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


def deeds_of(name: str, journey: Any, standing: list[Any], world: Any) -> list[Deed]:
    """What a journey did by now; the runs before did those in ``world.deeds``."""
    known = {(deed.enrolment, deed.step) for deed in world.deeds}
    found = []
    for one in standing:
        for number, contact, step, node, _, reason, at, _ in one.moves:
            action = journey["nodes"].get(node, {}).get("action", {})
            if reason in action and (number, step) not in known:
                value = action[reason]
                subject, points = (
                    (value["score"], value["points"]) if isinstance(value, dict) else (value, None)
                )
                row = (number, step, name, contact, node, reason, subject, points, at, world.now)
                found.append(Deed(*row))
    return found


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
