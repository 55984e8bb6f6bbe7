"""What people order of journeys, and people who go over to a later version, run after run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sluice.models.journey_order import JourneyOrder
from tests.dbt_project.journey_project import WELCOME, JourneyProject
from tests.dbt_project.journey_runs import BARE, compiled, fill, run_day
from tests.dbt_project.test_journeys import DAY, EVENING, naive

pytestmark = pytest.mark.slow
ENDS = "select contact_id, end_reason from journeys.journey_enrolments where end_reason is not null"
STANDING = "select contact_id, version, node from journeys.journey_positions order by 1"


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Iterator[JourneyProject]:
    made = JourneyProject(tmp_path / "project", home)
    yield made
    made.ledger.engine.dispose()


def test_orders_are_carried_out_and_people_go_over_to_a_later_version(
    project: JourneyProject,
) -> None:
    """1 is stopped, 2 moved on to the reminder, 4 let in by hand; 3 waits, and goes over with the
    day it has waited already.
    """
    project.add_contacts([1, 2, 3, 4])
    filled = naive(EVENING - timedelta(hours=1))
    project.set_rows(
        "contact_events",
        [(c, c, "form_submitted", False, filled, "newsletter") for c in (1, 2, 3)],
    )
    project.write_journey("welcome", **WELCOME)
    assert project.run(EVENING) == {1: "due", 2: "due", 3: "due"}

    orders = [
        JourneyOrder("stop", "welcome", 1, reason="asked by phone"),
        JourneyOrder("move", "welcome", 2, "hello", "reminder"),
        JourneyOrder("start", "welcome", 4),
    ]
    project.ledger.order_journeys(orders, "me", EVENING + timedelta(hours=1))
    assert project.run(EVENING + DAY) == {2: "due", 4: "due"}
    assert project.query(ENDS) == [(1, "stopped_by_hand")]

    project.write_journey("welcome__v1", **WELCOME)
    later = {
        **WELCOME,
        "version": 2,
        "nodes": {**WELCOME["nodes"], "pause": {"wait": "3 days", "next": "clicked"}},
        "migrate": [{"from_version": 1, "nodes": {"pause": "pause"}}],
    }
    project.write_journey("welcome", **later)
    project.run(EVENING + 2 * DAY)
    assert project.query(STANDING) == [(3, 2, "pause"), (4, 1, "pause")]
    project.run(EVENING + 3 * DAY)
    assert project.query(STANDING) == [(3, 2, "reminder"), (4, 2, "pause")]
    moves = (
        "select version, from_node, to_node, reason, moved_at from journeys.journey_transitions"
        " where contact_id = 3 and step in (3, 4) order by step"
    )
    assert project.query(moves) == [
        (2, "pause", "pause", "migrated", naive(EVENING)),
        (2, "pause", "clicked", "waited", naive(EVENING + 3 * DAY)),
    ]
    assert project.received() == [1, 2, 2, 3, 3, 4]


TALK = {"journey_handover": {"event": "talk_requested"}}
ASKED = {**BARE, "trigger": {"event": "signed_up"}, "nodes": {"stay": {"wait": "9 days"}}}


def test_who_asks_to_talk_is_left_to_a_person_until_released(tmp_path: Path, home: Path) -> None:
    """What they did meanwhile starts nothing afterwards."""
    asked = datetime(2026, 7, 1, 4)
    rows: dict[str, list[Any]] = {
        "dim_contacts": [[1, False, None]],
        "contact_events": [
            [1, 1, "signed_up", False, asked - DAY, None],
            [2, 1, "talk_requested", False, asked, None],
            [3, 1, "signed_up", False, asked + DAY, None],
            [4, 1, "signed_up", False, asked + 3 * DAY, None],
        ],
    }
    release = [1, "release", None, 1, None, None, asked + 2 * DAY]
    journeys = {"asked": {**ASKED, "reentry": "each"}}
    for connection, sql, _ in compiled(tmp_path, home, journeys, TALK):
        fill(connection, rows)
        run_day(connection, sql, asked - DAY)
        run_day(connection, sql, asked + DAY)
        connection.execute(
            "insert into ledger.journey_orders values (?, ?, ?, ?, ?, ?, ?)", release
        )
        run_day(connection, sql, asked + 4 * DAY)
        found = connection.execute(
            "select reason, moved_at from journeys.journey_transitions order by 2"
        ).fetchall()
        assert found == [
            ("entered", asked - DAY),
            ("handed_over", asked),
            ("entered", asked + 3 * DAY),
        ]


THROUGH = {
    **BARE,
    "trigger": {"event": "signed_up"},
    "start": "first",
    "nodes": {
        "first": {"wait": "2 days", "next": "second"},
        "second": {"wait": "1 hour", "next": "third"},
        "third": {"action": {"add_tag": "seen"}, "next": "done"},
        "done": {"exit": "finished"},
    },
}


def _migrating(version: int, *migrate: tuple[int, str, str]) -> dict[str, Any]:
    entries = [{"from_version": one, "nodes": {old: new}} for one, old, new in migrate]
    return {**THROUGH, "version": version, "migrate": entries}


MIGRATIONS = {
    "by the second alone": ([_migrating(2, (1, "second", "second")), _migrating(3)], 2),
    "by both": (
        [_migrating(2, (1, "second", "second")), _migrating(3, (1, "second", "third"))],
        3,
    ),
    "in two entries": ([_migrating(2, (1, "second", "second"), (1, "third", "third"))], 2),
}


@pytest.mark.parametrize(("later", "expected"), MIGRATIONS.values(), ids=MIGRATIONS)
def test_a_node_is_taken_over_by_one_version(
    tmp_path: Path, home: Path, later: list[dict[str, Any]], expected: int
) -> None:
    """Also by one that is no longer the newest: nobody stands in two versions at once."""
    came = datetime(2026, 7, 1, 4)
    names = ["through__v1", *(f"through__v{one['version']}" for one in later[:-1]), "through"]
    journeys = dict(zip(names, [THROUGH, *later], strict=True))
    for connection, sql, _ in compiled(tmp_path, home, journeys):
        fill(connection, {"dim_contacts": [[1, False, None]]})
        entered = [came, came + 2 * DAY, came]
        connection.execute(
            "insert into journeys.journey_transitions values"
            " (7, 'through', 1, 1, 1, null, 'first', 'entered', ?, ?, null, ?)",
            entered,
        )
        for day in range(2, 5):
            run_day(connection, sql, came + day * DAY)
        moves = connection.execute(
            "select version, step, reason from journeys.journey_transitions order by step, version"
        ).fetchall()
        acted = connection.execute("select count(*) from journeys.journey_actions").fetchall()
    assert [step for _, step, _ in moves] == list(range(1, len(moves) + 1))
    assert [version for version, _, reason in moves if reason == "migrated"] == [expected]
    assert (acted, moves[-1][2]) == ([(1,)], "finished")
