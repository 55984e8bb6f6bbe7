"""Journeys as the manifest has them, and what is said where there is nothing to count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.journeys.catalog import GONE, NEVER, list_journeys, read_graph
from sluice.orchestration.journeys.explaining import explain_contact
from sluice.orchestration.journeys.reading import find_journey, read_journeys
from sluice.orchestration.journeys.sentences import sentence
from sluice.orchestration.warehouse.reader import open_warehouse
from tests.orchestration.journeys.journeys import WELCOME, manifest_of
from tests.projects import bare_project

EARLIER = {**WELCOME, "version": 1}
MANIFEST = manifest_of(welcome=WELCOME, welcome__v1=EARLIER)
HISTORY = """
create schema journeys;
create table journeys.journey_transitions as select 1 as enrolment_id, 'welcome' as journey,
    1 as version, 7 as contact_id, 1 as step, null::varchar as from_node, 'gone' as to_node,
    'entered' as reason, timestamp '2026-06-29 13:00:00' as moved_at, null::timestamp as due_at,
    timestamp '2026-06-29 13:00:00' as recorded_at;
create table journeys.journey_enrolments as select enrolment_id, journey, version, contact_id,
    moved_at as entered_at, null::timestamp as ended_at, null::varchar as end_reason
    from journeys.journey_transitions
    union all select 2, 'farewell', 1, 7, timestamp '2026-06-29 13:00:00', null, null;
create table journeys.journey_positions as select enrolment_id, journey, version, contact_id,
    'gone' as node, 1 as step, entered_at as arrived_at, null::timestamp as due_at,
    true as is_stopped from journeys.journey_enrolments;
create table journeys.steps_welcome (enrolment_id bigint);
"""


@pytest.fixture
def settings(tmp_path: Path, home: Path) -> Settings:
    (tmp_path / "project").mkdir()
    return load_settings(bare_project(tmp_path / "project"))


def test_versions_of_a_journey_stand_together_the_newest_first() -> None:
    (journey,) = read_journeys(MANIFEST)
    assert (journey.name, [one.number for one in journey.versions]) == ("welcome", [2, 1])
    assert find_journey(MANIFEST, "steps_welcome__v1") == journey
    assert journey.version(1).model == "steps_welcome__v1"


def test_a_project_without_journeys_says_how_to_begin(settings: Settings) -> None:
    empty = manifest_of()
    for ask in (
        lambda: list_journeys(settings, empty, "en"),
        lambda: find_journey(empty, "welcome"),
    ):
        with pytest.raises(ConfigurationError, match="the project has no journey yet") as refused:
            ask()
        assert "docs/journeys.md" in refused.value.fix


def test_before_the_first_run_journeys_are_listed_and_drawn_without_counts(
    settings: Settings,
) -> None:
    (row,) = list_journeys(settings, MANIFEST, "en")
    assert (row["versions"], row["inside"], row["note"]) == ([2, 1], None, NEVER)
    graph, notes = read_graph(settings, MANIFEST, "welcome", None, "en")
    assert (graph.has_figures, notes) == (False, [NEVER])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"label": "Welcome"}, "label: "),
        ({"label": ["Welcome"], "owner": {"a": 1}}, "label: "),
        ({"trigger": {"stage": []}}, "trigger.stage: "),
        ({"trigger": {"score": ["a"]}}, "trigger.score.1: "),
        ({"trigger": {"score": []}}, "trigger.score.0: "),
        ({"trigger": "x"}, "trigger: "),
        ({"trigger": None}, "trigger: "),
        ({"nodes": "gone"}, "nodes: "),
        ({"nodes": {**WELCOME["nodes"], "gone": "wait"}}, "nodes.gone: "),
        ({"nodes": {**WELCOME["nodes"], "gone": None}}, "nodes.gone: "),
        ({"nodes": {**WELCOME["nodes"], "gone": {}}}, "nodes.gone: "),
        ({"nodes": {**WELCOME["nodes"], "gone": {"wait_for": "x"}}}, "nodes.gone.wait_for"),
        ({"nodes": {**WELCOME["nodes"], "gone": {"message": "x"}}}, "nodes.gone.message"),
        ({"nodes": {**WELCOME["nodes"], "gone": {"action": []}}}, "nodes.gone.action"),
    ],
    ids=str,
)
def test_a_journey_that_is_wrong_from_the_ground_up_is_shown_as_such(
    settings: Settings, changed: dict[str, Any], words: str
) -> None:
    """In the list, in the graph, and to who stands in it."""
    manifest = manifest_of(welcome={**WELCOME, "version": 1, **changed})
    with open_warehouse(settings.warehouse, read_only=False) as session:
        session.native(HISTORY)
    for language in ("en", "zh"):
        welcome, _ = list_journeys(settings, manifest, language)
        assert welcome["note"].startswith(f"cannot run: {words}")
        one = explain_contact(settings, manifest, 7, language).enrolments[0]
        assert one["next"] == sentence("broken", language)
    with pytest.raises(ConfigurationError, match="steps_welcome cannot run: "):
        read_graph(settings, manifest, "welcome", None, "en")


def test_people_of_what_the_project_has_no_more_are_shown(settings: Settings) -> None:
    with open_warehouse(settings.warehouse, read_only=False) as session:
        session.native(HISTORY)
    welcome, farewell = list_journeys(settings, MANIFEST, "en")
    assert (welcome["inside"], welcome["stopped"], welcome["note"]) == (1, 1, "")
    assert (farewell["journey"], farewell["inside"], farewell["note"]) == ("farewell", 1, GONE)
    _, notes = read_graph(settings, MANIFEST, "welcome", None, "en")
    assert notes == ["1 inside version 1: sluice journeys show welcome --version 1"]
    graph, notes = read_graph(settings, MANIFEST, "welcome", 1, "en")
    assert graph.stopped == {"gone": 1}
    assert "1 at gone, which this version does not have: neither moved nor mailed" in notes
    _, notes = read_graph(settings, manifest_of(welcome=WELCOME), "welcome", None, "en")
    assert notes == [f"1 inside version 1, {GONE}"]
