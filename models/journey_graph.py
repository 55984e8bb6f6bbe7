"""The graph of a journey: which nodes lead where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class HasTargets(Protocol):
    """A node that says which nodes it leads to."""

    def targets(self) -> list[str]:
        """Their names."""


Nodes = Mapping[str, HasTargets]


def nodes_problems(start: str, nodes: Nodes) -> list[tuple[str, str]]:
    """(node, what is wrong): a way to a node that is none, a node that nothing leads to, a loop."""
    found = [
        (f"nodes.{name}", f"leads to {target}, and there is no such node")
        for name, node in nodes.items()
        for target in node.targets()
        if target not in nodes
    ]
    if start not in nodes:
        return [*found, ("start", f"there is no node {start}")]
    reached, order = _reached(start, nodes), topological_order(nodes)
    found += [(f"nodes.{name}", "nothing leads to it") for name in nodes if name not in reached]
    loop = "is in a loop, or behind one: end the journey, and let reentry take the contact in again"
    return [*found, *((f"nodes.{name}", loop) for name in nodes if name not in order)]


def topological_order(nodes: Nodes) -> list[str]:
    """The nodes, each after all that lead to it; those of a loop and behind it are left out."""
    order: list[str] = []
    for _ in nodes:
        for name in nodes:
            waiting = [one for one in nodes if one not in order and name in nodes[one].targets()]
            if name not in order and not waiting:
                order.append(name)
    return order


def _reached(start: str, nodes: Nodes) -> set[str]:
    found, frontier = set[str](), {start}
    while frontier:
        found |= frontier
        frontier = {one for name in frontier for one in nodes[name].targets() if one in nodes}
        frontier -= found
    return found
