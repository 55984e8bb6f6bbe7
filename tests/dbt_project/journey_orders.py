"""What people order of journeys, and whom they took over, read plainly."""

from __future__ import annotations

from calendar import timegm
from datetime import datetime
from typing import Any, NamedTuple

from tests.dbt_project.journey_triggers import number_of

HANDOVER: dict[str, Any] = {"score": ["nurture", 97], "event": "talk_requested"}


class Order(NamedTuple):
    """A row of the ledger's orders."""

    number: int
    action: str
    journey: str | None
    contact: int | None
    source: str | None
    target: str | None
    at: datetime


def orders_of(world: Any, action: str, journey: str | None) -> list[Order]:
    """The orders by now, in order."""
    found = [one for one in world.orders if (one.action, one.journey) == (action, journey)]
    return sorted((one for one in found if one.at <= world.now), key=lambda o: (o.at, o.number))


def is_for(order: Order, world: Any, contact: int) -> bool:
    return order.contact is None or world.who(order.contact) == contact


def handed_over(world: Any, contact: int) -> tuple[datetime | None, datetime | None]:
    """Since when a person has a contact, and when they last gave it back."""
    model, points = HANDOVER["score"]
    moments = [at for at, _ in world.of(contact, HANDOVER["event"])]
    for history, row in world.changes:
        if history == "score_changes" and world.who(row[0]) == contact and row[4] <= world.now:
            moments += [row[4]] if row[1] == model and row[2] < points <= row[3] else []
    if not moments:
        return None, None
    releases = [o.at for o in orders_of(world, "release", None) if is_for(o, world, contact)]
    released = max(releases, default=None)
    return min((m for m in moments if released is None or m > released), default=None), released


def may_enter(world: Any, contact: int, at: datetime) -> bool:
    since, released = handed_over(world, contact)
    return since is None and (released is None or at > released)


def starts(world: Any, journey: str) -> set[tuple[datetime, int, int]]:
    """Triggers by hand: (when, key, contact under the id of the time)."""
    return {
        (o.at, number_of("order", o.contact, timegm(o.at.timetuple())), o.contact)
        for o in orders_of(world, "start", journey)
        if o.contact is not None
    }


def stops(world: Any, journey: str, one: Any) -> list[tuple[datetime, int, str]]:
    """(when, order, reason) of what people ended an enrolment by."""
    since, _ = handed_over(world, one.contact)
    found = []
    if since is not None:
        found.append((since if since > one.entered else world.now, 4, "handed_over"))
    for order in orders_of(world, "stop", journey):
        if is_for(order, world, one.contact) and order.at > one.entered:
            found.append((max(order.at, one.arrived), 5, "stopped_by_hand"))
    return found


def move_of(world: Any, journey: str, one: Any, nodes: Any) -> Order | None:
    """The first order that moves an enrolment from where earlier runs left it."""
    for order in orders_of(world, "move", journey):
        is_of_it = order.source == one.node and _is_of(order, world, one)
        if is_of_it and order.at > one.arrived and order.target in nodes:
            return order
    return None


def _is_of(order: Order, world: Any, one: Any) -> bool:
    """Not an order for somebody whom a merge made this contact since."""
    moved_as = one.moves[-1][1]
    if order.contact in (None, moved_as):
        return True
    merged_at = world.merged.get(moved_as)
    return order.contact == one.contact and merged_at is not None and order.at >= merged_at
