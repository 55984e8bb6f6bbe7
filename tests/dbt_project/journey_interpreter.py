"""A slow, plain reading of a journey, one contact at a time: what the compiled SQL must equal."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI, UTC = ZoneInfo("Asia/Shanghai"), ZoneInfo("UTC")
Move = tuple[int, int, int, str | None, str | None, str | None, datetime, datetime | None]


@dataclass
class World:
    """What a run may know: events (key, contact, type, time), tags, deleted contacts, retired ids,
    and per (enrolment, node) what became of its message.
    """

    now: datetime
    events: list[tuple[int, int, str, datetime]]
    tags: set[tuple[int, str]]
    deleted: set[int]
    withdrawn: set[int]
    aliases: dict[int, int]
    sent: dict[tuple[int, str], datetime]
    suppressed: dict[tuple[int, str], tuple[datetime, str]]

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

    def move(self, to: str | None, reason: str | None, at: datetime, nodes: Any) -> None:
        due = deadline(nodes[to], at) if to is not None else None
        at_node = self.node if self.moves else None
        step = len(self.moves) + 1
        self.moves.append((self.number, self.contact, step, at_node, to, reason, at, due))
        self.node, self.arrived = to, at


def span(text: str) -> timedelta:
    count, unit = re.fullmatch(r"(\d+) (hour|day|week)s?", text).groups()  # type: ignore[union-attr]
    return timedelta(**{f"{unit}s": int(count)})


def deadline(node: dict[str, Any], arrived: datetime) -> datetime | None:
    """When a wait ends at the latest."""
    if "wait" in node:
        return arrived + span(node["wait"])
    if "wait_for" in node:
        return arrived + span(node["at_most"])
    if "wait_until" in node:
        local = arrived.replace(tzinfo=UTC).astimezone(SHANGHAI).replace(tzinfo=None)
        clock = datetime.combine(local.date(), time.fromisoformat(node["wait_until"]))
        clock += timedelta(days=clock < local)
        return clock.replace(tzinfo=SHANGHAI).astimezone(UTC).replace(tzinfo=None)
    return None


def holds(condition: dict[str, Any], world: World, one: Enrolment, at: datetime) -> bool:
    """Whether a condition of a branch holds for an enrolment that stands there at a moment."""
    if "all" in condition:
        return all(holds(part, world, one, at) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, world, one, at) for part in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], world, one, at)
    if "has_tag" in condition:
        return (one.contact, condition["has_tag"]) in world.tags
    since, until = one.entered, at
    if "within" in condition:
        since, until = world.now - span(condition["within"]), world.now
    found = [t for t, _ in world.of(one.contact, condition["performed"]) if since < t <= until]
    return len(found) >= condition.get("at_least", 1)


def stop_of(journey: Any, world: World, one: Enrolment, is_merged: bool) -> Any:
    """(when, order, reason) of what first ends an enrolment from outside; None for nothing."""
    stops = []
    if one.contact in world.deleted:
        stops.append((world.now, 1, "deleted"))
    if is_merged:
        stops.append((world.now, 2, "merged"))
    sends = any("message" in node for node in journey["nodes"].values())
    if sends and one.contact in world.withdrawn:
        stops.append((world.now, 3, "withdrawn"))
    goal = [{"when": journey["goal"], "reason": "goal"}] if "goal" in journey else []
    for order, end in enumerate([*goal, *journey.get("exits", [])], 4):
        when = end["when"]
        if "performed" in when and "within" not in when:
            found = [t for t, _ in world.of(one.contact, when["performed"]) if t > one.entered]
            if len(found) >= when.get("at_least", 1):
                stops.append((found[when.get("at_least", 1) - 1], order, end["reason"]))
        elif holds(when, world, one, world.now):
            stops.append((world.now, order, end["reason"]))
    return min(stops) if stops else None


def leave(
    name: str, journey: Any, world: World, one: Enrolment, horizon: datetime, share: Any
) -> Any:
    """(node, reason, moment) of the next move of an enrolment; None while it stays, and where the
    node is gone.
    """
    if name not in journey["nodes"]:
        return None
    node, arrived = journey["nodes"][name], one.arrived
    if "exit" in node:
        return None, node["exit"], arrived
    if "wait" in node or "wait_until" in node:
        due = deadline(node, arrived)
        return (node.get("next"), "waited", due) if due is not None and due <= horizon else None
    if "wait_for" in node:
        return _after_event(node, world, one, horizon)
    if "message" in node:
        return _after_message(name, node, world, one, horizon)
    return _chosen(name, node, world, one, share)


def _after_event(node: Any, world: World, one: Enrolment, horizon: datetime) -> Any:
    due = deadline(node, one.arrived)
    assert due is not None
    events = world.of(one.contact, node["wait_for"]["performed"])
    found = [t for t, _ in events if one.arrived < t <= min(horizon, due)]
    if found:
        return node.get("next"), "happened", found[0]
    return (node.get("on_timeout"), "timed_out", due) if due <= horizon else None


def _chosen(name: str, node: Any, world: World, one: Enrolment, share: Any) -> Any:
    if "branch" in node:
        for number, case in enumerate(node["branch"], 1):
            if holds(case["when"], world, one, one.arrived):
                return case.get("next"), f"branch_{number}", one.arrived
        return node["else"], "else", one.arrived
    total, drawn = 0, share(name, one.contact)
    for target, part in node["split"].items():
        total += part
        if drawn < total:
            return target, "split", one.arrived
    raise AssertionError("the shares of a split make 100")


def _after_message(name: str, node: Any, world: World, one: Enrolment, horizon: datetime) -> Any:
    sent = world.sent.get((one.number, name))
    suppressed = world.suppressed.get((one.number, name))
    policy = node.get("if_suppressed", "skip")
    if sent is not None:
        at = max(sent, one.arrived)
        return (node.get("next"), "sent", at) if at <= horizon else None
    if suppressed is None or policy == "wait":
        return None
    at = max(suppressed[0], one.arrived)
    target = node.get("next") if policy == "skip" else None
    return (target, suppressed[1], at) if at <= horizon else None


def advance(journey: Any, world: World, standing: list[Enrolment], ids: Any, share: Any) -> None:
    """One run: who enters, and everyone's moves."""
    for one in standing:
        one.contact = world.who(one.contact)
    merged = _merged(standing) if journey.get("reentry") != "each" else set()
    standing += enter(journey, world, standing, ids)
    for one in standing:
        if one.node is not None:
            _go_on(one, journey, world, id(one) in merged, share)


def _merged(standing: list[Enrolment]) -> set[int]:
    first: dict[int, Enrolment] = {}
    going = [one for one in standing if one.node is not None]
    for one in sorted(going, key=lambda e: (e.entered, e.number)):
        first.setdefault(one.contact, one)
    return {id(one) for one in going if first[one.contact] is not one}


def _go_on(one: Enrolment, journey: Any, world: World, is_merged: bool, share: Any) -> None:
    """A message is left by the run after that in which the enrolment came to it."""
    nodes, before = journey["nodes"], one.node if one.moves else None
    if not one.moves:
        one.move(one.node, "entered", one.entered, nodes)
    stop = stop_of(journey, world, one, is_merged)
    horizon = stop[0] if stop else world.now
    while one.node is not None:
        if "message" in nodes.get(one.node, {}) and one.node != before:
            break
        step = leave(one.node, journey, world, one, horizon, share)
        if step is None:
            break
        one.move(*step, nodes)
    if stop and one.node is not None:
        one.move(None, stop[2], stop[0], nodes)


def enter(journey: Any, world: World, standing: list[Enrolment], ids: Any) -> list[Enrolment]:
    """The enrolments that begin in a run."""
    start = datetime.fromisoformat(journey["starts_on"]) - timedelta(hours=8)
    reentry, entered = journey.get("reentry", "never"), list[Enrolment]()
    triggers = sorted(
        (at, key, contact)
        for key, contact, kind, at in world.events
        if kind == journey["trigger"]["event"] and start <= at <= world.now
    )
    chosen: set[int] = set()
    for at, key, named in triggers:
        contact = world.who(named)
        number = ids(key)
        past = [one for one in standing if one.contact == contact]
        if contact in world.deleted or any(one.number == number for one in standing):
            continue
        if reentry != "each":
            last = max((one.entered for one in past), default=None)
            if isinstance(reentry, dict) and last is not None:
                gap = timedelta(days=reentry["after_days"])
                if any(one.node is not None for one in past) or at < last + gap:
                    continue
            elif past:
                continue
            if contact in chosen:
                continue
            chosen.add(contact)
        entered.append(Enrolment(number, contact, at, journey["start"], at))
    return entered
