"""The graph of a journey as lines of text: for the terminal, and for Dagster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sluice.orchestration.journeys.graph import Graph, Node, Way
from sluice.orchestration.journeys.words import Language, say


def outline(graph: Graph) -> list[str]:
    """The journey, then each node in topological order with its ways and how many took them."""
    lines = [headline(graph), say("trigger", graph.language, graph.trigger)]
    if graph.has_figures:
        lines.append(totals(graph))
    for node in graph.nodes:
        lines += _node(node, graph)
    return lines


def headline(graph: Graph) -> str:
    """Label, name, version and owner."""
    version = say("version", graph.language, graph.version)
    return (
        f"{graph.label} ({graph.journey}), {version}, {say('owner', graph.language, graph.owner)}"
    )


def totals(graph: Graph) -> str:
    """How many entered, are inside, and ended why."""
    language = graph.language
    words = [
        say("entered", language, f"{graph.entered:,}"),
        say("inside", language, f"{graph.inside:,}"),
    ]
    if graph.ended:
        words.append(say("ended", language, by_reason(graph.ended)))
    return "; ".join(words)


def by_reason(counts: Mapping[str, int]) -> str:
    """``finished 3, goal 1``."""
    return ", ".join(f"{reason} {count:,}" for reason, count in counts.items())


def standing(node: Node, language: Language) -> str:
    """``3 here, 1 overdue``; nothing where nobody stands."""
    words = [say("here", language, f"{node.here:,}")] if node.here else []
    if node.overdue:
        words.append(say("overdue", language, f"{node.overdue:,}"))
    return ", ".join(words)


def _node(node: Node, graph: Graph) -> Iterator[str]:
    mark = "●" if node.name == graph.start else "○"
    people = standing(node, graph.language)
    yield f"{mark} {node.name}  {node.words}{f'  [{people}]' if people else ''}"
    rows = [_way(way, graph) for way in node.ways]
    rows += [_other(node, graph.language)] if node.other else []
    for number, row in enumerate(rows, start=1):
        yield f"{'└' if number == len(rows) else '├'}─ {row}"


def _way(way: Way, graph: Graph) -> str:
    target = way.target or say("end", graph.language)
    words = " → ".join(part for part in (way.label, target) if part)
    if not graph.has_figures:
        return words
    reasons = f" ({by_reason(way.passed)})" if way.reasons is None and way.passed else ""
    return f"{words}  {way.count:,}{reasons}"


def _other(node: Node, language: Language) -> str:
    return say("other", language, by_reason(node.other))
