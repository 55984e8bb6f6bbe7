"""Random edits of journeys with people inside: the compiled SQL, run straight in DuckDB, does no
step twice, loses nobody, leaves everyone in the arm they drew, and mails nobody from a node that is
gone; and it moves everybody as the plain interpreter does.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sluice.models.journey import JourneyConfig
from sluice.orchestration.dbt.runner import Dbt
from tests.dbt_project.journey_actions import deeds_of, keep_drawn
from tests.dbt_project.journey_interpreter import advance
from tests.dbt_project.journey_orders import HANDOVER
from tests.dbt_project.journey_project import JourneyProject
from tests.dbt_project.journey_runs import (
    BEFORE,
    LAST,
    MARK,
    READ,
    TABLES,
    run_day,
    set_variables,
)
from tests.dbt_project.journey_triggers import number_of
from tests.dbt_project.journey_world import Enrolment, World
from tests.dbt_project.random_edits import EDITS, random_edit
from tests.dbt_project.random_journeys import (
    START,
    TRIGGERS,
    random_areas,
    random_changes,
    random_dates,
    random_events,
    random_hours,
    random_journey,
)
from tests.dbt_project.test_journey_property import (
    CONTACTS,
    change,
    compare,
    compare_actions,
    compare_drawn,
    set_inputs,
)

pytestmark = pytest.mark.slow
DAYS = 3  # between two edits


def test_30_random_edits(tmp_path: Path, home: Path) -> None:
    check(tmp_path, home, journeys=10, rounds=3, seed=3)


@pytest.mark.long
def test_10_000_random_edits(tmp_path: Path, home: Path) -> None:
    """In 25 lots, each of 100 journeys edited 4 times."""
    for seed in range(25):
        check(tmp_path / str(seed), home, journeys=100, rounds=4, seed=seed)


class Company:
    """Journeys in a project, compiled again after each edit, and the people in them."""

    def __init__(self, folder: Path, home: Path, chance: random.Random, journeys: int) -> None:
        self.project, self.chance = JourneyProject(folder, home), chance
        set_variables(self.project.folder, {"journey_handover": HANDOVER})
        self.journeys = {
            f"j{number}": random_journey(chance, TRIGGERS[number % len(TRIGGERS)])
            for number in range(journeys)
        }
        self.standing: dict[str, list[Enrolment]] = {name: [] for name in self.journeys}
        self.mailed, self.arms = Counter[tuple[int, str]](), dict[tuple[Any, ...], str]()
        with self.open() as connection:
            connection.execute(TABLES)

    def open(self) -> Any:
        connection = duckdb.connect(str(self.project.settings.warehouse.path))
        connection.execute("set time zone 'UTC'")
        return connection

    def compile(self) -> dict[str, str]:
        """The SQL of the journeys as they are written now; their inputs become views."""
        for name, journey in self.journeys.items():
            JourneyConfig(**journey)
            self.project.write_journey(name, **journey)
        names = [*BEFORE, *(f"steps_{name}" for name in self.journeys), *LAST]
        sql = Dbt(self.project.settings).compile(MARK, [*names, *READ])
        with self.open() as connection:
            for name in READ:
                connection.execute(f"create or replace view main.{name} as {sql[name]}")
        return {name: sql[name] for name in names}

    def edit(self) -> Counter[str]:
        """Edit every journey once."""
        done = Counter[str]()
        for name, journey in self.journeys.items():
            kind, self.journeys[name] = random_edit(self.chance, journey)
            done[kind] += 1
        return done

    def live(self, connection: Any, sql: dict[str, str], world: World) -> None:
        """One run, compared with the interpreter; then mails go out."""
        set_inputs(connection, world)
        run_day(connection, sql, world.now)
        for name, journey in self.journeys.items():
            advance(
                journey,
                world,
                self.standing[name],
                lambda key, name=name: number_of("enrolment", name, key),
                lambda node, contact, name=name: number_of("split", name, node, contact) % 100,
                name,
                self.journeys,
            )
            compare(connection, name, journey, self.standing[name])
        before = len(world.deeds)
        for name, journey in self.journeys.items():
            world.deeds += deeds_of(name, journey, self.standing[name], world)
        compare_actions(connection, world)
        keep_drawn(world, before)
        compare_drawn(connection, world)
        self.check_moves(connection, world)
        self.send(connection, world)

    def send(self, connection: Any, world: World) -> None:
        """Mails to some of those who stand at a message that is there; as the ledger, to nobody the
        same one twice.
        """
        for enrolment, name, node, contact in connection.execute(STANDING).fetchall():
            body = self.journeys[name]["nodes"].get(node, {})
            if "message" not in body or (enrolment, node) in world.sent:
                continue
            campaign, drawn, contact = f"{name}_v1_{node}", self.chance.random(), world.who(contact)
            if drawn < 0.5:
                delivery = number_of("message", campaign, contact, enrolment)
                row = [delivery, "message", "accepted", campaign, delivery, contact, world.now]
                connection.execute("insert into ledger.receipts values (?, ?, ?, ?, ?, ?, ?)", row)
                world.sent[(enrolment, node)] = world.now
                self.mailed[(enrolment, node)] += 1

    def check_moves(self, connection: Any, world: World) -> None:
        """The moves of each enrolment are one way without a gap."""
        last: dict[int, Any] = {}
        for enrolment, step, origin, to, reason, at in connection.execute(MOVES).fetchall():
            before = last.get(enrolment)
            if before is None:
                assert (step, origin, reason) == (1, None, "entered"), enrolment
            else:
                assert (step, origin) == (before[0] + 1, before[1]), enrolment
                assert before[1] is not None, (enrolment, "moved after its end")
                assert at >= before[2], enrolment
            last[enrolment] = (step, to, at)
        self.check_run(connection, world)

    def check_run(self, connection: Any, world: World) -> None:
        """Out of a node that is gone only what ends leads; everyone has the arm they drew."""
        for name, contact, origin, to, reason in connection.execute(RUN, [world.now]).fetchall():
            nodes = self.journeys[name]["nodes"]
            assert origin in nodes or to is None, (name, origin, to)
            if reason == "split":
                drawn = (name, origin, json.dumps(nodes[origin]["split"]), contact)
                assert self.arms.setdefault(drawn, to) == to, drawn


MOVES = (
    "select enrolment_id, step, from_node, to_node, reason, moved_at"
    " from journeys.journey_transitions order by enrolment_id, step"
)
RUN = (
    "select journey, contact_id, from_node, to_node, reason from journeys.journey_transitions"
    " where recorded_at = ? and from_node is not null"
)
STANDING = (
    "select enrolment_id, journey, to_node, contact_id from (select *, row_number() over (partition"
    " by enrolment_id order by step desc) as r from journeys.journey_transitions)"
    " where r = 1 and to_node is not null order by 1"
)


def check(tmp_path: Path, home: Path, journeys: int, rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    tmp_path.mkdir(exist_ok=True)
    company = Company(tmp_path / "project", home, chance, journeys)
    days = DAYS * (rounds + 1)
    world = World(
        START,
        random_events(chance, CONTACTS, days),
        random_changes(chance, CONTACTS, days),
        random_dates(chance, CONTACTS, days),
        random_hours(chance, CONTACTS),
        areas=random_areas(chance, CONTACTS),
        people=CONTACTS,
    )
    done = Counter[str]()
    for number in range(rounds + 1):
        done += company.edit() if number else Counter()
        sql = company.compile()
        with company.open() as connection:
            for day in range(DAYS):
                change(chance, world, {})
                world.now = START + timedelta(days=number * DAYS + day)
                company.live(connection, sql, world)
    company.project.ledger.engine.dispose()
    assert done.total() == journeys * rounds
    assert set(done) == set(EDITS)
    assert max(company.mailed.values()) == 1
    assert any("split" in move[5] for one in _all(company) for move in one.moves if move[5])


def _all(company: Company) -> list[Enrolment]:
    return [one for some in company.standing.values() for one in some]
