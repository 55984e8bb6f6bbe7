"""A day of a journey with many people inside, by the package's SQL on DuckDB. ``python -m
benchmarks.journeys``.

Everybody stands at a wait that ends today, and a third have clicked. Measured are the models of one
day, from orders to positions, without dbt's own time. ``waiting_ratio``: ten times as many waiting,
as many due. ``ratio_to_loop``: the plain loop over contacts, which most products run, on SQLite in
memory, by contact: read the row, read the events, decide, write the move. ``backtest_seconds``: a
journey alone, without the models of contacts and segments.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.figures import Figure, show
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.journeys.backtest import backtest
from sluice.orchestration.journeys.backtest_trial import days_of, find_trial
from tests.dbt_project.journey_project import MESSAGE, JourneyProject
from tests.dbt_project.journey_runs import BARE, BEFORE, KEPT, LAST, MARK, READ, TABLES, run_day

NOW, DAYS = datetime(2026, 6, 29, 13), 30
NURTURE: dict[str, Any] = {
    **BARE,
    "trigger": {"event": "form_submitted"},
    "goal": {"performed": "order_placed"},
    "start": "hello",
    "nodes": {
        "hello": {**MESSAGE, "next": "pause"},
        "pause": {"wait": f"{DAYS} days", "next": "clicked"},
        "clicked": {
            "branch": [{"when": {"performed": "email_clicked"}, "next": "points"}],
            "else": "rest",
        },
        "points": {"action": {"points": {"score": "nurture", "points": 5}}, "next": "rest"},
        "rest": {"wait": "60 days", "next": "done"},
        "done": {"exit": "finished"},
    },
}
STEPS, HISTORY = "steps_nurture", "journeys.journey_transitions"
MOVING = (*BEFORE, STEPS, *LAST)
AFTER = (
    "int_journey_newest_moves",
    "journey_enrolments",
    "int_journey_places",
    "journey_positions",
)
# what a message of a journey reads
CANDIDATES = """create or replace table journeys.candidates as
select enrolment_id, contact_id, arrived_at from journeys.int_journey_places
where journey = 'nurture' and version = 1 and node = 'hello'"""
# contact i entered so long ago that its wait ends today, when it is one of the due, else later
PEOPLE = """
insert into input.dim_contacts (contact_id, is_deleted)
select i, false from range({people}) as r (i);
insert into input.contact_events (event_key, contact_id, event_type, is_machine, occurred_at)
select i * 4, i, 'form_submitted', false, {arrived} - interval 1 hour
from range({people}) as r (i)
union all select i * 4 + 1, i, 'email_clicked', false, {arrived} + interval 1 day
from range({people}) as r (i) where i % 3 = 0
union all select i * 4 + 2, i, 'page_view', false, {arrived} + interval 2 hour
from range({people}) as r (i);
insert into {history} ({moves}) select i, 'nurture', 1, i, 1, null, 'hello', 'entered',
{arrived} - interval 1 hour, null, {arrived} from range({people}) as r (i);
insert into {history} ({moves}) select i, 'nurture', 1, i, 2, 'hello', 'pause', 'sent', {arrived},
{arrived} + interval {days} day, {arrived} from range({people}) as r (i)"""
MOVES = (
    "enrolment_id, journey, version, contact_id, step, from_node, to_node, reason, moved_at,"
    " due_at, recorded_at"
)
# contact i consents, fills in the form on some day and clicks a day later, or not
ENTERING = """
insert into input.dim_contacts (contact_id, email, language, full_name, is_deleted)
select i, 'u' || i || '@shop.example', 'en', '', false from range({people}) as r (i);
insert into input.contact_consents select i, 'email', 'marketing', 'granted'
from range({people}) as r (i);
insert into input.contact_events (event_key, contact_id, event_type, is_machine, occurred_at)
select i * 4, i, 'form_submitted', false, timestamp '{start}' + interval 1 day * (i % {days})
from range({people}) as r (i)
union all select i * 4 + 1, i, 'email_clicked', false,
timestamp '{start}' + interval 1 day * (i % {days} + 2) from range({people}) as r (i)
where i % 3 = 0"""
ARRIVED = (
    "(timestamp '{now}' - interval {days} day + case when i < {due} then -interval 1 hour"
    " else interval 1 day * (1 + i % ({days} - 2)) end)"
)


@contextmanager
def compiled(folder: Path) -> Iterator[dict[str, str]]:
    """{model: its SQL at MARK} of a project with the journey."""
    (home := folder / "home").mkdir()
    os.environ["SLUICE_HOME"] = str(home)
    project = JourneyProject(folder / "project", home)
    project.write_journey("nurture", **NURTURE)
    project.close()
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute(TABLES)
    yield Dbt(project.settings).compile(MARK, [*MOVING, *AFTER, *READ])


def peopled(folder: Path, sql: dict[str, str], people: int, due: int) -> Any:
    """A connection to a copy of the warehouse with so many people inside, so many of them due."""
    copy = folder / str(people) / "warehouse.duckdb"  # its name is in the SQL
    copy.parent.mkdir()
    shutil.copyfile(folder / "home" / "warehouse.duckdb", copy)
    connection = duckdb.connect(str(copy))
    for model in READ:
        connection.execute(f"create or replace view main.{model} as {sql[model]}")
    arrived = ARRIVED.format(now=NOW, days=DAYS, due=due)
    connection.execute(
        PEOPLE.format(people=people, arrived=arrived, days=DAYS, history=HISTORY, moves=MOVES)
    )
    run_day(connection, {KEPT: sql[KEPT]}, NOW - timedelta(days=1))  # as the day before left it
    return connection


def advance(connection: Any, sql: dict[str, str], now: datetime) -> int:
    """A day of the journey; how many moves it made."""
    run_day(connection, {model: sql[model] for model in MOVING}, now)
    for model in AFTER:
        text = sql[model].replace(str(MARK), str(now))
        connection.execute(f"create or replace view journeys.{model} as {text}")
    connection.execute(CANDIDATES)
    return int(connection.execute(f"select count(*) from journeys.{STEPS}").fetchone()[0])


def seconds_of_day(folder: Path, sql: dict[str, str], people: int, due: int) -> float:
    """Seconds of a day, the best of three; raises where others moved than those who are due."""
    return min(_seconds_of_one(folder, sql, people, due) for _ in range(3))


def _seconds_of_one(folder: Path, sql: dict[str, str], people: int, due: int) -> float:
    connection = peopled(folder, sql, people, due)
    try:
        started = time.perf_counter()
        moves = advance(connection, sql, NOW)
        seconds = time.perf_counter() - started
    finally:
        connection.close()
        shutil.rmtree(folder / str(people))
    wanted = 2 * due + len(range(0, due, 3))  # waited, branch or else, and the points
    assert moves == wanted, (moves, wanted)
    return seconds


def seconds_of_loop(people: int) -> float:
    """Seconds of the same day in a loop over people who are all due."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        "create table position (contact integer primary key, node text, due text);"
        "create table event (contact integer, type text, at text);"
        "create index of_contact on event (contact, type);"
        "create table move (contact integer, source text, target text, at text)"
    )
    arrived, due = str(NOW - timedelta(days=DAYS, hours=1)), str(NOW - timedelta(hours=1))
    rows = [(one, "pause", due) for one in range(people)]
    connection.executemany("insert into position values (?, ?, ?)", rows)
    events = [(one, "email_clicked", str(NOW)) for one in range(0, people, 3)]
    events += [(one, "page_view", str(NOW)) for one in range(people)]
    connection.executemany("insert into event values (?, ?, ?)", events)
    started = time.perf_counter()
    for (contact,) in connection.execute("select contact from position").fetchall():
        _advance_one(connection, contact, arrived)
    connection.commit()
    return time.perf_counter() - started


def _advance_one(connection: sqlite3.Connection, contact: int, arrived: str) -> None:
    def count(kind: str) -> int:
        sql = "select count(*) from event where contact = ? and type = ? and at > ?"
        return int(connection.execute(sql, (contact, kind, arrived)).fetchone()[0])

    sql = "select node, due from position where contact = ?"
    node, due = connection.execute(sql, (contact,)).fetchone()
    if due > str(NOW) or count("order_placed"):
        return
    way = ["clicked", "points", "rest"] if count("email_clicked") else ["clicked", "rest"]
    for target in way:
        row = (contact, node, target, due)
        connection.execute("insert into move values (?, ?, ?, ?)", row)
        node = target
    connection.execute(
        "update position set node = ?, due = ? where contact = ?", (node, due, contact)
    )


def seconds_of_backtest(folder: Path, people: int, days: int) -> float:
    """Seconds of a back-test over so many days, in which everybody fills in the form."""
    (home := folder / "tried").mkdir()
    os.environ["SLUICE_HOME"] = str(home)
    project = JourneyProject(folder / "tried_project", home)
    project._write(
        "models/inputs/contact_events.sql",
        "select * from input.contact_events where occurred_at <= {{ sluice.as_of() }}",
    )
    starts_on = (NOW - timedelta(days=days)).date()
    project.write_journey("nurture", **{**NURTURE, "starts_on": str(starts_on)})
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute(ENTERING.format(people=people, start=starts_on, days=days))
    try:
        project.run(NOW)
        wanted = days_of(project.settings, starts_on, NOW.date() - timedelta(days=1))
        trial = find_trial(project.settings.project, "nurture", None)
        started = time.perf_counter()
        backtest(project.settings, trial, wanted, {})
        return time.perf_counter() - started
    finally:
        project.close()


def measure(people: int, due_share: float, tried: tuple[int, int]) -> dict[str, Figure]:
    """The figures; ``tried``: people and days of the back-test."""
    due = int(people * due_share)
    with tempfile.TemporaryDirectory() as name, compiled(folder := Path(name)) as sql:
        few = seconds_of_day(folder, sql, people // 10, due)
        many = seconds_of_day(folder, sql, people, due)
        everybody = seconds_of_day(folder, sql, people, people)
        tested = seconds_of_backtest(folder, *tried)
    looped = min(people, 20_000)
    loop = seconds_of_loop(looped) * people / looped
    return {
        "enrolments": people,
        "due": due,
        "seconds_where_few_are_due": many,
        "seconds_per_million": everybody * 1e6 / people,
        "waiting_ratio": many / few,
        "loop_seconds": loop,
        "ratio_to_loop": everybody / loop,
        "backtest_people": tried[0],
        "backtest_days": tried[1],
        "backtest_seconds": tested,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000, help="enrolments that are inside")
    parser.add_argument("--due-share", type=float, default=0.03, help="of which are due today")
    parser.add_argument("--backtest-people", type=int, default=10_000)
    parser.add_argument("--backtest-days", type=int, default=180)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    tried = (arguments.backtest_people, arguments.backtest_days)
    show(measure(arguments.people, arguments.due_share, tried), arguments.json)


if __name__ == "__main__":
    main()
