"""A back-test runs the segments and scorecards that the journey names, and no others."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.orchestration.journeys.backtest_needed import needed_models

PARENTS = {
    ("segments", "seg_buyers"): ["dim_contacts"],
    ("segments", "seg_readers"): ["dim_contacts"],
    ("segments", "segment_members"): ["seg_buyers", "seg_readers"],
    ("scoring", "scorecard_lead"): ["dim_contacts"],
    ("scoring", "contact_scores"): ["scorecard_lead"],
    ("lifecycle", "stages_b2b"): ["dim_contacts"],
    ("lifecycle", "contact_lifecycle"): ["stages_b2b"],
    ("contacts", "dim_contacts"): [],
    ("journeys", "steps_welcome"): ["dim_contacts", "segment_members", "contact_lifecycle"],
}


def manifest(**parents: list[str]) -> dict[str, Any]:
    """The graph above, with some models reading others as well."""
    kinds = {name: kind for kind, name in PARENTS}
    nodes = {
        name: {
            "name": name,
            "resource_type": "model",
            "fqn": ["sluice", kind, name],
            "package_name": "sluice",
        }
        for name, kind in kinds.items()
    }
    edges = {name: [*found, *parents.get(name, [])] for (_, name), found in PARENTS.items()}
    return {"nodes": nodes, "parent_map": edges}


@pytest.mark.parametrize(
    ("parents", "follows_segments", "left_out"),
    [
        pytest.param(
            {"steps_welcome": ["seg_buyers"]},
            False,
            {"seg_readers", "scorecard_lead", "contact_scores"},
            id="a segment that the journey names",
        ),
        pytest.param({}, True, {"scorecard_lead", "contact_scores"}, id="the audience's segments"),
        pytest.param(
            {"stages_b2b": ["contact_scores"]},
            True,
            set(),
            id="scores that are read without naming one",
        ),
        pytest.param(
            {"steps_welcome": ["contact_scores", "scorecard_lead"]},
            True,
            set(),
            id="a score that the journey names",
        ),
    ],
)
def test_leaves_that_nothing_names_stay(
    parents: dict[str, list[str]], follows_segments: bool, left_out: set[str]
) -> None:
    graph = manifest(**parents)
    found = needed_models(graph, ["steps_welcome"], follows_segments)
    assert set(graph["nodes"]) - found == left_out
