"""Journeys from trigger to mail, run after run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sluice.orchestration.warehouse.reader import open_warehouse
from tests.dbt_project.journey_project import WELCOME, JourneyProject

pytestmark = pytest.mark.slow
EVENING = datetime(2026, 6, 29, 13, tzinfo=UTC)  # 21:00 in Shanghai
DAY = timedelta(days=1)


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Iterator[JourneyProject]:
    made = JourneyProject(tmp_path / "project", home)
    yield made
    made.ledger.engine.dispose()


def naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def test_a_contact_goes_from_the_form_to_the_second_mail(project: JourneyProject) -> None:
    """1 clicks, 2 does not, 3 never consented, 4 orders during the wait, 5 came before the start."""
    project.add_contacts([1, 2, 4, 5])
    project.add_contacts([3])
    project.set_rows(
        "contact_consents", [(c, "email", "marketing", "granted") for c in (1, 2, 4, 5)]
    )
    filled = EVENING - timedelta(hours=1)
    early = EVENING - 3 * DAY
    events = [
        (c, c, "form_submitted", False, naive(early if c == 5 else filled), "newsletter")
        for c in range(1, 6)
    ]
    project.set_rows("contact_events", events)
    project.write_journey("welcome", **WELCOME)

    assert project.run(EVENING) == {1: "due", 2: "due", 3: "no_consent", 4: "due"}
    events += [
        (11, 1, "email_clicked", False, naive(EVENING + DAY), "x"),
        (14, 4, "order_placed", False, naive(EVENING + DAY), "x"),
    ]
    project.set_rows("contact_events", events)
    assert project.run(EVENING + DAY) == {}
    project.run(EVENING + DAY)
    positions = "select contact_id, node from journeys.journey_positions order by 1"
    assert project.query(positions) == [(1, "pause"), (2, "pause"), (3, "pause")]

    assert project.run(EVENING + 4 * DAY)[2] == "due"
    project.run(EVENING + 5 * DAY)
    assert project.received() == [1, 2, 2, 4]
    ends = "select contact_id, end_reason, ended_at from journeys.journey_enrolments order by 1"
    assert project.query(ends) == [
        (1, "finished", naive(EVENING + 2 * DAY)),
        (2, "finished", naive(EVENING + 4 * DAY)),
        (3, "finished", naive(EVENING + 4 * DAY)),
        (4, "goal", naive(EVENING + DAY)),
    ]


def test_who_is_away_for_a_day_goes_on_and_who_stays_away_ends_when_something_is_due(
    project: JourneyProject,
) -> None:
    """All records of 1 and 2 are gone after the first mail; those of 2 come back in time."""
    project.add_contacts([1, 2, 3])
    filled = naive(EVENING - timedelta(hours=1))
    events = [(c, c, "form_submitted", False, filled, "newsletter") for c in (1, 2, 3)]
    project.set_rows("contact_events", events)
    project.write_journey("welcome", **WELCOME)
    assert project.run(EVENING) == {1: "due", 2: "due", 3: "due"}
    project.run(EVENING + timedelta(hours=1))  # all wait now
    with open_warehouse(project.settings.warehouse, read_only=False) as session:
        session.native("create table input.away as from input.dim_contacts where contact_id < 3")
        session.native("delete from input.dim_contacts where contact_id < 3")
    project.run(EVENING + DAY)
    positions = "select contact_id, node from journeys.journey_positions order by 1"
    assert project.query(positions) == [(1, "pause"), (2, "pause"), (3, "pause")]
    with open_warehouse(project.settings.warehouse, read_only=False) as session:
        session.native("insert into input.dim_contacts from input.away where contact_id = 2")
    assert project.run(EVENING + 3 * DAY) == {2: "due", 3: "due"}
    project.run(EVENING + 4 * DAY)
    assert project.received() == [1, 2, 2, 3, 3]
    ends = "select contact_id, end_reason, ended_at from journeys.journey_enrolments order by 1"
    assert project.query(ends) == [
        (1, "deleted", naive(EVENING + 3 * DAY)),
        (2, "finished", naive(EVENING + 3 * DAY)),
        (3, "finished", naive(EVENING + 3 * DAY)),
    ]
