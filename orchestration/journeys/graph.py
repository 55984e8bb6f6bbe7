"""The graph of a journey with its people: what the terminal, the SVG and Dagster show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sluice.models.journey import JourneyConfig
from sluice.models.journey_graph import topological_order
from sluice.orchestration.journeys.figures import Row
from sluice.orchestration.journeys.reading import Journey, Version
from sluice.orchestration.journeys.words import (
    Language,
    Written,
    condition_words,
    kind_of,
    node_words,
    say,
    trigger_words,
)

# what ends or moves an enrolment at any node, besides the exits of the journey
OUTSIDE = frozenset(
    {
        *("goal", "deleted", "merged", "withdrawn", "handed_over", "stopped_by_hand"),
        *("left_by_journey", "moved_by_hand", "migrated"),
    }
)


@dataclass
class Way:
    """A way out of a node: ``target`` is None where it ends the enrolment. ``reasons`` of the moves
    that took it, None for every one that no other way has; ``passed``: moves by reason.
    """

    target: str | None
    label: str
    reasons: frozenset[str] | None
    passed: dict[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many moves took it."""
        return sum(self.passed.values())


@dataclass
class Node:
    """A node with who stands there; ``other``: moves by reason that took none of its ways, as those
    who reached the goal there.
    """

    name: str
    kind: str
    words: str
    ways: list[Way]
    here: int = 0
    overdue: int = 0
    other: dict[str, int] = field(default_factory=dict)


@dataclass
class Graph:
    """A version of a journey, its nodes in topological order. ``has_figures`` is False where no run
    has built it; ``stopped``: {node: people} of nodes that the version does not have any more.
    """

    journey: str
    label: str
    version: int
    owner: str
    trigger: str
    start: str
    language: Language
    nodes: list[Node]
    has_figures: bool = False
    entered: int = 0
    ended: dict[str, int] = field(default_factory=dict)
    stopped: dict[str, int] = field(default_factory=dict)

    @property
    def inside(self) -> int:
        """How many stand in this version."""
        return sum(node.here for node in self.nodes) + sum(self.stopped.values())

    def as_json(self) -> dict[str, Any]:
        """Plain data: ``passed`` of a way by reason; sets and the language are left out."""
        found = asdict(self) | {"inside": self.inside}
        for node in found["nodes"]:
            for way in node["ways"]:
                del way["reasons"]
        del found["language"]
        return found


def build_graph(
    journey: Journey,
    version: Version,
    config: JourneyConfig,
    figures: Mapping[str, Any] | None,
    language: Language,
) -> Graph:
    """The graph of one version; ``figures`` as ``read_figures`` gives them."""
    graph = Graph(
        journey=journey.name,
        label=version.label(language),
        version=version.number,
        owner=config.owner,
        trigger=trigger_words(version.written["trigger"], language),
        start=config.start,
        language=language,
        nodes=_nodes(version, config, language),
    )
    if figures is not None and (version.model in figures["models"] or figures["ends"]):
        graph.has_figures = True
        _count(graph, version, figures)
    return graph


def _nodes(version: Version, config: JourneyConfig, language: Language) -> list[Node]:
    found = []
    for name in topological_order(config.nodes):
        written = version.written["nodes"][name]
        ways = _ways(written, config.nodes[name].targets(), language)
        found.append(Node(name, kind_of(written), node_words(written, language), ways))
    return found


def _ways(node: Written, targets: Iterable[str], language: Language) -> list[Way]:
    """The ways of a node, those that end the enrolment included."""
    kind, following = kind_of(node), node.get("next")
    if kind == "branch":
        return [*_cases(node, language), _way(node.get("else"), "else", language)]
    if kind == "split":
        split = node["split"].items()
        return [Way(name, f"{share} %", frozenset({"split"})) for name, share in split]
    if kind == "wait_for":
        late = _way(node.get("on_timeout"), "timed_out", language)
        return [_way(following, "happened", language), late]
    if kind == "message":
        sent = Way(following, say("sent", language), frozenset({"sent", "done_before_merge"}))
        return [sent, *_unsent(node, language)]
    if kind == "exit":
        return [Way(None, "", frozenset({str(node["exit"])}))]
    if kind in {"wait", "wait_until"}:
        missing = [_way(None, "missing", language)] if node.get("if_missing") == "exit" else []
        return [Way(following, "", frozenset({"waited", "past", "missing"})), *missing]
    if node.get("on_none"):
        return [Way(following, "", None), _way(node["on_none"], "none_left", language)]
    return [Way(one, "", None) for one in targets or (None,)]


def _way(target: str | None, reason: str, language: Language) -> Way:
    return Way(target, say(reason, language), frozenset({reason}))


def _cases(node: Written, language: Language) -> Iterator[Way]:
    for number, case in enumerate(node["branch"], start=1):
        words = condition_words(case["when"], language)
        yield Way(case.get("next"), words, frozenset({f"branch_{number}"}))


def _unsent(node: Written, language: Language) -> Iterator[Way]:
    """The way of a message that is never sent; where it is waited for, there is none."""
    policy = node.get("if_suppressed", "skip")
    if policy != "wait":
        target = node.get("on_suppressed") or (node.get("next") if policy == "skip" else None)
        yield Way(target, say("not_sent", language), None)


def _count(graph: Graph, version: Version, figures: Mapping[str, Any]) -> None:
    nodes = {node.name: node for node in graph.nodes}
    outside = OUTSIDE | {str(one.get("reason")) for one in version.written.get("exits") or ()}
    for row in _of(version, figures["standing"]):
        if (node := nodes.get(row["node"])) is None:
            graph.stopped[row["node"]] = row["here"]
        else:
            node.here += row["here"]
            node.overdue += row["overdue"]
    for row in _of(version, figures["moves"]):
        if (left := nodes.get(row["from_node"])) is not None:
            _add(_taken(left, row, outside), row)
    for row in _of(version, figures["ends"]):
        graph.entered += row["enrolments"]
        if row["end_reason"] is not None:
            graph.ended[row["end_reason"]] = row["enrolments"]


def _of(version: Version, rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["version"] == version.number]


def _taken(node: Node, row: Row, outside: frozenset[str]) -> dict[str, int]:
    """The counter of the way that a move took."""
    reason, target = row["reason"], row["to_node"]
    ways = [way for way in node.ways if way.target == target]
    for way in ways:
        if way.reasons is not None and reason in way.reasons:
            return way.passed
    rest = [way.passed for way in ways if way.reasons is None]
    return rest[0] if rest and reason not in outside else node.other


def _add(counter: dict[str, int], row: Row) -> None:
    reason = row["reason"] or "end"
    counter[reason] = counter.get(reason, 0) + row["passed"]
