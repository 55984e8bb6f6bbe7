"""The journeys of the report: their people on the nodes, and nothing that styles the page."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.orchestration.journeys.graph import Graph, Node, Way
from sluice.orchestration.report.drawings import _drawing


@pytest.mark.parametrize(
    ("language", "here", "inside"), [("en", "1,234 here", "1,236 inside"), ("zh", "1,234 人在此", "1,236 人在旅程中")]
)  # fmt: skip
def test_counts_are_on_the_nodes(language: Any, here: str, inside: str) -> None:
    ways = [Way("end", "sent", None, {"sent": 56}), Way(None, "not sent", None, {"no_consent": 7})]
    nodes = [
        Node("hello", "message", "<b>email</b>", ways, here=1234),
        Node("end", "exit", "end", []),
    ]
    graph = Graph("welcome", "Welcome", 1, "crm", "by hand", "hello", language, nodes)
    graph.has_figures, graph.entered, graph.stopped = True, 1300, {"gone": 2}
    made = _drawing(graph, language)
    assert (made.anchor, made.title) == ("graph-welcome", "Welcome (welcome)")
    assert inside in made.words
    assert len(made.notes) == 1
    assert here in made.svg
    assert "56" in made.svg
    assert "<style" not in made.svg
    assert "<b>" not in made.svg
    assert 'id="welcome-arrow"' in made.svg
    assert "url(#welcome-arrow)" in made.svg
