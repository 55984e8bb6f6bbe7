"""Which segments there are, how large, and where their members go."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.project import PACKAGE_NAME
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.warehouse.base import MissingTableError
from sluice.orchestration.warehouse.reader import open_warehouse

PREFIX = "seg_"
SIZES = """
select segment, count(*) as members, count(*) filter (is_held_out) as held_out,
    count(*) filter (outranked_by is not null) as outranked
from segments.segment_members group by segment
"""
CHANGES = """
select segment, max(changed_at) as changed_at, count(*) filter (change = 'entered') as entered,
    count(*) filter (change = 'exited') as exited
from segments.segment_changes as c
where changed_at = (select max(changed_at) from segments.segment_changes as l
    where l.segment = c.segment)
group by segment
"""


def list_segments(settings: Settings, manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every segment of the project: label, owner, size, last change, and what uses it. Sizes are
    null before the first run.
    """
    sizes, changes = _rows(settings, SIZES), _rows(settings, CHANGES)
    listed = []
    for name, node in sorted(segment_nodes(manifest).items()):
        meta = node["config"].get("meta", {}).get("segment", {})
        label = meta.get("label", {})
        size, change = sizes.get(name, {}), changes.get(name, {})
        listed.append(
            {
                "segment": name,
                "label_en": label.get("en", name),
                "label_zh": label.get("zh", name),
                "owner": meta.get("owner"),
                "members": size.get("members", 0 if sizes else None),
                "held_out": size.get("held_out", 0),
                "outranked": size.get("outranked", 0),
                "last_change": change.get("changed_at"),
                "entered": change.get("entered", 0),
                "exited": change.get("exited", 0),
                "used_by": uses(manifest, node["unique_id"]),
                "description": node["description"],
                "file": file_of(node),
            }
        )
    return listed


def file_of(node: Mapping[str, Any]) -> str:
    """The file of a model from the folder of the project."""
    path = str(node["original_file_path"])
    is_ours = node["package_name"] == PACKAGE_NAME
    return f"dbt_packages/{PACKAGE_NAME}/{path}" if is_ours else path


def segment_nodes(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """{segment: its dbt node}."""
    nodes = (
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == "segments"
    )
    return {
        str(node["name"]).removeprefix(PREFIX): node
        for node in nodes
        if str(node["name"]).startswith(PREFIX)
    }


def segment_node(manifest: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The node of one segment. Raises ConfigurationError that suggests near names."""
    nodes = segment_nodes(manifest)
    wanted = name.removeprefix(PREFIX)
    if wanted not in nodes:
        near = difflib.get_close_matches(wanted, nodes, n=3, cutoff=0.5)
        raise ConfigurationError(
            f"there is no segment {wanted}",
            f"use {' or '.join(near)}" if near else "see `sluice segments list` for the names",
        )
    return nodes[wanted]


def uses(manifest: Mapping[str, Any], unique_id: str) -> list[str]:
    """The campaigns, syncs and segments that name the segment, with their destination: ``campaign x
    -> smtp``.
    """
    children = (manifest["nodes"].get(key) for key in manifest["child_map"].get(unique_id, []))
    return sorted(text for node in children if node is not None and (text := _use(node)))


def _use(node: Mapping[str, Any]) -> str:
    name, meta = str(node["name"]), node["config"].get("meta", {})
    for kind in ("campaign", "sync"):
        if name.startswith(f"{kind}_"):
            return (
                f"{kind} {name.removeprefix(f'{kind}_')} ->"
                f" {meta.get(kind, {}).get('destination', '?')}"
            )
    return f"segment {name.removeprefix(PREFIX)}" if name.startswith(PREFIX) else ""


def _rows(settings: Settings, sql: str) -> dict[str, dict[str, Any]]:
    """Rows by segment; none on a home where nothing was decided yet."""
    if not settings.warehouse.exists():
        return {}
    with open_warehouse(settings.warehouse) as connection:
        try:
            return {row["segment"]: row for row in connection.execute(sql).records()}
        except MissingTableError:
            return {}
