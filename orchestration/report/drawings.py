"""The journeys as drawings with their people, as `sluice journeys show --svg` draws them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as Xml

from markupsafe import Markup

from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.journeys import drawing
from sluice.orchestration.journeys.catalog import read_graph
from sluice.orchestration.journeys.graph import Graph
from sluice.orchestration.journeys.reading import read_journeys
from sluice.orchestration.journeys.words import Language
from sluice.orchestration.report.subjects import anchor
from sluice.orchestration.report.words import say

STYLE = f".graph {{ {drawing.STYLE} }}"  # once in the page, for its drawings alone
IDS = re.compile(r'(\bid="|url\(#)')


@dataclass(frozen=True)
class Drawing:
    """One journey, its newest version."""

    anchor: str
    title: str
    words: str
    alt: str
    notes: list[str]
    svg: Markup


def draw_journeys(
    settings: Settings, manifest: Mapping[str, Any], language: Language
) -> Iterator[Drawing]:
    """Every journey of the project that can run."""
    for journey in read_journeys(manifest):
        try:
            graph, _ = read_graph(settings, manifest, journey.name, None, language)
        except ConfigurationError:  # it cannot run, which lint says
            continue
        yield _drawing(graph, language)


def _title(graph: Graph) -> str:
    return graph.label if graph.label == graph.journey else f"{graph.label} ({graph.journey})"


def _drawing(graph: Graph, language: Language) -> Drawing:
    root = Xml.fromstring(drawing.draw(graph))  # our own
    for style in root.findall("{http://www.w3.org/2000/svg}style"):
        root.remove(style)
    alt = say("journey_graph", language, graph.label)
    root.set("role", "img")
    root.set("aria-label", alt)
    Xml.register_namespace("", "http://www.w3.org/2000/svg")
    svg = IDS.sub(lambda found: f"{found[0]}{graph.journey}-", Xml.tostring(root, "unicode"))
    inside = say("journey_inside", language, f"{graph.inside:,}", f"{graph.entered:,}")
    words = inside if graph.has_figures else say("journey_never", language)
    notes = [
        say("journey_stopped", language, f"{count:,}", node)
        for node, count in graph.stopped.items()
    ]
    return Drawing(anchor("graph", graph.journey), _title(graph), words, alt, notes, Markup(svg))
