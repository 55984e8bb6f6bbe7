"""Journeys of every kind of node, for the tests of what shows them."""

from __future__ import annotations

from typing import Any

from sluice.orchestration.journeys.graph import Graph, build_graph
from sluice.orchestration.journeys.reading import Journey, Version, read_version
from sluice.orchestration.journeys.words import Language
from tests.dbt_project.journey_project import MESSAGE

FORM = {"event": "form_submitted", "where": {"form": "newsletter"}}
WELCOME: dict[str, Any] = {
    "label": {"en": "Welcome", "zh": "欢迎"},
    "owner": "growth",
    "version": 2,
    "starts_on": "2026-06-29",
    "trigger": FORM,
    "goal": {"performed": "order_placed"},
    "exits": [{"when": {"has_tag": "unwanted"}, "reason": "unwanted"}],
    "start": "hello",
    "nodes": {
        "hello": {**MESSAGE, "next": "pause"},
        "pause": {"wait": "2 days", "next": "clicked"},
        "clicked": {
            "branch": [
                {
                    "when": {
                        "any": [
                            {"performed": "email_clicked"},
                            {"performed": "page_view", "where": {"page": "pricing"}, "at_least": 2},
                        ]
                    },
                    "next": "thanks",
                },
                {"when": {"has_tag": "patient"}, "next": "arms"},
            ],
            "else": "reminder",
        },
        "arms": {"split": {"reminder": 50, "visit": 50}},
        "visit": {
            "wait_for": {"performed": "page_view"},
            "at_most": "7 days",
            "next": "thanks",
            "on_timeout": "reminder",
        },
        "reminder": {**MESSAGE, "next": "evening", "if_suppressed": "exit"},
        "evening": {"wait_until": "21:00", "next": None},
        "thanks": {"exit": "engaged"},
    },
}
MOVES = [
    ("hello", "pause", "sent", 41),
    ("hello", "pause", "no_consent", 2),
    ("hello", "pause", "frequency_24h", 1),
    ("hello", None, "goal", 3),
    ("pause", "clicked", "waited", 30),
    ("clicked", "thanks", "branch_1", 9),
    ("clicked", "arms", "branch_2", 6),
    ("clicked", "reminder", "else", 15),
    ("arms", "reminder", "split", 4),
    ("arms", "visit", "split", 2),
    ("visit", "reminder", "timed_out", 1),
    ("reminder", "evening", "sent", 18),
    ("reminder", None, "no_address", 2),
    ("reminder", None, "unwanted", 1),
    ("evening", None, "waited", 17),
    ("thanks", None, "engaged", 9),
]
FIGURES: dict[str, Any] = {
    "as_of": None,
    "models": {"steps_welcome"},
    "standing": [
        {"version": 2, "node": "pause", "is_stopped": False, "here": 14, "overdue": 0},
        {"version": 2, "node": "visit", "is_stopped": False, "here": 1, "overdue": 1},
        {"version": 2, "node": "evening", "is_stopped": False, "here": 1, "overdue": 0},
        {"version": 2, "node": "survey", "is_stopped": True, "here": 4, "overdue": 0},
        {"version": 1, "node": "pause", "is_stopped": True, "here": 5, "overdue": 0},
    ],
    "moves": [
        {"version": 2, "from_node": a, "to_node": b, "reason": reason, "passed": count}
        for a, b, reason, count in MOVES
    ],
    "ends": [
        {"version": 2, "end_reason": None, "enrolments": 20},
        {"version": 2, "end_reason": "engaged", "enrolments": 9},
        {"version": 2, "end_reason": "goal", "enrolments": 3},
        {"version": 1, "end_reason": None, "enrolments": 5},
    ],
}


def node_of(journey: dict[str, Any], model: str = "steps_welcome") -> dict[str, Any]:
    """A journey as dbt's manifest has it."""
    return {
        "name": model,
        "resource_type": "model",
        "fqn": ["acme", "journeys", model],
        "config": {"meta": {"journey": journey}},
    }


def manifest_of(**journeys: dict[str, Any]) -> dict[str, Any]:
    """A manifest of these journeys, each by its model without ``steps_``."""
    return {"nodes": {name: node_of(one, f"steps_{name}") for name, one in journeys.items()}}


def version_of(journey: dict[str, Any]) -> Version:
    """A journey as the product reads it."""
    return read_version(node_of(journey))


def graph_of(
    journey: dict[str, Any] = WELCOME, figures: Any = FIGURES, language: Language = "en"
) -> Graph:
    """Its graph."""
    version = version_of(journey)
    assert version.config is not None, version.problem
    return build_graph(Journey("welcome", (version,)), version, version.config, figures, language)
