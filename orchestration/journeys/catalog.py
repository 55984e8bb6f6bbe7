"""What ``sluice journeys list`` and ``show`` give: definitions and counts together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.journeys.figures import Row, read_figures, read_summaries
from sluice.orchestration.journeys.graph import Graph, build_graph
from sluice.orchestration.journeys.reading import Journey, Version, find_journey, read_journeys
from sluice.orchestration.journeys.words import Language, trigger_words

COUNTED = (
    "inside",
    "entered",
    "entered_7_days",
    "entered_30_days",
    "ended_7_days",
    "ended_30_days",
    "goal_reached",
    "stopped",
)
NEVER = "no run has moved contacts through journeys yet: run `sluice run`"
NOT_BUILT = "the last run did not have it: run `sluice run`"
GONE = (
    "not in the project any more: who stands there is neither moved nor mailed; take its files back"
    " from the project's git"
)


def list_journeys(
    settings: Settings, manifest: Mapping[str, Any], language: Language
) -> list[dict[str, Any]]:
    """Every journey with its counts, which are None before its first run; those too that only the
    history knows. ``note``: why there is nothing to count, or what is wrong. Raises
    ConfigurationError where there is no journey at all.
    """
    journeys, found = read_journeys(manifest), read_summaries(settings)
    counts, built = found if found is not None else ({}, set[str]())
    if not journeys and not counts:
        find_journey(manifest, "")
    rows = []
    for one in journeys:
        is_built = any(version.model in built for version in one.versions)
        note = _note(one, found is not None, is_built)
        rows.append(_row(one, counts.get(one.name), language, is_built) | {"note": note})
    return rows + list(_gone(journeys, counts))


def _note(journey: Journey, has_run: bool, is_built: bool) -> str:
    if journey.newest.config is None:
        return f"cannot run: {journey.newest.problem}: see `sluice lint`"
    return "" if is_built else NOT_BUILT if has_run else NEVER


def _row(journey: Journey, counts: Row | None, language: Language, is_built: bool) -> Row:
    newest = journey.newest
    nothing = 0 if is_built else None
    trigger = newest.written.get("trigger")
    return {
        "journey": journey.name,
        "label": newest.label(language),
        "versions": [version.number for version in journey.versions],
        "owner": newest.written.get("owner"),
        "trigger": trigger_words(trigger, language) if isinstance(trigger, Mapping) else None,
        **{name: (counts or {}).get(name, 0 if counts else nothing) for name in COUNTED},
    }


def _gone(journeys: list[Journey], counts: Mapping[str, Row]) -> Iterator[Row]:
    """Journeys that the project has no more and that people still stand in."""
    known = {journey.name for journey in journeys}
    for name, row in sorted(counts.items()):
        if name not in known and row["inside"]:
            empty: Row = {"label": name, "versions": [], "owner": None, "trigger": None}
            figures = {column: row.get(column, 0) for column in COUNTED}
            yield {"journey": name, **empty, **figures, "note": GONE}


def read_graph(
    settings: Settings,
    manifest: Mapping[str, Any],
    name: str,
    number: int | None,
    language: Language,
) -> tuple[Graph, list[str]]:
    """The graph of a version, the newest where ``number`` is None, and what there is to say of it.
    Raises ConfigurationError for a journey or version that is none, or cannot run.
    """
    journey = find_journey(manifest, name)
    version = journey.version(number)
    if version.config is None:
        raise ConfigurationError(
            f"{version.model} cannot run: {version.problem}",
            "see `sluice lint`, and correct it after docs/journeys.md",
        )
    figures = read_figures(settings, journey.name)
    graph = build_graph(journey, version, version.config, figures, language)
    return graph, list(_graph_notes(graph, journey, version, figures))


def _graph_notes(
    graph: Graph, journey: Journey, version: Version, figures: Mapping[str, Any] | None
) -> Iterator[str]:
    if figures is None:
        yield NEVER
        return
    if version.model not in figures["models"]:
        when = f" of {figures['as_of']:%Y-%m-%d %H:%M} UTC" if figures["as_of"] else ""
        yield f"the last run{when} did not have {version.model}: run `sluice run`"
    for node, count in graph.stopped.items():
        yield f"{count:,} at {node}, which this version does not have: neither moved nor mailed"
    yield from _other_versions(journey, version, figures)


def _other_versions(journey: Journey, shown: Version, figures: Mapping[str, Any]) -> Iterator[str]:
    known = {version.number for version in journey.versions}
    inside: dict[int, int] = {}
    for row in figures["standing"]:
        inside[row["version"]] = inside.get(row["version"], 0) + row["here"]
    for number, count in sorted(inside.items()):
        if number != shown.number and number in known:
            command = f"sluice journeys show {journey.name} --version {number}"
            yield f"{count:,} inside version {number}: {command}"
        elif number != shown.number:
            yield f"{count:,} inside version {number}, {GONE}"
