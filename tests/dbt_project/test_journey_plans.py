"""What a plan, or a run that was cut off, decided about journeys lasts only until the next build."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.landing.ledger import land_ledger
from tests.dbt_project.journey_project import MESSAGE, WELCOME, JourneyProject
from tests.dbt_project.test_journeys import DAY, EVENING, naive

pytestmark = pytest.mark.slow
ACTING: dict[str, Any] = {
    **WELCOME,
    "start": "points",
    "nodes": {
        "points": {"action": {"add_points": {"score": "nurture", "points": 5}}, "next": "hello"},
        "hello": {**MESSAGE, "next": "pause"},
        "pause": {"wait": "2 days", "next": "done"},
        "done": {"exit": "finished"},
    },
}
KEPT = {
    "journeys.journey_transitions": "recorded_at",
    "journeys.journey_actions": "recorded_at",
    "journeys.int_journey_definitions": "recorded_at",
    "activation.int_journey_decisions": "decided_at",
}


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Iterator[JourneyProject]:
    """1 and 4 come before the first run, 2 and 3 before the second; 3 and 4 never consented."""
    made = JourneyProject(tmp_path / "project", home)
    made.add_contacts([1, 2, 3, 4])
    consents = [(contact, "email", "marketing", "granted") for contact in (1, 2)]
    made.set_rows("contact_consents", consents)
    made._write(
        "models/inputs/contact_events.sql",
        "select * from input.contact_events where occurred_at <= {{ sluice.as_of() }}",
    )
    next_day = EVENING + DAY
    filled = [(1, EVENING), (4, EVENING), (2, next_day), (3, next_day)]
    made.set_rows(
        "contact_events",
        [(c, c, "form_submitted", False, naive(at), "newsletter") for c, at in filled],
    )
    made.write_journey("welcome", **ACTING)
    made.run(EVENING)
    yield made
    made.ledger.engine.dispose()


def decide(project: JourneyProject, as_of: datetime) -> list[list[Any]]:
    """The decisions of a plan, or of a run before it pushes; what the histories hold then."""
    land_ledger(project.settings.warehouse, project.ledger)
    dbt = Dbt(project.settings)
    dbt.last_run = EVENING
    results = dbt.build(as_of, select=["resource_type:model"])
    assert [one.message for one in results if not one.is_success] == []
    return [project.query(f"from {table} order by all") for table in KEPT]


def test_a_plan_leaves_nothing_for_the_next_run(project: JourneyProject) -> None:
    """Who would enter, move, get points or be suppressed in a plan does so anew in the run, at the
    run's own time; a plan after a plan says the same.
    """
    wanted = decide(project, EVENING + 2 * DAY)
    assert [len(rows) for rows in wanted] == [14, 4, 4, 2]
    planned = decide(project, EVENING + DAY)
    assert decide(project, EVENING + DAY) == planned
    assert decide(project, EVENING + 2 * DAY) == wanted


def test_a_journey_that_was_planned_and_taken_back_enrolled_nobody(
    project: JourneyProject,
) -> None:
    decide(project, EVENING + DAY)
    for suffix in (".sql", ".yml"):
        (project.folder / f"models/journeys/steps_welcome{suffix}").unlink()
    decide(project, EVENING + 2 * DAY)
    for table, column in KEPT.items():
        assert project.query(f"select distinct {column} from {table}") == [(naive(EVENING),)]
