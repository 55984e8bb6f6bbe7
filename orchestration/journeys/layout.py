"""Where the nodes of a graph stand on a drawing: layers from top to bottom, few crossings.

A way that skips layers goes through a bend in each of them, so that it crosses no node.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Edge = tuple[str, str]
Point = tuple[str, int]  # a node, or an edge in a layer that it passes: "a>b"
NODE_SPACE, BEND_SPACE = 260.0, 180.0
SWEEPS = 8


@dataclass(frozen=True)
class Layout:
    """``nodes``: {node: (x of its middle, layer)}; ``routes``: {edge: the x in each layer from its
    source to its target}; ``layers``: how many there are.
    """

    nodes: Mapping[str, tuple[float, int]]
    routes: Mapping[Edge, list[float]]
    layers: int
    width: float


def lay_out(names: Sequence[str], edges: Sequence[Edge]) -> Layout:
    """The places of nodes given in topological order."""
    depth = _depths(names, edges)
    chains = {edge: _chain(edge, depth) for edge in edges}
    rows = _rows(names, depth, chains)
    links = [pair for chain in chains.values() for pair in pairwise(chain)]
    for sweep in range(SWEEPS):
        _sort(rows, links, is_downwards=sweep % 2 == 0)
    x = _places(rows, links)
    left, right = min(x.values()), max(x.values())
    shifted = {point: value - left + NODE_SPACE / 2 for point, value in x.items()}
    return Layout(
        nodes={name: (shifted[name, depth[name]], depth[name]) for name in names},
        routes={edge: [shifted[point] for point in chain] for edge, chain in chains.items()},
        layers=len(rows),
        width=right - left + NODE_SPACE,
    )


def _depths(names: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    depth = dict.fromkeys(names, 0)
    for name in names:
        for source, target in edges:
            if source == name:
                depth[target] = max(depth[target], depth[name] + 1)
    return depth


def _chain(edge: Edge, depth: Mapping[str, int]) -> list[Point]:
    source, target = edge
    between = range(depth[source] + 1, depth[target])
    bends = [(f"{source}>{target}", layer) for layer in between]
    return [(source, depth[source]), *bends, (target, depth[target])]


def _rows(
    names: Sequence[str], depth: Mapping[str, int], chains: Mapping[Edge, list[Point]]
) -> list[list[Point]]:
    points = [(name, depth[name]) for name in names]
    points += [point for chain in chains.values() for point in chain[1:-1]]
    count = max(depth.values(), default=0) + 1
    return [[point for point in points if point[1] == layer] for layer in range(count)]


def _sort(
    rows: list[list[Point]], links: Sequence[tuple[Point, Point]], *, is_downwards: bool
) -> None:
    """Order each row by the mean place of what its points are linked to in the row before."""
    order = rows if is_downwards else rows[::-1]
    for before, row in pairwise(order):
        place = {point: number for number, point in enumerate(before)}
        own = {point: number for number, point in enumerate(row)}
        row.sort(key=lambda point: _mean(_linked(point, links, place), own[point]))


def _linked(
    point: Point, links: Sequence[tuple[Point, Point]], place: Mapping[Point, float]
) -> list[float]:
    ends = [(a if b == point else b) for a, b in links if point in (a, b)]
    return [place[end] for end in ends if end in place]


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _space(point: Point) -> float:
    return BEND_SPACE if ">" in point[0] else NODE_SPACE


def _places(
    rows: Sequence[Sequence[Point]], links: Sequence[tuple[Point, Point]]
) -> dict[Point, float]:
    """The x of each point: near the points it is linked to, with room beside it."""
    x: dict[Point, float] = {}
    for row in rows:
        x |= _spread(row, dict.fromkeys(row, 0.0))
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 else rows[::-1]:
            x |= _spread(row, {point: _mean(_linked(point, links, x), x[point]) for point in row})
    return x


def _spread(row: Sequence[Point], wanted: Mapping[Point, float]) -> dict[Point, float]:
    """As wanted, but moved apart; the row keeps the mean that was wanted."""
    placed: dict[Point, float] = {}
    for number, point in enumerate(row):
        least = wanted[point]
        if number:
            before = row[number - 1]
            least = placed[before] + (_space(before) + _space(point)) / 2
        placed[point] = max(wanted[point], least)
    shift = _mean([wanted[point] - placed[point] for point in row], 0.0)
    return {point: value + shift for point, value in placed.items()}
