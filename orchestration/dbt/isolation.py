"""Building around what is broken: a failed segment stops only what depends on it
(docs/decisions/0008).

The leaves are the models an author adds a file for: segments, campaigns, syncs, score models,
lifecycles, tags, facts, journeys. Each is united with its kind by a model that finds them by
name. dbt skips everything below a failed node, that union too; so the leaves that failed, and those
that really depend on them, are named in the variable ``broken``, the unions do without them, and
what was skipped is built.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sluice.orchestration.dbt.project_files import LEAVES
from sluice.orchestration.dbt.results import NodeResult
from sluice.orchestration.dbt.runner import Dbt

ROUNDS = 5  # a leaf that was skipped can fail itself when its turn comes


def build_around_failures(
    dbt: Dbt,
    as_of: datetime,
    *,
    select: Sequence[str] = (),
    exclude: Sequence[str] = (),
    left_out: Sequence[str] = (),
) -> tuple[list[NodeResult], list[str]]:
    """``dbt build``, then again without the broken leaves, until nothing more can be built.
    ``left_out``: leaves that are to count as broken from the start.

    Returns the last result of each node, and the names of the models that were stopped: failed, or
    below one that did.
    """
    results = {
        result.unique_id: result
        for result in dbt.build(as_of, select=select, exclude=exclude, broken=left_out)
    }
    if (
        not dbt.unreadable
        and not left_out
        and all(result.is_success for result in results.values())
    ):
        return list(results.values()), []
    broken, manifest = find_broken(dbt, results.values(), left_out)
    for _ in range(ROUNDS):
        names = _unbuilt(manifest, results, broken)
        if not names:
            break
        again = dbt.build(as_of, select=names, broken=sorted(broken))
        results |= {result.unique_id: result for result in again}
        broken, manifest = find_broken(dbt, results.values(), broken)
    return list(results.values()), stopped_models(manifest, results.values(), broken)


def find_broken(
    dbt: Dbt, results: Iterable[NodeResult], known: Iterable[str] = ()
) -> tuple[set[str], dict[str, Any]]:
    """Names of the leaves that failed, or depend on what failed otherwise than by a union; and the
    manifest without them.
    """
    failed, broken = _failed(results), {*known, *dbt.unreadable}
    while True:
        manifest = dbt.manifest_without(sorted(broken))
        below = _below(manifest, failed | _keys(manifest, broken), broken)
        found = {
            str(manifest["nodes"][key]["name"])
            for key in below
            if is_leaf(manifest["nodes"].get(key))
        }
        if found <= broken:
            return broken, manifest
        broken |= found


def is_leaf(node: Mapping[str, Any] | None) -> bool:
    """True for a model that an author adds, and that a union finds by its name."""
    return (
        node is not None
        and node["resource_type"] == "model"
        and str(node["name"]).startswith(LEAVES.get(str(node["fqn"][1]), "\0"))
    )


def stopped_models(
    manifest: Mapping[str, Any], results: Iterable[NodeResult], broken: Iterable[str]
) -> list[str]:
    """Names of the models that this build did not make: what they hold is of an earlier day."""
    nodes = manifest["nodes"]
    unmade = {r.unique_id for r in results if not r.is_success and r.unique_id in nodes}
    return sorted(
        {str(nodes[key]["name"]) for key in unmade if nodes[key]["resource_type"] == "model"}
        | set(broken)
    )


def _failed(results: Iterable[NodeResult]) -> set[str]:
    return {
        result.unique_id
        for result in results
        if not result.is_success and result.status != "skipped"
    }


def _keys(manifest: Mapping[str, Any], names: Iterable[str]) -> set[str]:
    wanted = set(names)
    return {
        key
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["name"] in wanted
    }


def _below(manifest: Mapping[str, Any], start: set[str], broken: set[str]) -> set[str]:
    """What hangs on ``start``. From a leaf that is not broken only to other leaves: its other
    children may be unions of leaves, which do without it once it is. A failed test counts for the
    model it is attached to.
    """
    nodes, children = manifest["nodes"], manifest["child_map"]
    found: set[str] = set()
    frontier = start | {
        nodes[key]["attached_node"]
        for key in start
        if key in nodes and nodes[key].get("attached_node")
    }
    while frontier:
        found |= frontier
        frontier = {
            child
            for key in frontier
            for child in children.get(key, [])
            if _leads_to(nodes, key, child, broken)
        } - found
    return found


def _leads_to(nodes: Mapping[str, Any], key: str, child: str, broken: set[str]) -> bool:
    node = nodes.get(key)
    return not is_leaf(node) or nodes[key]["name"] in broken or is_leaf(nodes.get(child))


def _unbuilt(
    manifest: Mapping[str, Any], results: Mapping[str, NodeResult], broken: set[str]
) -> list[str]:
    """Names of the nodes that were skipped and can be built without the broken leaves."""
    nodes = manifest["nodes"]
    stopped = _below(manifest, _failed(results.values()) | _keys(manifest, broken), broken)
    skipped = [
        key for key, result in results.items() if result.status == "skipped" and key in nodes
    ]
    return sorted(str(nodes[key]["name"]) for key in skipped if key not in stopped)
