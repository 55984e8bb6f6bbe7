"""Journeys that are edited with people inside: what a plan lists, and that a broken one stops
alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from sluice.orchestration.dbt.isolation import build_around_failures
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.landing.ledger import land_ledger
from sluice.orchestration.plan.activation_registry import refused_activations
from sluice.orchestration.plan.journey_edits import changes, journey_edits
from tests.dbt_project.journey_project import MESSAGE, WELCOME, JourneyProject
from tests.dbt_project.test_journeys import DAY, EVENING, naive

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Iterator[JourneyProject]:
    made = JourneyProject(tmp_path / "project", home)
    yield made
    made.ledger.engine.dispose()


def build(
    project: JourneyProject, as_of: datetime, *, with_seeds: bool = False
) -> tuple[set[str], str]:
    """One build as a run does it: the models that were stopped, and what was said of failures."""
    land_ledger(project.settings.warehouse, project.ledger)
    dbt = Dbt(project.settings)
    results, stopped = build_around_failures(
        dbt,
        as_of,
        select=["resource_type:model", *(["resource_type:seed"] if with_seeds else [])],
        left_out=refused_activations(dbt.manifest),
    )
    said = "\n".join(str(one.message) for one in results if not one.is_success)
    return set(stopped), said


def plant(project: JourneyProject, name: str, text: str) -> None:
    """Files of a journey as they are."""
    folder = project.folder / "models" / "journeys"
    (folder / f"steps_{name}.sql").write_text("{{ sluice.journey() }}\n", encoding="utf-8")
    (folder / f"steps_{name}.yml").write_text(text, encoding="utf-8")


def edit(journey: dict[str, Any], **nodes: Any) -> dict[str, Any]:
    """A journey with nodes written anew; None: without the node."""
    kept = {**journey["nodes"], **nodes}
    return {**journey, "nodes": {name: body for name, body in kept.items() if body is not None}}


WAITING: dict[str, Any] = {
    **{key: value for key, value in WELCOME.items() if key not in ("start", "nodes", "goal")},
    "start": "arms",
    "nodes": {
        "arms": {"branch": [{"when": {"has_tag": "vip"}, "next": "mail"}], "else": "pause"},
        "pause": {"wait": "2 days", "next": "done"},
        "mail": {**MESSAGE, "if_suppressed": "wait", "next": "done"},
        "done": {"exit": "finished"},
    },
}
EDITED = edit(
    WAITING,
    arms={"branch": [{"when": {"has_tag": "vip"}, "next": "done"}], "else": "pause"},
    pause={"wait": "5 days", "next": "done"},
    mail=None,
)
ACTING = edit(
    WAITING,
    pause={"wait": "2 days", "next": "points"},
    points={"action": {"points": {"score": "nurture", "points": 5}}, "next": "done"},
)
LISTED = [
    ("mail", "node_removed", [], "stopped", 1),
    ("pause", "node_changed", ["wait: 2 days -> 5 days"], "stays", 2),
]


def fill_in(project: JourneyProject, contacts: Sequence[int], at: datetime) -> None:
    """The form that lets these contacts in."""
    project.add_contacts(contacts)
    rows = [(c, c, "form_submitted", False, naive(at), "newsletter") for c in contacts]
    project.set_rows("contact_events", rows)


def listed(project: JourneyProject) -> list[Any]:
    """What a plan lists of the journey welcome."""
    found = journey_edits(project.settings.warehouse)
    assert {one.journey for one in found} <= {"welcome"}
    return [(one.node, one.edit, one.changes, one.outcome, one.contacts) for one in found]


def test_a_plan_lists_who_stands_at_an_edited_node(project: JourneyProject) -> None:
    """1 and 3 wait at a pause that gets longer, 2 stands at a mail that is taken out; then their
    version goes, and a later one takes over who waits.
    """
    fill_in(project, [1, 2, 3], EVENING)
    project.set_rows("contact_tags", [(2, "vip")])
    project.write_journey("welcome", **WAITING)
    assert build(project, EVENING, with_seeds=True) == (set(), "")
    assert listed(project) == []
    project.write_journey("welcome", **EDITED)
    for _ in range(2):  # a plan after a plan says the same
        build(project, EVENING + 3 * DAY)
        assert listed(project) == LISTED
    project.write_journey("welcome", **{**EDITED, "version": 2})
    build(project, EVENING + 4 * DAY)
    assert {(edit, outcome) for _, edit, _, outcome, _ in listed(project)} == {
        ("version_removed", "stopped")
    }
    assert sum(contacts for *_, contacts in listed(project)) == 3
    taken_over = [{"from_version": 1, "nodes": {"pause": "pause"}}]
    project.write_journey("welcome", **{**EDITED, "version": 2, "migrate": taken_over})
    build(project, EVENING + 4 * DAY)
    assert {(node, outcome, contacts) for node, *_, outcome, contacts in listed(project)} == {
        ("mail", "stopped", 1),
        ("pause", "moves_on", 2),
    }


DATED: dict[str, Any] = {
    **WAITING,
    "start": "until",
    "nodes": {
        "until": {"wait_until": {"attribute": "renewal_date"}, "next": "pause"},
        "pause": {"wait": "2 days", "next": "done"},
        "done": {"exit": "finished"},
    },
}


def test_a_wait_ends_by_what_holds_now(project: JourneyProject) -> None:
    """1 waits for a date that is moved, 2, who has none, for days that become more."""
    fill_in(project, [1, 2], EVENING)
    project.set_rows("contact_attributes", [(1, "renewal_date", "2026-07-10")])
    project.write_journey("welcome", **DATED)
    due = "select contact_id, due_at from journeys.journey_positions order by 1"
    build(project, EVENING, with_seeds=True)
    assert project.query(due) == [(1, datetime(2026, 7, 9, 16)), (2, naive(EVENING + 2 * DAY))]
    project.set_rows("contact_attributes", [(1, "renewal_date", "2026-07-20")])
    project.write_journey("welcome", **edit(DATED, pause={"wait": "5 days", "next": "done"}))
    build(project, EVENING + DAY)
    assert project.query(due) == [(1, datetime(2026, 7, 19, 16)), (2, naive(EVENING + 5 * DAY))]


def test_a_lowered_version_stops_its_journey_alone(project: JourneyProject) -> None:
    """And a broken newer version not the earlier one, whose people move and get their points."""
    fill_in(project, [4], EVENING)
    project.write_journey("welcome", **{**WAITING, "version": 2})
    project.write_journey("other", **ACTING)
    build(project, EVENING, with_seeds=True)
    project.write_journey("welcome", **WAITING)
    project.write_journey("other__v1", **ACTING)
    project.write_journey("other", **{**edit(WAITING, pause={"pause": "2 days"}), "version": 2})
    stopped, said = build(project, EVENING + 3 * DAY)
    assert stopped == {"steps_welcome", "steps_other"}
    assert "steps_welcome.sql: version is 1, and contacts entered version 2" in said
    assert "raise the version to 3" in said
    ends = "select journey, end_reason from journeys.journey_enrolments order by journey"
    assert project.query(ends) == [("other", "finished"), ("welcome", None)]
    acted = "select journey, version, node, points from journeys.journey_actions"
    assert project.query(acted) == [("other", 1, "points", 5)]


BROKEN: dict[str, Any] = {
    "loop": edit(WELCOME, done={"wait": "1 day", "next": "hello"}),
    "nowhere": edit(WELCOME, pause={"wait": "2 days", "next": "nothing"}),
    "kind": edit(WELCOME, pause={"pause": "2 days"}),
    "segment": {**WELCOME, "trigger": {"segment": "nobody"}},
    "score": {**WELCOME, "goal": {"score_at_least": ["nobody", 80]}},
    "shares": edit(WELCOME, pause={"split": {"clicked": 40, "done": 40}}),
    "zone": edit(WELCOME, pause={"wait_until": "21:00", "time_zone": "Asia/Nowhere"}),
    "column": {**WELCOME, "trigger": {"event": "form_submitted", "where": {"sheet": "x"}}},
    "list": {**WELCOME, "nodes": ["hello"]},
    "bare": {},
    "message": edit(WELCOME, hello={"message": "hello", "next": "pause"}),
    "word": edit(WELCOME, pause="2 days"),
    "nothing": edit(WELCOME, pause={}),
    "twin": WELCOME,
    "twin__v1": WELCOME,
    "empty": None,
    "text": "welcome",
    "items": [WELCOME],
}


def test_broken_journeys_stop_alone(project: JourneyProject) -> None:
    """Broken ones, of which some cannot be read, some not compiled and one fails in the warehouse;
    two files of one version; a file that is no YAML; and a good one, whose contact moves and is
    decided about.
    """
    project.add_contacts([1])
    project.set_rows("contact_consents", [(1, "email", "marketing", "granted")])
    project.set_rows(
        "contact_events", [(1, 1, "form_submitted", False, naive(EVENING), "newsletter")]
    )
    project.write_journey("good", **WELCOME)
    for name, journey in BROKEN.items():
        written = {"name": f"steps_{name}", "config": {"meta": {"journey": journey}}}
        plant(project, name, yaml.safe_dump({"models": [written]}, sort_keys=False))
    plant(project, "garbled", "models: [{name: steps_garbled\n")
    stopped, said = build(project, EVENING, with_seeds=True)
    assert stopped == {f"steps_{name}" for name in (*BROKEN, "garbled")}, said
    standing = project.query("select journey, contact_id, node from journeys.journey_positions")
    assert standing == [("good", 1, "hello")]
    decided = project.query("select campaign, decision from activation.message_decisions")
    assert decided == [("good_v1_hello", "send")]


def test_changes_of_a_definition_are_said_by_key() -> None:
    before = '{"message": {"context": {"a": 1}, "template": "hello"}, "next": "x"}'
    now = '{"message": {"template": "hallo"}, "if_suppressed": "wait", "next": "x"}'
    assert changes(before, now) == [
        "if_suppressed: none -> wait",
        "message.context.a: 1 -> none",
        "message.template: hello -> hallo",
    ]
    assert changes(None, None) == []
