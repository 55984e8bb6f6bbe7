"""Who is let in too late, what a merge must not repeat, and other rules of journeys, each by a few
contacts in compiled SQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.dbt_project.journey_project import MESSAGE
from tests.dbt_project.journey_runs import BARE, compiled, fill, run_day
from tests.dbt_project.journey_triggers import number_of

pytestmark = pytest.mark.slow
NOW = datetime(2026, 6, 29, 13)
DAY = timedelta(days=1)
FORM = {"event": "form_submitted"}


def journey(event: str, **keys: Any) -> dict[str, Any]:
    return {**BARE, "trigger": {**FORM, "where": {"form": event}}, **keys}


LONG = {"pause": {"wait": "9 days", "next": "done"}, "done": {"exit": "finished"}}
TWICE = {
    "hello": {**MESSAGE, "if_suppressed": "wait", "next": "points"},
    "points": {"action": {"points": {"score": "nurture", "points": 5}}, "next": "pause"},
    **LONG,
}
SECRET = {"has_tag": "o'hara */ or 1=1"}
WINDOW = {"within": "2 days", "at_least": 1, "performed": "page_view"}
JOURNEYS: dict[str, dict[str, Any]] = {
    "late": journey("late", entry_condition=SECRET),
    "wide": journey("late", entry_condition=SECRET, enters_within="2 weeks"),
    "again": {**BARE, "trigger": {"tag": "vip"}, "reentry": "each"},
    "ordered": journey("ordered", entry_condition=WINDOW),
    "twice": journey("twice", start="hello", nodes=TWICE),
    "moved": journey("moved", start="pause", nodes=LONG),
}
Events = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def home_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv("SLUICE_HOME", str(home))
        yield from compiled(tmp_path_factory.mktemp("company"), home, JOURNEYS)


@pytest.fixture
def world(home_of: Any) -> Iterator[Any]:
    """(connection, SQL) with contacts 1 to 9 and nothing that happened."""
    connection, sql, _ = home_of
    connection.execute("begin")
    fill(connection, {"dim_contacts": [(one, False, None) for one in range(1, 10)]})
    yield connection, sql
    connection.execute("rollback")


def forms(connection: Any, name: str, *rows: tuple[int, int, datetime]) -> None:
    """(key, contact, when) of a form."""
    events = [(key, one, "form_submitted", False, at, name) for key, one, at in rows]
    fill(connection, {"contact_events": events})


def standing(connection: Any, name: str) -> list[tuple[Any, ...]]:
    """(contact, node, how it came there) of everybody who entered, by contact."""
    return connection.execute(  # type: ignore[no-any-return]
        "select contact_id, to_node, reason from journeys.journey_transitions where journey = ?"
        " qualify row_number() over (partition by enrolment_id order by step desc) = 1"
        " order by 1, step",
        [name],
    ).fetchall()


def receive(connection: Any, number: int, enrolment: int, contact: int, state: str) -> None:
    delivery = number_of("message", "twice_v1_hello", contact, enrolment)
    row = [number, "message", state, "twice_v1_hello", delivery, contact, NOW]
    connection.execute("insert into ledger.receipts values (?, ?, ?, ?, ?, ?, ?)", row)


def merge(connection: Any, retired: int, kept: int, at: datetime) -> None:
    fill(connection, {"contact_aliases": [(retired, kept, at)]})
    connection.execute("delete from input.dim_contacts where contact_id = ?", [retired])
    connection.execute(
        "update input.contact_events set contact_id = ? where contact_id = ?", [kept, retired]
    )


def test_a_condition_that_comes_to_hold_lets_nobody_in_by_an_old_form(world: Any) -> None:
    connection, sql = world
    fill(connection, {"contact_tags": [(1, "o'hara */ or 1=1"), (2, "o'hara */ or 1=1")]})
    forms(connection, "late", (1, 1, NOW - 8 * DAY), (2, 2, NOW - 6 * DAY), (3, 3, NOW))
    run_day(connection, sql, NOW)
    assert [row[0] for row in standing(connection, "late")] == [2]
    assert [row[0] for row in standing(connection, "wide")] == [1, 2]


def test_what_happens_inside_takes_nobody_in_again_afterwards(world: Any) -> None:
    connection, sql = world
    changes = [("vip", 1, "entered", NOW + n * timedelta(minutes=40)) for n in range(2)]
    fill(connection, {"tag_changes": changes})
    run_day(connection, sql, NOW + DAY)
    assert standing(connection, "again") == [(1, None, "finished")]
    run_day(connection, sql, NOW + 2 * DAY)
    assert len(standing(connection, "again")) == 1
    fill(connection, {"tag_changes": [("vip", 1, "entered", NOW + timedelta(minutes=70))]})
    run_day(connection, sql, NOW + 3 * DAY)
    assert len(standing(connection, "again")) == 2


def test_the_keys_of_a_condition_stand_in_any_order(world: Any) -> None:
    connection, sql = world
    forms(connection, "ordered", (1, 1, NOW), (2, 2, NOW))
    fill(connection, {"contact_events": [(3, 1, "page_view", False, NOW - DAY, "x")]})
    run_day(connection, sql, NOW)
    assert [row[0] for row in standing(connection, "ordered")] == [1]


def test_a_used_trigger_does_not_keep_its_new_contact_out(world: Any) -> None:
    """The form of 1 turns out to be of 2, who fills in another one."""
    connection, sql = world
    forms(connection, "moved", (1, 1, NOW))
    run_day(connection, sql, NOW)
    connection.execute("update input.contact_events set contact_id = 2")
    forms(connection, "moved", (2, 2, NOW + DAY))
    run_day(connection, sql, NOW + DAY)
    assert standing(connection, "moved") == [(1, "pause", "entered"), (2, "pause", "entered")]


def test_nothing_is_done_again_after_a_merge(world: Any) -> None:
    """1 came first and stands at the mail; 2 had it and the points."""
    connection, sql = world
    forms(connection, "twice", (1, 1, NOW - DAY), (2, 2, NOW - DAY + timedelta(hours=1)))
    run_day(connection, sql, NOW - DAY)
    forms(connection, "twice", (3, 2, NOW))
    run_day(connection, sql, NOW)
    (enrolment,) = connection.execute(
        "select enrolment_id from journeys.journey_transitions where contact_id = 2"
    ).fetchone()
    receive(connection, 1, enrolment, 2, "accepted")
    run_day(connection, sql, NOW + DAY)
    assert standing(connection, "twice") == [(1, "hello", "entered"), (2, "pause", "points")]
    merge(connection, 2, 1, NOW + DAY)
    run_day(connection, sql, NOW + 2 * DAY)
    assert standing(connection, "twice") == [
        (1, "pause", "done_before_merge"),
        (1, None, "merged"),
    ]
    assert connection.execute("select count(*) from journeys.journey_actions").fetchone() == (1,)


def test_a_message_that_was_in_doubt_is_sent_until_it_is_found_to_have_failed(world: Any) -> None:
    connection, sql = world
    forms(connection, "twice", (1, 1, NOW), (2, 2, NOW))
    run_day(connection, sql, NOW)
    enrolments = dict(
        connection.execute(
            "select contact_id, enrolment_id from journeys.journey_transitions"
        ).fetchall()
    )
    for contact, number in enrolments.items():
        receive(connection, contact, number, contact, "unknown")
    receive(connection, 3, enrolments[2], 2, "failed")
    run_day(connection, sql, NOW + DAY)
    assert standing(connection, "twice") == [(1, "pause", "points"), (2, "hello", "entered")]


def test_an_order_is_not_carried_out_on_whom_a_merge_brings(world: Any) -> None:
    connection, sql = world
    forms(connection, "moved", (1, 1, NOW), (2, 2, NOW))
    run_day(connection, sql, NOW)
    order = [1, "move", "moved", 2, "pause", "done", NOW + timedelta(hours=1)]
    connection.execute("insert into ledger.journey_orders values (?, ?, ?, ?, ?, ?, ?)", order)
    run_day(connection, sql, NOW + DAY)
    merge(connection, 2, 1, NOW + DAY)
    run_day(connection, sql, NOW + 2 * DAY)
    assert standing(connection, "moved") == [(1, "pause", "entered"), (2, None, "finished")]
