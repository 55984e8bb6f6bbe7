"""The winner of an experiment on a split of a journey, from trigger to arm, run after run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from sluice.orchestration.warehouse.reader import open_warehouse
from tests.dbt_project.journey_project import WELCOME, JourneyProject

pytestmark = pytest.mark.slow
EVENING = datetime(2026, 6, 29, 13, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
JOURNEY: dict[str, Any] = {
    **{key: value for key, value in WELCOME.items() if key not in ("start", "nodes", "goal")},
    "start": "ab",
    "nodes": {
        "ab": {"split": {"plain": 50, "named": 50}},
        "plain": {"exit": "plain"},
        "named": {"exit": "named"},
    },
}
EXPERIMENT = {
    "hypothesis": "A name is read.",
    "split": "ab",
    "control": "plain",
    "metric": {"event": "order_placed", "within_days": 7},
    "baseline": 0.1,
    "minimum_effect": 0.05,
    "horizon": {"ends_on": "2026-07-01"},
}
DECIDED = (
    "insert into ledger.experiment_decisions values ('words', 'split ab of journey welcome',"
    " 'named', 'adopt named', timestamp '2026-06-29 13:00:00')"
)
ARMS = "select contact_id, to_node from journeys.journey_transitions where from_node = 'ab'"


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Iterator[JourneyProject]:
    made = JourneyProject(tmp_path / "project", home)
    made.write_journey("welcome", **JOURNEY)
    yield made
    made.ledger.engine.dispose()


def write(project: JourneyProject, on_win: str) -> None:
    """The experiment, into the yml of the journey."""
    path = project.folder / "models" / "journeys" / "steps_welcome.yml"
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    meta = written["models"][0]["config"]["meta"]
    meta["experiments"] = {"words": {**EXPERIMENT, "on_win": on_win}}
    path.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")


def forms(people: Iterable[int], moment: datetime) -> list[tuple[Any, ...]]:
    naive = moment.replace(tzinfo=None)
    return [(one, one, "form_submitted", False, naive, "newsletter") for one in people]


def test_who_comes_to_the_split_after_the_decision_gets_the_winner(project: JourneyProject) -> None:
    first, late, second, third = range(1, 21), range(21, 41), range(41, 61), range(61, 81)
    project.add_contacts(range(1, 81))
    write(project, "roll_out")
    events = forms(first, EVENING - HOUR)
    project.set_rows("contact_events", events)
    project.run(EVENING)
    known = dict(project.query(ARMS))
    assert (set(known), set(known.values())) == (set(first), {"plain", "named"})
    with open_warehouse(project.settings.warehouse, read_only=False) as session:
        session.execute(DECIDED)
    # of an event that was landed late, the arrival was before
    events += [*forms(late, EVENING - HOUR / 2), *forms(second, EVENING + HOUR)]
    project.set_rows("contact_events", events)
    project.run(EVENING + DAY)
    arms = dict(project.query(ARMS))
    assert known.items() <= arms.items()
    assert {arms[one] for one in late} == {"plain", "named"}
    assert {arms[one] for one in second} == {"named"}
    write(project, "keep")
    project.set_rows("contact_events", [*events, *forms(third, EVENING + DAY + HOUR)])
    project.run(EVENING + 2 * DAY)
    shared = dict(project.query(ARMS))
    assert arms.items() <= shared.items()
    assert {shared[one] for one in third} == {"plain", "named"}
