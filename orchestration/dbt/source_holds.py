"""What waits when a source could not be landed: the campaigns and syncs whose rows are made of it.

The decisions are made all the same, of the rows landed before; only what would be sent
because of them is held.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

OUTBOXES = ("campaign_", "sync_")  # united by models that everything sent passes through


def waiting_models(manifest: Mapping[str, Any], sources: Collection[str]) -> list[str]:
    """Names of the models of the folder ``activation`` that are made of these sources. From a
    campaign or sync the way does not go on to the unions of all of them: those are in the list only
    where another way leads to them, as from consents.
    """
    nodes, children = manifest["nodes"], manifest["child_map"]
    frontier = {
        key for key, source in manifest["sources"].items() if source["source_name"] in sources
    }
    found: set[str] = set()
    while frontier:
        found |= frontier
        frontier = {
            child
            for key in frontier
            for child in children.get(key, [])
            if not _is_outbox(nodes.get(key)) or _is_outbox(nodes.get(child))
        } - found
    return sorted(str(nodes[key]["name"]) for key in found if _is_in_activation(nodes.get(key)))


def _is_in_activation(node: Mapping[str, Any] | None) -> bool:
    return node is not None and node["resource_type"] == "model" and node["fqn"][1] == "activation"


def _is_outbox(node: Mapping[str, Any] | None) -> bool:
    return node is not None and _is_in_activation(node) and str(node["name"]).startswith(OUTBOXES)
