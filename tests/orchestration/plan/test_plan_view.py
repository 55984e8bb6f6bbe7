"""The tables of a plan."""

from __future__ import annotations

import pytest

from sluice.models.run import JourneyEdit, MessageSummary, RunSummary
from sluice.orchestration.cli.plan_view import show_plan

EDIT = JourneyEdit(
    journey="welcome", version=1, node="pause", edit="node_removed", outcome="stopped", contacts=2
)


@pytest.mark.parametrize("edits", [[], [EDIT]])
def test_edits_of_journeys_are_shown_where_there_are_any(
    capsys: pytest.CaptureFixture[str], edits: list[JourneyEdit]
) -> None:
    summary = RunSummary(
        run_id="r",
        as_of="2026-06-29T13:00:00+00:00",
        mode="sandbox",
        syncs=[],
        messages=MessageSummary(),
        journey_edits=edits,
    )
    show_plan(summary, is_plan=True)
    shown = capsys.readouterr().out
    assert ("Journeys edited with people inside" in shown) is bool(edits)
    assert ("welcome v1" in shown) is bool(edits)
