"""What Dagster shows of a journey, on the asset of its model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from sluice.orchestration.asset_pages.charts import bars
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.journeys.figures import read_figures
from sluice.orchestration.journeys.graph import Graph, build_graph
from sluice.orchestration.journeys.outline import outline
from sluice.orchestration.journeys.reading import (
    Journey,
    Version,
    is_journey,
    read_journeys,
    read_version,
)

KIND = {"dagster/kind/journey": ""}
Metadata = Mapping[str, Any]


def describe_journey(node: Mapping[str, Any]) -> Metadata:
    """Label, version and graph of a journey as it is written; nothing of other dbt nodes, nor of a
    journey that cannot run.
    """
    version = read_version(node) if is_journey(node) else None
    if version is None or version.config is None:
        return {}
    graph = build_graph(Journey(version.model, (version,)), version, version.config, None, "en")
    labels = {f"label_{language}": version.label(language) for language in ("en", "zh")}
    return {**labels, "version": version.number, "trigger": graph.trigger, "graph": _drawn(graph)}


def count_journeys(
    settings: Settings, manifest: Mapping[str, Any], as_of: datetime
) -> dict[str, Metadata]:
    """{unique_id of its dbt node: who entered, ended and stands where} after a build as of a
    moment (aware).
    """
    now = as_of.astimezone(UTC).replace(tzinfo=None)
    ids = {str(node["name"]): key for key, node in manifest["nodes"].items() if is_journey(node)}
    found = {}
    for journey in read_journeys(manifest):
        for version, graph in _graphs(settings, journey, now):
            found[ids[version.model]] = _counts(graph)
    return found


def _graphs(settings: Settings, journey: Journey, now: datetime) -> Iterator[tuple[Version, Graph]]:
    figures = read_figures(settings, journey.name, now)
    for version in journey.versions:
        if version.config is not None:
            yield version, build_graph(journey, version, version.config, figures, "en")


def _counts(graph: Graph) -> Metadata:
    people = [
        dg.TableRecord({"node": node.name, "here": node.here, "overdue": node.overdue})
        for node in graph.nodes
    ]
    chart = bars([(node.name, float(node.here)) for node in graph.nodes])
    return {
        **({} if chart is None else {"chart_of_people": chart}),
        "entered": graph.entered,
        "inside": graph.inside,
        "ended": dg.MetadataValue.json(graph.ended),
        "stopped": sum(graph.stopped.values()),
        "people": dg.MetadataValue.table(people),
        "graph": _drawn(graph),
    }


def _drawn(graph: Graph) -> dg.MarkdownMetadataValue:
    lines = "\n".join(outline(graph))
    return dg.MetadataValue.md(f"```text\n{lines}\n```")
