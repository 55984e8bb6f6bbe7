"""Random journeys and random lives, by a seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from tests.dbt_project.journey_offers import POOLS
from tests.dbt_project.journey_orders import Order
from tests.dbt_project.journey_project import MESSAGE

KINDS = ("form_submitted", "page_view", "order_placed", "email_clicked")
TALK = "talk_requested"
TRIGGERS = ("event", "date", "score", "stage", "tag")
TAGS = ("mql", "vip")
START = datetime(2026, 6, 29, 13)


def random_journey(chance: random.Random, trigger: str = "event") -> dict[str, Any]:
    """A journey whose nodes lead to later ones."""
    names = [f"n{number}" for number in range(chance.randint(2, 9))]
    nodes = {name: _node(chance, [*names[at + 1 : at + 4]]) for at, name in enumerate(names)}
    reached, frontier = set[str](), {"n0"}
    while frontier:
        reached |= frontier
        frontier = {one for name in frontier for one in _targets(nodes[name])} - reached
    made: dict[str, Any] = {
        "label": {"en": "J", "zh": "J"},
        "owner": "growth",
        "version": 1,
        "starts_on": "2026-06-30",
        "trigger": _trigger(chance, trigger),
        "reentry": chance.choice(["never", "each", {"after_days": chance.randint(1, 6)}]),
        "start": "n0",
        "nodes": {name: node for name, node in nodes.items() if name in reached},
    }
    if chance.random() < 0.5:
        made["goal"] = {"performed": "order_placed", "at_least": chance.randint(1, 2)}
    if chance.random() < 0.3:
        made["exits"] = [{"when": {"has_tag": chance.choice(TAGS)}, "reason": "tagged"}]
    return made


def _trigger(chance: random.Random, kind: str) -> dict[str, Any]:
    if kind == "date":
        date = chance.choice(["birth_date", "renewal_date"])
        days = chance.randint(0, 3)
        return {"date": date, "before_days": days, "yearly": chance.random() < 0.5}
    values: dict[str, Any] = {
        "event": "form_submitted",
        "score": ["nurture", 80],
        "stage": ["b2b", "mql", "sql"],
        "tag": "vip",
    }
    return {kind: values[kind]}


def _targets(node: dict[str, Any]) -> list[str]:
    named = [node.get(key) for key in ("next", "on_timeout", "on_none", "on_suppressed", "else")]
    named += [case.get("next") for case in node.get("branch", [])]
    return [one for one in [*named, *node.get("split", {})] if one]


def _node(chance: random.Random, later: list[str]) -> dict[str, Any]:
    def to() -> str | None:
        return chance.choice([*later, *later, None]) if later else None

    kind = chance.choice(
        ["wait", "wait", "for", "branch", "split", "message", "message", "act", "act", "exit"]
    )
    if kind == "wait":
        return {**_wait(chance), "next": to()}
    if kind == "for":
        awaited = {"performed": chance.choice(KINDS)}
        days = f"{chance.randint(1, 4)} days"
        return {"wait_for": awaited, "at_most": days, "next": to(), "on_timeout": to()}
    if kind == "branch":
        cases = [{"when": _condition(chance, 2), "next": to()} for _ in range(chance.randint(1, 3))]
        return {"branch": cases, "else": to()}
    if kind == "split" and len(later) > 1:
        share = chance.randint(0, 100)
        return {"split": {later[0]: share, later[1]: 100 - share}}
    if kind == "act":
        is_offer = chance.random() < 0.4
        return _offer(chance, to) if is_offer else {"action": _action(chance), "next": to()}
    if kind == "message":
        return {**MESSAGE, **_suppressed(chance, to()), "next": to()}
    return {"exit": "finished"}


def _suppressed(chance: random.Random, elsewhere: str | None) -> dict[str, Any]:
    """What becomes of who gets no message."""
    policy = chance.choice(["skip", "wait", "exit", "elsewhere"])
    if policy != "elsewhere":
        return {"if_suppressed": policy}
    return {"on_suppressed": elsewhere} if elsewhere else {}


def _offer(chance: random.Random, to: Callable[[], str | None]) -> dict[str, Any]:
    made: dict[str, Any] = chance.choice(
        [
            {"give_coupon": chance.choice(list(POOLS))},
            {"assign": "desk"},
            {"assign": {"team": "sales", "by": chance.choice(["area", "province"])}},
        ]
    )
    otherwise = to() if chance.random() < 0.5 else None
    return {"action": made, "next": to(), **({"on_none": otherwise} if otherwise else {})}


def _action(chance: random.Random) -> dict[str, Any]:
    other = f"j{chance.randint(0, 11)}"
    points = {"score": "nurture", "points": chance.randint(-9, 9)}
    kinds = [{"add_tag": "vip"}, {"remove_tag": "mql"}, {"points": points}, {"call": "sales"}]
    return chance.choice(
        [*kinds, {"enter": other}, {"enter": other}, {"leave": other}, {"leave": other}]
    )


def _wait(chance: random.Random) -> dict[str, Any]:
    kind = chance.choice(["so long", "clock", "date", "active"])
    if kind == "so long":
        return {"wait": f"{chance.randint(1, 50)} hours"}
    if kind == "clock":
        return {"wait_until": f"{chance.randint(0, 23):02}:30"}
    if kind == "active":
        return {"wait_until": "active_hours"}
    until: dict[str, Any] = {"attribute": chance.choice(["renewal_date", "birth_date"])}
    until |= chance.choice([{}, {"minus": f"{chance.randint(1, 60)} hours"}])
    return {
        "wait_until": until,
        **chance.choice([{}, {"if_missing": "skip"}, {"if_missing": "exit"}]),
    }


def _condition(chance: random.Random, depth: int) -> dict[str, Any]:
    kind = chance.choice(["tag", "event", "window", "all", "any", "not"][: 6 if depth else 3])
    if kind == "tag":
        return {"has_tag": chance.choice(TAGS)}
    if kind in ("event", "window"):
        word = {"performed": chance.choice(KINDS), "at_least": chance.randint(1, 2)}
        return word | ({"within": "2 days"} if kind == "window" else {})
    if kind == "not":
        return {"not": _condition(chance, depth - 1)}
    return {kind: [_condition(chance, depth - 1) for _ in range(2)]}


def random_events(chance: random.Random, contacts: range, days: int) -> list[Any]:
    """(key, contact, type, time) of some people over some days."""
    count = len(contacts) * days // 2
    kinds = [*(KINDS[0], *KINDS) * 6, TALK]
    return [
        (
            key,
            chance.choice(contacts),
            chance.choice(kinds),
            START + timedelta(minutes=chance.randint(-1440, days * 1440)),
        )
        for key in range(count)
    ]


def random_changes(chance: random.Random, contacts: range, days: int) -> list[Any]:
    """(history, row) of some people over some days; the last column of a row is its moment."""

    def at() -> datetime:
        return START + timedelta(minutes=chance.randint(-1440, days * 1440))

    made: list[Any] = []
    for _ in range(len(contacts) * days // 4):
        one, before, after = chance.choice(contacts), chance.randint(60, 99), chance.randint(60, 99)
        made += [
            ("score_changes", (one, "nurture", before, after, at())),
            ("lifecycle_transitions", (one, "b2b", chance.choice(["lead", "mql", "sql"]), at())),
            ("tag_changes", (one, "vip", chance.choice(["entered", "exited"]), at())),
        ]
    return made


def random_dates(
    chance: random.Random, contacts: range, days: int
) -> dict[tuple[int, str], date | None]:
    """{(contact, attribute): day}; None is a text that is no date."""
    made: dict[tuple[int, str], date | None] = {}
    for one in contacts:
        day = START.date() + timedelta(days=chance.randint(-5, days + 5))
        made[one, "birth_date"] = day.replace(year=chance.randint(1950, 2010))
        other = START.date() + timedelta(days=chance.randint(-5, days + 5))
        later = other.replace(year=chance.choice([2024, 2026, 2026, 2027]))
        made[one, "renewal_date"] = later if chance.random() < 0.8 else None
    return made


def random_areas(chance: random.Random, contacts: range) -> dict[int, str]:
    """{contact: where it is}; of some nothing is known, and one is served by nobody."""
    return {
        one: chance.choice(["north", "south", "east"]) for one in contacts if chance.random() < 0.8
    }


def random_hours(chance: random.Random, contacts: range) -> dict[int, tuple[int, int]]:
    """{contact: active from, until}; of some nothing is known."""
    begins = {one: chance.randint(0, 23) for one in contacts if chance.random() < 0.8}
    return {one: (begin, (begin + 2) % 24) for one, begin in begins.items()}


def random_orders(
    chance: random.Random, contacts: range, days: int, journeys: dict[str, Any]
) -> list[Order]:
    """What people order of these journeys over some days."""
    made = []
    for number in range(len(journeys) * days):
        action = chance.choice(
            ["start", "start", "stop", "move", "move", "move", "release", "release"]
        )
        name = chance.choice(list(journeys))
        contact = None if action != "start" and chance.random() < 0.1 else chance.choice(contacts)
        nodes = list(journeys[name]["nodes"])
        at = START + timedelta(minutes=chance.randint(0, days * 1440))
        source, target = chance.choice(nodes), chance.choice([*nodes, "gone"])
        places = (source, target) if action == "move" else (None, None)
        journey = None if action == "release" else name
        made.append(Order(number, action, journey, contact or None, *places, at))
    return [one for one in made if one.action != "release" or one.contact]
