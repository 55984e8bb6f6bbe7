"""The last moves that are kept from run to run are those of the whole history, whatever became of
it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sluice.orchestration.warehouse.reader import open_warehouse
from tests.dbt_project.journey_project import WELCOME, JourneyProject

pytestmark = pytest.mark.slow
EVENING, DAY = datetime(2026, 6, 29, 13, tzinfo=UTC), timedelta(days=1)
PEOPLE = range(1, 7)
NEWEST = """select enrolment_id, version, contact_id, entered_at, step, node, reason, moved_at,
    due_at, recorded_at, move_count
from journeys.int_journey_newest_moves order by 1"""
OF_THE_HISTORY = """select enrolment_id, version, contact_id,
    min(moved_at) over (partition by enrolment_id), step, to_node, reason, moved_at, due_at,
    recorded_at, count(*) over (partition by enrolment_id)
from journeys.journey_transitions
qualify row_number() over (partition by enrolment_id order by step desc) = 1 order by 1"""
SOMEBODY = "enrolment_id = (select min(enrolment_id) from journeys.journey_transitions)"
HURT = {
    "nothing": "",
    "a person is erased": f"delete from journeys.journey_transitions where {SOMEBODY}",
    "one is lost of what is kept": f"delete from journeys.int_journey_last_moves where {SOMEBODY}",
    "nothing is kept": "drop table journeys.int_journey_last_moves cascade",
}
HURT_SHORTLY = ("a person is erased", "nothing is kept")  # the others with the long tests


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Iterator[JourneyProject]:
    """Two people a day fill in the form; one orders."""
    made = JourneyProject(tmp_path / "project", home)
    made.add_contacts(PEOPLE)
    made.set_rows("contact_consents", [(c, "email", "marketing", "granted") for c in PEOPLE])
    first = (EVENING - timedelta(hours=1)).replace(tzinfo=None)
    events = [
        (c, c, "form_submitted", False, first + (c - 1) // 2 * DAY, "newsletter") for c in PEOPLE
    ]
    made.set_rows("contact_events", [*events, (9, 2, "order_placed", False, first + DAY, "x")])
    made.write_journey("welcome", **WELCOME)
    yield made
    made.close()


def count_folds(project: JourneyProject) -> int:
    """How many enrolments are; raises where what is kept gives others than the history."""
    newest = project.query(NEWEST)
    assert newest == project.query(OF_THE_HISTORY)
    return len(newest)


@pytest.mark.parametrize(
    "hurt",
    [pytest.param(one, marks=() if one in HURT_SHORTLY else pytest.mark.long) for one in HURT],
)
def test_what_is_kept_is_what_the_history_says(project: JourneyProject, hurt: str) -> None:
    project.run(EVENING)
    project.run(EVENING + DAY)
    assert count_folds(project) == 4
    if HURT[hurt]:
        with open_warehouse(project.settings.warehouse, read_only=False) as session:
            session.native(HURT[hurt])
    project.run(EVENING + 2 * DAY)
    assert count_folds(project) == 6
    project.run(EVENING + DAY)  # as it was: two had not come yet
    assert count_folds(project) == 4
    project.run(EVENING + 2 * DAY)
    assert count_folds(project) == 6
