"""Random edits of a journey, by a seed: each leaves a journey that can run."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from sluice.models.journey import JourneyConfig
from tests.dbt_project.journey_project import MESSAGE
from tests.dbt_project.random_journeys import _targets

Nodes = dict[str, Any]
PLAIN = ("wait", "wait_until", "message")  # nodes that lead to one


def random_edit(chance: random.Random, journey: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """(what was done, the journey after it). Nodes that nothing leads to any more are gone."""
    kinds = list(EDITS)
    chance.shuffle(kinds)
    for kind in kinds:
        made = copy.deepcopy(journey)
        if EDITS[kind](chance, made):
            _drop_unreached(made)
            if _can_run(made):
                return kind, made
    raise AssertionError("a wait can always be put in")


def _insert(chance: random.Random, journey: Any) -> bool:
    """A new node before an old one; the first gets one too."""
    nodes, name = journey["nodes"], _new_name(journey["nodes"])
    before = chance.choice(list(nodes))
    body = chance.choice([{"wait": f"{chance.randint(1, 30)} hours"}, MESSAGE])
    _lead_elsewhere(journey, before, name)
    _set_nodes(journey, {name: {**body, "next": before}}, before)
    return True


def _delete(chance: random.Random, journey: Any) -> bool:
    nodes = journey["nodes"]
    found = [
        name
        for name, node in nodes.items()
        if node.get("next")
        and not any(node["next"] in one.get("split", {}) for one in _of(nodes, name))
    ]
    if not found:
        return False
    gone = chance.choice(found)
    _lead_elsewhere(journey, gone, nodes.pop(gone)["next"])
    return True


def _rename(chance: random.Random, journey: Any) -> bool:
    old, new = chance.choice(list(journey["nodes"])), _new_name(journey["nodes"])
    _lead_elsewhere(journey, old, new)
    items = journey["nodes"].items()
    journey["nodes"] = {new if name == old else name: node for name, node in items}
    return True


def _reorder(chance: random.Random, journey: Any) -> bool:
    """Two plain nodes, one after the other, change places."""
    nodes = journey["nodes"]
    pairs = [
        (name, node["next"])
        for name, node in nodes.items()
        if _is_plain(node) and node.get("next") and _is_plain(nodes[node["next"]])
        and not any(node["next"] in one.get("split", {}) for one in _of(nodes, name))
    ]  # fmt: skip
    if not pairs:
        return False
    first, second = chance.choice(pairs)
    after = nodes[second].get("next")
    _lead_elsewhere(journey, first, second)
    nodes[second]["next"], moved = first, nodes.pop(first)
    rest = list(nodes.items())
    at = [name for name, _ in rest].index(second) + 1
    journey["nodes"] = dict([*rest[:at], (first, {**moved, "next": after}), *rest[at:]])
    return True


def _split(chance: random.Random, journey: Any) -> bool:
    """A plain node becomes a split between where it led and a later node."""
    nodes, names = journey["nodes"], list(journey["nodes"])
    found = [
        (name, other)
        for at, name in enumerate(names)
        for other in names[at + 1 :]
        if _is_plain(nodes[name]) and nodes[name].get("next") not in (None, other)
    ]
    if not found:
        return False
    name, other = chance.choice(found)
    share = chance.randint(0, 100)
    nodes[name] = {"split": {nodes[name]["next"]: share, other: 100 - share}}
    return True


def _change_wait(chance: random.Random, journey: Any) -> bool:
    waits = [node for node in journey["nodes"].values() if {"wait", "wait_for"} & set(node)]
    if not waits:
        return False
    node = chance.choice(waits)
    node["wait" if "wait" in node else "at_most"] = f"{chance.randint(1, 90)} hours"
    return True


EDITS: dict[str, Callable[[random.Random, Any], bool]] = {
    "insert": _insert,
    "delete": _delete,
    "rename": _rename,
    "reorder": _reorder,
    "split": _split,
    "change of a wait": _change_wait,
}


def _can_run(journey: Any) -> bool:
    """Whether lint would let it: two nodes that change places can close a loop."""
    try:
        JourneyConfig(**journey)
    except ValidationError:
        return False
    return True


def _is_plain(node: Any) -> bool:
    return any(kind in node for kind in PLAIN)


def _of(nodes: Nodes, name: str) -> list[Any]:
    """The nodes that lead to one."""
    return [node for node in nodes.values() if name in _targets(node)]


def _lead_elsewhere(journey: Any, old: str, new: str | None) -> None:
    """Whatever leads to ``old`` leads to ``new``."""
    if journey["start"] == old:
        journey["start"] = new
    for node in journey["nodes"].values():
        for place in (node, *node.get("branch", [])):
            for key in ("next", "on_timeout", "on_none", "on_suppressed", "else"):
                if place.get(key) == old:
                    place[key] = new
        if old in node.get("split", {}):
            shares = node["split"].items()
            node["split"] = {new if name == old else name: share for name, share in shares}


def _set_nodes(journey: Any, new: Nodes, before: str) -> None:
    items = list(journey["nodes"].items())
    at = [name for name, _ in items].index(before)
    journey["nodes"] = dict([*items[:at], *new.items(), *items[at:]])


def _new_name(nodes: Nodes) -> str:
    return next(name for n in range(1_000) if (name := f"x{n}") not in nodes)


def _drop_unreached(journey: Any) -> None:
    nodes = journey["nodes"]
    reached, frontier = set[str](), {journey["start"]}
    while frontier:
        reached |= frontier
        frontier = {one for name in frontier for one in _targets(nodes[name])} - reached
    journey["nodes"] = {name: node for name, node in nodes.items() if name in reached}
