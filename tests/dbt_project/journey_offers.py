"""What journeys give away once, codes of a pool and places with the people of a team, read plainly."""

from __future__ import annotations

from calendar import timegm
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

POOLS: Mapping[str, Mapping[str, int]] = {  # {pool: {code: from which day of June 2026 on}}
    "spring": {f"S{number:02}": 1 + number for number in range(40)},
    "autumn": {"A1": 1, "A2": 1, "A3": 34},
}
TEAM = (  # team, owner, what is served, most contacts
    ("sales", "lin", "north", 3),
    ("sales", "lin", "south", 3),
    ("sales", "wang", "north", None),
    ("sales", "zhou", None, 5),
    ("desk", "zhou", None, 5),
    ("desk", "sun", None, 4),
)


class Offer(NamedTuple):
    """What a node gives away."""

    action: str
    subject: str
    by: str | None


def offer_of(node: Mapping[str, Any]) -> Offer | None:
    action = node.get("action", {})
    if "give_coupon" in action:
        return Offer("give_coupon", action["give_coupon"], None)
    value = action.get("assign")
    if isinstance(value, Mapping):
        return Offer("assign", value["team"], value.get("by"))
    return Offer("assign", value, None) if value else None


def pool_sql(pool: str) -> str:
    # blanks around a code are not of it, and rows without a code are none
    codes = ((f" {code}  " if day % 2 else code, day) for code, day in POOLS[pool].items())
    written = [*codes, ("", 1), ("", 1), (" ", 1)]
    rows = ", ".join(f"('{code}', {day})" for code, day in written)
    days = "date_diff('day', date '2026-06-01', cast({{ sluice.as_of() }} as date)) + 1"
    return f"select code from (values {rows}) as c (code, day) where day <= {days}"


def team_sql(team: str) -> str:
    rows = [
        f"('{owner}', {_literal(serves)}, {'null' if most is None else most})"
        for one, owner, serves, most in TEAM
        if one == team
    ] + ["('', null, null)"]  # a row without an owner is none
    return f"select * from (values {', '.join(rows)}) as o (owner_id, serves, max_contacts)"


def _literal(text: str | None) -> str:
    return "cast(null as varchar)" if text is None else f"'{text}'"


def order_of(journey: Any, targets: Any) -> list[str]:
    """The nodes that give away, each after those that lead to it."""
    found: list[str] = []

    def visit(name: str) -> None:
        if name not in found:
            for one in targets(journey["nodes"][name]):
                visit(one)
            found.append(name)

    visit(journey["start"])
    for name in journey["nodes"]:  # who stands behind a node that is gone
        visit(name)
    return [name for name in reversed(found) if offer_of(journey["nodes"][name])]


def owner_of(world: Any, contact: int) -> str | None:
    """The owner that a contact had before this run."""
    if contact in world.records:
        return str(world.records[contact])
    found = [(at, owner) for one, owner, at in world.assigned if world.who(one) == contact]
    return min(found)[1] if found else None


def draw(world: Any, journeys: Any, place: tuple[str, str], asking: list[Any]) -> dict[int, str]:
    """{enrolment: item} of those who ask at a node, a list of (moment, enrolment)."""
    offer = offer_of(journeys[place[0]]["nodes"][place[1]])
    assert offer is not None
    if offer.action == "give_coupon":
        line = sorted(asking, key=lambda a: (a[0], a[1].number))
        codes = _codes(world, journeys, place, offer.subject)
        return {one.number: code for (_, one), code in zip(line, codes, strict=False)}
    drawn = _owners(world, journeys, place, offer, asking)
    return {one.number: drawn[one.contact] for _, one in asking if one.contact in drawn}


def _codes(world: Any, journeys: Any, place: tuple[str, str], pool: str) -> list[str]:
    given = set(world.given.values())
    today = (world.now.date() - datetime(2026, 6, 1).date()).days + 1
    free = sorted(c for c, day in POOLS[pool].items() if day <= today and c not in given)
    places = _places(journeys, "give_coupon", pool)
    return [
        code
        for number, code in enumerate(free, 1)
        if places[(number + _day(world)) % len(places)] == place
    ]


def _places(journeys: Any, action: str, subject: str) -> list[tuple[str, str]]:
    found = [
        (journey, name)
        for journey, written in journeys.items()
        for name, node in written["nodes"].items()
        if (offer := offer_of(node)) and (offer.action, offer.subject) == (action, subject)
    ]
    return sorted(found)


def _day(world: Any) -> int:
    return timegm(world.now.timetuple()) // 86400


def _owners(
    world: Any, journeys: Any, place: tuple[str, str], offer: Offer, asking: list[Any]
) -> dict[int, str]:
    moments: dict[int, datetime] = {}
    for at, one in asking:
        moments[one.contact] = min(at, moments.get(one.contact, at))
    line = sorted(moments, key=lambda contact: (moments[contact], contact))
    free = _free_places(world, journeys, offer.subject, place)
    areas = {serves for _, serves in free}
    drawn: dict[int, str] = {}
    for area in sorted(a for a in areas if a is not None and offer.by):
        these = [one for one in line if world.areas.get(one) == area]
        drawn |= dict(zip(these, _turns(world, free, area, len(line)), strict=False))
    rest = [one for one in line if one not in drawn]
    return drawn | dict(zip(rest, _turns(world, free, None, len(line)), strict=False))


def _turns(world: Any, free: Any, area: str | None, asking: int) -> list[str]:
    slots = [
        (_held(world, owner) + number, owner)
        for (owner, serves), places in free.items()
        if serves == area
        for number in range(1, (asking if places is None else min(places, asking)) + 1)
    ]
    return [owner for _, owner in sorted(slots)]


def _free_places(
    world: Any, journeys: Any, team: str, place: tuple[str, str]
) -> dict[tuple[str, str | None], int | None]:
    """{(owner, what is served): how many the node can give}."""
    rows = [
        (one, *where, serves or "~", owner, most)
        for one, owner, serves, most in TEAM
        for where in _places(journeys, "assign", one)
    ]
    found: dict[tuple[str, str | None], int | None] = {}
    for owner in {row[4] for row in rows}:
        its = sorted(row for row in rows if row[4] == owner)
        limits = [row[3] for row in TEAM if row[1] == owner and row[3] is not None]
        for number, row in enumerate(its, 1):
            if (row[0], row[1:3]) != (team, place):
                continue
            left = max(min(limits) - _held(world, owner), 0) if limits else None
            turn = (number + _day(world)) % len(its)
            share = None if left is None else (left + len(its) - 1 - turn) // len(its)
            found[owner, None if row[3] == "~" else row[3]] = share
    return found


def _held(world: Any, owner: str) -> int:
    living = [c for c in world.people if c not in world.aliases and c not in world.deleted]
    return sum(owner_of(world, contact) == owner for contact in living)
