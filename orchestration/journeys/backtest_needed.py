"""Which models a journey needs each day: most segments and scorecards of a project it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sluice.orchestration.dbt.isolation import is_leaf

PRUNED = ("segments", "scoring")  # kinds of leaves that stay as they are where nothing names them
Nodes = Mapping[str, Any]


def needed_models(manifest: Nodes, start: Iterable[str], follows_segments: bool) -> set[str]:
    """The unique ids of ``start`` (names) and what they depend on. A segment or scorecard is needed
    where a model names it, not where a union finds it; ``follows_segments``: all segments are,
    since those of an audience outrank one another.
    """
    names = set(start)
    first = {key for key, node in manifest["nodes"].items() if node["name"] in names}
    unions = {"segments"} if follows_segments else set()
    while True:
        found = _above(manifest, first, unions)
        more = {kind for key in found for kind in _read_whole(manifest, key)} - unions
        if not more:
            return found
        unions |= more


def _above(manifest: Nodes, first: set[str], unions: set[str]) -> set[str]:
    found: set[str] = set()
    frontier = set(first)
    while frontier:
        found |= frontier
        frontier = {one for key in frontier for one in _parents(manifest, key, unions)} - found
    return found


def _parents(manifest: Nodes, key: str, unions: set[str]) -> Iterator[str]:
    nodes = manifest["nodes"]
    for parent in manifest["parent_map"].get(key, []):
        is_union = is_leaf(nodes.get(parent)) and not is_leaf(nodes.get(key))
        if not is_union or (kind := nodes[parent]["fqn"][1]) not in PRUNED or kind in unions:
            yield parent


def _read_whole(manifest: Nodes, key: str) -> Iterator[str]:
    """The kinds that a model of an author reads without naming one: it may need any of them."""
    nodes = manifest["nodes"]
    node = nodes.get(key)
    if node is None or (node["package_name"] == "sluice" and not is_leaf(node)):
        return
    parents = [nodes[one] for one in manifest["parent_map"].get(key, []) if one in nodes]
    for kind in PRUNED:
        of_kind = [one for one in parents if one["fqn"][1] == kind]
        if of_kind and node["fqn"][1] != kind and not any(is_leaf(one) for one in of_kind):
            yield kind
