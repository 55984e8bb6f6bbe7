"""A slow, plain reading of a journey, one contact at a time: what the compiled SQL must equal."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.dbt_project.journey_actions import Deed, starts_by_journeys, stops_by_journeys
from tests.dbt_project.journey_offers import draw, offer_of, order_of, owner_of
from tests.dbt_project.journey_orders import Order, may_enter, move_of, starts, stops
from tests.dbt_project.journey_triggers import SHANGHAI, UTC, triggers

Move = tuple[int, int, int, str | None, str | None, str | None, datetime, datetime | None]


MERGED = "done_before_merge"
DONE = {"sent", MERGED, "add_tag", "remove_tag", "points", "enter", "leave"}
DONE |= {"add_to", "remove_from", "call", "give_coupon", "assign"}


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


def stop_of(journey: Any, world: World, one: Enrolment, is_merged: bool, name: str) -> Any:
    """(when, order, reason) of what first ends an enrolment from outside; None for nothing."""
    found_stops = [*stops(world, name, one), *stops_by_journeys(world, name, one)]
    if one.contact in world.deleted:
        found_stops.append((world.now, 1, "deleted"))
    if is_merged:
        found_stops.append((world.now, 2, "merged"))
    sends = any("message" in node for node in journey["nodes"].values())
    if sends and one.contact in world.withdrawn:
        found_stops.append((world.now, 3, "withdrawn"))
    goal = [{"when": journey["goal"], "reason": "goal"}] if "goal" in journey else []
    for order, end in enumerate([*goal, *journey.get("exits", [])], 7):
        when = end["when"]
        if "performed" in when and "within" not in when:
            found = [t for t, _ in world.of(one.contact, when["performed"]) if t > one.entered]
            if len(found) >= when.get("at_least", 1):
                found_stops.append((found[when.get("at_least", 1) - 1], order, end["reason"]))
        elif holds(when, world, one, world.now):
            found_stops.append((world.now, order, end["reason"]))
    return min(found_stops) if found_stops else None


def leave(
    name: str, journey: Any, world: World, one: Enrolment, horizon: datetime, share: Any
) -> Any:
    """(node, reason, moment) of the next move of an enrolment; None while it stays, and where the
    node is gone.
    """
    if name not in journey["nodes"]:
        return None
    node, arrived = journey["nodes"][name], one.arrived
    is_instant = {"exit", "action", "branch", "split"} & node.keys()
    if is_instant and arrived > horizon:
        return None
    if "exit" in node:
        return None, node["exit"], arrived
    if "action" in node:
        return _after_action(name, node, world, one, horizon)
    if "wait" in node or "wait_until" in node:
        due = deadline(node, arrived, world, one.contact)
        assert due is not None
        target, reason = _after_wait(node, world, one, due)
        return (target, reason, due) if due <= horizon else None
    if "wait_for" in node:
        return _after_event(node, world, one, horizon)
    if "message" in node:
        return _after_message(name, node, world, one, horizon)
    return _chosen(name, node, world, one, share)


def asks_at(name: str, world: World, one: Enrolment) -> datetime:
    """When who stands at a node asks for what it gives: who stood there before this run, now."""
    return world.now if one.message_node == name else one.arrived


def key_of(offer: Any) -> str:
    """Of what a contact has."""
    return offer.subject if offer.action == "give_coupon" else "the owner"


def _after_action(name: str, node: Any, world: World, one: Enrolment, horizon: datetime) -> Any:
    if (offer := offer_of(node)) is not None:
        return _after_offer(name, node, offer, world, one, horizon)
    reason = next(iter(node["action"])) if name not in one.done else MERGED
    return node.get("next"), reason, one.arrived


def _after_offer(
    name: str, node: Any, offer: Any, world: World, one: Enrolment, horizon: datetime
) -> Any:
    at = asks_at(name, world, one)
    if at > horizon:
        return None
    if name in one.done:
        return node.get("next"), MERGED, at
    if key_of(offer) in one.has:
        return node.get("next"), offer.action, at
    is_over = name in one.left_out and "on_none" in node
    return (node["on_none"], "none_left", at) if is_over else None


def _after_wait(node: Any, world: World, one: Enrolment, due: datetime) -> Any:
    until = node.get("wait_until")
    if not isinstance(until, dict):
        return node.get("next"), "waited"
    if world.dates.get((one.contact, until["attribute"])) is None:
        return node.get("next") if node.get("if_missing") != "exit" else None, "missing"
    return node.get("next"), "past" if due == one.arrived else "waited"


def _after_event(node: Any, world: World, one: Enrolment, horizon: datetime) -> Any:
    due = deadline(node, one.arrived, world, one.contact)
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
    key = (one.number, name) if one.message_node == name else None
    sent, suppressed = world.sent.get(key), world.suppressed.get(key)  # type: ignore[arg-type]
    policy = node.get("if_suppressed", "skip")
    if policy == "wait":
        suppressed = None
    left = sent or (suppressed[0] if suppressed else None)
    if left is not None and max(left, one.arrived) <= horizon:
        at = max(left, one.arrived)
    elif name in one.done and one.arrived <= horizon:
        at = one.arrived
    else:
        return None
    reason = "sent" if sent else suppressed[1] if suppressed else MERGED
    is_over = policy == "exit" and not sent and suppressed
    return None if is_over else node.get("next"), reason, at


def advance(
    journey: Any,
    world: World,
    standing: list[Enrolment],
    ids: Any,
    share: Any,
    name: str = "",
    journeys: Any = None,
) -> None:
    """One run: who enters, and everyone's moves."""
    for one in standing:
        one.contact = world.who(one.contact)
    merged = set() if is_parallel(journey) else _merged(standing)
    if not is_parallel(journey):
        _note_done(journey, world, standing)
    standing += enter(journey, world, standing, ids, name)
    going = [one for one in standing if one.node is not None]
    ends = {one.number: stop_of(journey, world, one, id(one) in merged, name) for one in going}
    movers = [one for one in going if id(one) not in merged]
    for one in going:
        _begin(one, journey, world, ends[one.number], name)
    _go_on(movers, journey, world, ends, share)
    for node in order_of(journey, _targets):
        _give(node, movers, journey, world, ends, {name: journey, **(journeys or {})}, name)
        _go_on(movers, journey, world, ends, share)
    for one in going:
        stop = ends[one.number]
        if stop and one.node is not None:
            one.move(None, stop[2], max(stop[0], one.arrived), journey["nodes"], world)


def _targets(node: Any) -> list[str]:
    named = [node.get(key) for key in ("next", "on_timeout", "on_none", "else")]
    named += [case.get("next") for case in node.get("branch", [])]
    return [one for one in [*named, *node.get("split", {})] if one]


def _give(
    node: str,
    movers: list[Enrolment],
    journey: Any,
    world: World,
    ends: Any,
    journeys: Any,
    name: str,
) -> None:
    """What a node gives in this run to those who stand there and have nothing of it."""
    offer = offer_of(journey["nodes"][node])
    assert offer is not None
    asking = [
        (at, one)
        for one in movers
        if one.node == node and node not in one.done and key_of(offer) not in one.has
        if (at := asks_at(node, world, one)) <= _horizon(ends[one.number], world)
    ]
    drawn = draw(world, journeys, (name, node), asking)
    for _, one in asking:
        if one.number in drawn:
            one.has[key_of(offer)] = drawn[one.number]
        else:
            one.left_out.add(node)


def _horizon(stop: Any, world: World) -> datetime:
    return stop[0] if stop else world.now


def _note_done(journey: Any, world: World, standing: list[Enrolment]) -> None:
    """What the other enrolments of a contact did before a merge."""
    is_never = journey.get("reentry", "never") == "never"
    for one in standing:
        one.done = set()
        for other in standing:
            is_other = other is not one and other.contact == one.contact
            overlaps = other.node is not None or other.arrived > one.entered or is_never
            if one.node is not None and is_other and overlaps:
                one.done |= {str(move[3]) for move in other.moves if move[5] in DONE}
                if (other.number, str(other.node)) in world.sent:
                    one.done.add(str(other.node))


def _merged(standing: list[Enrolment]) -> set[int]:
    first: dict[int, Enrolment] = {}
    going = [one for one in standing if one.node is not None]
    for one in sorted(going, key=lambda e: (e.entered, e.number)):
        first.setdefault(one.contact, one)
    return {id(one) for one in going if first[one.contact] is not one}


def _begin(one: Enrolment, journey: Any, world: World, stop: Any, name: str) -> None:
    """The first move of a run: the entry, or one by hand."""
    nodes = journey["nodes"]
    one.left_out = set()
    one.has = {pool: code for (number, pool), code in world.given.items() if number == one.number}
    if (owner := owner_of(world, one.contact)) is not None:
        one.has["the owner"] = owner
    one.message_node = one.node if one.moves else None
    if not one.moves:
        one.move(one.node, "entered", one.entered, nodes, world)
    elif (order := move_of(world, name, one, nodes)) and (stop is None or order.at < stop[0]):
        one.move(order.target, "moved_by_hand", order.at, nodes, world)
        one.message_node = None


def _go_on(movers: list[Enrolment], journey: Any, world: World, ends: Any, share: Any) -> None:
    """As far as they can go."""
    nodes = journey["nodes"]
    for one in movers:
        horizon = _horizon(ends[one.number], world)
        while one.node is not None:
            step = leave(one.node, journey, world, one, horizon, share)
            if step is None:
                break
            offer = offer_of(nodes[one.node])
            if offer and step[1] == offer.action:
                one.drawn[len(one.moves) + 1] = one.has[key_of(offer)]
            one.move(*step, nodes, world)


def is_parallel(journey: Any) -> bool:
    """Whether a contact may be in it several times at once."""
    return journey.get("reentry") == "each" and "event" in journey["trigger"]


def enter(
    journey: Any, world: World, standing: list[Enrolment], ids: Any, name: str
) -> list[Enrolment]:
    """The enrolments that begin in a run."""
    start = datetime.fromisoformat(journey["starts_on"]) - timedelta(hours=8)
    entered, chosen = list[Enrolment](), set[int]()
    for at, key, named in _moments(journey, world, name):
        contact, number = world.who(named), ids(key)
        if not max(start, world.now - timedelta(days=7)) <= at <= world.now:
            continue
        if at == world.now - timedelta(days=7) or contact in world.deleted:
            continue
        if not may_enter(world, contact, at):
            continue
        if any(one.number == number for one in standing) or contact in chosen:
            continue
        past = [one for one in standing if one.contact == contact]
        if not is_parallel(journey):
            if past and not _again(journey.get("reentry", "never"), past, at):
                continue
            chosen.add(contact)
        entered.append(Enrolment(number, contact, at, journey["start"], at))
    return entered


def _moments(journey: Any, world: World, name: str) -> list[tuple[datetime, int, int]]:
    by_hand, by_journeys = starts(world, name), starts_by_journeys(world, name)
    return sorted({*triggers(journey["trigger"], world), *by_hand, *by_journeys})


def _again(reentry: Any, past: list[Enrolment], at: datetime) -> bool:
    if reentry == "never" or any(one.node is not None for one in past):
        return False
    if at <= max(one.arrived for one in past):
        return False
    last = max(one.entered for one in past)
    return reentry == "each" or at >= last + timedelta(days=reentry["after_days"])
