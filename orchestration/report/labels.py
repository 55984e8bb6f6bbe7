"""What the project calls its segments, journeys, campaigns: their labels, and which there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sluice.models.journey import journey_name
from sluice.orchestration.authoring.segments.catalog import segment_nodes
from sluice.orchestration.journeys.reading import read_journeys
from sluice.orchestration.plan.activation_registry import find_activations
from sluice.orchestration.report.values import Labels

COLUMNS = {"campaign": ("campaign", "activation"), "sync": ("activation",)}  # that name one


def read_labels(manifest: Mapping[str, Any]) -> Labels:
    """{(column, value): label by language} of what has a label in its yml."""
    return {key: label for key, label in _labels(manifest) if label}


def known_names(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """The campaigns, channels and segments of the project: what may have no row yet."""
    campaigns = [one for one in find_activations(manifest, []) if one.kind == "message"]
    channels = {str(getattr(one.config, "channel", "")) for one in campaigns}
    return {
        "campaign": sorted(one.name for one in campaigns),
        "channel": sorted(channels - {""}),
        "segment": sorted(segment_nodes(manifest)),
    }


def _labels(manifest: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], dict[str, str]]]:
    for name, node in segment_nodes(manifest).items():
        meta = (node.get("config") or {}).get("meta") or {}
        yield ("segment", name), (meta.get("segment") or {}).get("label") or {}
    for node in manifest["nodes"].values():
        kind, _, name = str(node["name"]).partition("_")
        label = ((node.get("config") or {}).get("meta") or {}).get("label")
        for column in COLUMNS.get(kind, ()) if node["fqn"][1] == "activation" else ():
            yield (column, name), label if isinstance(label, dict) else {}
    for journey in read_journeys(manifest):
        label = journey.newest.written.get("label")
        yield ("journey", journey_name(journey.name)), label if isinstance(label, dict) else {}
