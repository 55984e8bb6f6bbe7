"""A slow, plain reading of a journey, one contact at a time: what the compiled SQL must equal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.dbt_project.journey_actions import starts_by_journeys, stops_by_journeys
from tests.dbt_project.journey_offers import draw, offer_of, order_of, owner_of
from tests.dbt_project.journey_orders import may_enter, move_of, starts, stops
from tests.dbt_project.journey_triggers import triggers
from tests.dbt_project.journey_world import Enrolment, World, deadline, span

MERGED = "done_before_merge"
DONE = {"sent", MERGED, "add_tag", "remove_tag", "points", "enter", "leave"}
DONE |= {"add_to", "remove_from", "call", "give_coupon", "assign"}


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
    if suppressed and not sent and (policy == "exit" or "on_suppressed" in node):
        return node.get("on_suppressed"), reason, at
    return node.get("next"), reason, at


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
    merged = set() if is_parallel(journey) else _merged(standing, journey["nodes"])
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
    named = [node.get(key) for key in ("next", "on_timeout", "on_none", "on_suppressed", "else")]
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


def _merged(standing: list[Enrolment], nodes: Any) -> set[int]:
    """Those that end in favour of another: who is longest on its way goes on, and one whose node
    was taken out only where there is no other.
    """
    first: dict[int, Enrolment] = {}
    going = [one for one in standing if one.node is not None]
    for one in sorted(going, key=lambda e: (e.node not in nodes, e.entered, e.number)):
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
