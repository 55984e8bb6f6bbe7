"""The pages of all segments, journeys, campaigns and syncs after the decisions of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sluice.orchestration.asset_pages.column_lineage import describe_columns
from sluice.orchestration.asset_pages.messages import describe_messages, journey_samples
from sluice.orchestration.asset_pages.segments import describe_segments
from sluice.orchestration.asset_pages.syncs import describe_syncs
from sluice.orchestration.asset_pages.tables import Metadata
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.journeys.asset import count_journeys
from sluice.orchestration.journeys.reading import read_journeys
from sluice.orchestration.plan.activation_registry import find_activations
from sluice.orchestration.runs.progress import tell
from sluice.orchestration.warehouse.base import Session
from sluice.orchestration.warehouse.reader import open_warehouse

Pages = Mapping[str, Metadata]  # by unique_id of the dbt node


def describe_decided(settings: Settings, manifest: Mapping[str, Any], as_of: datetime) -> Pages:
    """{unique_id: what its asset shows} as of the logical time of a run (aware). What cannot be
    read, since a model of it failed, is left out: no run fails for what is shown of it.
    """
    now = as_of.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    ids = _models(manifest)
    activations = find_activations(manifest, [])
    nodes = {name: manifest["nodes"][key] for name, key in ids.items()}

    def by_id(pages: Mapping[str, Metadata]) -> Pages:
        return {ids[name]: page for name, page in pages.items() if name in ids}

    parts: list[Callable[[Session], Pages]] = [
        lambda session: describe_segments(session, manifest, now),
        lambda session: count_journeys(settings, manifest, as_of),
        lambda session: by_id(describe_messages(session, activations)),
        lambda session: by_id(describe_syncs(session, nodes, activations)),
        lambda session: _people_in_journeys(session, manifest, ids),
        lambda session: describe_columns(settings, manifest),
    ]
    found: dict[str, dict[str, Any]] = {}
    with open_warehouse(settings.warehouse) as session:
        for part in parts:
            for key, page in _try(part, session).items():
                found.setdefault(key, {}).update(page)
    return found


def _try(part: Callable[[Session], Pages], session: Session) -> Pages:
    try:
        return part(session)
    except Exception as error:  # its text may name values
        tell("decide", f"Dagster's pages are not complete: {type(error).__name__}")
        return {}


def _people_in_journeys(
    session: Session, manifest: Mapping[str, Any], ids: Mapping[str, str]
) -> Pages:
    people = journey_samples(session)
    return {
        ids[version.model]: {"sample": people[key]}
        for journey in read_journeys(manifest)
        for version in journey.versions
        if (key := (journey.name, version.number)) in people
    }


def _models(manifest: Mapping[str, Any]) -> dict[str, str]:
    return {
        str(node["name"]): str(key)
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["fqn"][1] in {"activation", "journeys"}
    }
