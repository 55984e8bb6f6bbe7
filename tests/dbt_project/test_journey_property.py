"""Random journeys, people, events, merges and missed days: the compiled SQL, run straight in
DuckDB, moves everybody as a plain interpreter does.
"""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_project.journey_actions import deeds_of, keep_drawn
from tests.dbt_project.journey_interpreter import advance
from tests.dbt_project.journey_orders import HANDOVER
from tests.dbt_project.journey_runs import compiled, run_day
from tests.dbt_project.journey_triggers import number_of
from tests.dbt_project.journey_world import Enrolment, World
from tests.dbt_project.random_journeys import (
    START,
    TAGS,
    TRIGGERS,
    random_areas,
    random_changes,
    random_dates,
    random_events,
    random_hours,
    random_journey,
    random_orders,
)

pytestmark = pytest.mark.slow
CONTACTS = range(1, 25)
HISTORIES = {
    "score_changes": "contact_id, score_model, previous_total, total, changed_at",
    "lifecycle_transitions": "contact_id, lifecycle, to_stage, transitioned_at",
    "tag_changes": "contact_id, tag, change, changed_at",
}
# each is a rule of its own: what no move says was not tried
REASONS = {
    "moved_by_hand", "stopped_by_hand", "handed_over", "left_by_journey", "merged",
    "done_before_merge", "give_coupon", "assign", "none_left",
}  # fmt: skip


def settle_messages(connection: Any, chance: random.Random, world: World, journeys: Any) -> None:
    """Some of the messages that people stand at are sent, some suppressed, the rest held."""
    standing = connection.execute(
        "select enrolment_id, journey, to_node, contact_id from (select *, row_number() over"
        " (partition by enrolment_id order by step desc) as r from journeys.journey_transitions)"
        " where r = 1 and to_node is not null order by 1"
    ).fetchall()
    for enrolment, journey, node, contact in standing:
        if "message" not in journeys[journey]["nodes"][node]:
            continue
        campaign, drawn = f"{journey}_v1_{node}", chance.random()
        contact = world.who(contact)
        if drawn < 0.5 and (enrolment, node) not in world.sent:
            delivery = number_of("message", campaign, contact, enrolment)
            row = [delivery, "message", "accepted", campaign, delivery, contact, world.now]
            connection.execute("insert into ledger.receipts values (?, ?, ?, ?, ?, ?, ?)", row)
            world.sent[(enrolment, node)] = world.now
        elif drawn < 0.7 and (enrolment, node) not in world.suppressed:
            row = [campaign, contact, enrolment, "no_consent", world.now]
            connection.execute(
                "insert into activation.int_journey_decisions values (?, ?, ?, ?, ?)", row
            )
            world.suppressed[(enrolment, node)] = (world.now, "no_consent")


def set_inputs(connection: Any, world: World) -> None:
    """The tables that journeys read, as of a run."""

    def fill(table: str, rows: list[Any]) -> None:
        connection.execute(f"delete from input.{table}")
        if rows:
            marks = ", ".join("?" * len(rows[0][1]))
            columns = rows[0][0]
            connection.executemany(
                f"insert into input.{table} ({columns}) values ({marks})", [r[1] for r in rows]
            )

    living = [c for c in CONTACTS if c not in world.aliases]
    columns = "contact_id, is_deleted, birth_date, owner_id, province"
    births = {c: day for (c, name), day in world.dates.items() if name == "birth_date"}
    golden = {c: (births.get(c), world.records.get(c), world.areas.get(c)) for c in living}
    people = [(columns, [c, c in world.deleted, *golden[c]]) for c in living]
    fill("dim_contacts", people)
    columns = "contact_id, attribute, attribute_value"
    fill(
        "contact_attributes",
        [
            (columns, [c, name, f"{day:%Y/%m/%d}" if day else "soon"])
            for (c, name), day in world.dates.items()
            if name != "birth_date" and c in living
        ]
        + [(columns, [c, "area", area]) for c, area in world.areas.items() if c in living],
    )
    columns = "contact_id, active_from_hour, active_until_hour"
    hours = [(columns, [one, *hours]) for one, hours in world.hours.items() if one in living]
    fill("contact_channels", hours)
    for table, columns in HISTORIES.items():
        rows = [row for kind, row in world.changes if kind == table and row[-1] <= world.now]
        fill(table, [(columns, list(row)) for row in rows])
    columns = "event_key, contact_id, event_type, is_machine, occurred_at"
    fill(
        "contact_events",
        [
            (columns, [key, world.who(c), kind, False, at])
            for key, c, kind, at in world.events
            if at <= world.now
        ],
    )
    fill("contact_tags", [("contact_id, tag", list(tag)) for tag in sorted(world.tags)])
    fill(
        "contact_consents",
        [
            ("contact_id, channel, purpose, status", [c, "email", "marketing", "withdrawn"])
            for c in sorted(world.withdrawn)
        ],
    )
    fill(
        "contact_aliases",
        [
            ("retired_contact_id, contact_id, merged_at", [*pair, world.merged[pair[0]]])
            for pair in world.aliases.items()
        ],
    )


def test_sql_moves_everybody_as_the_interpreter_does(tmp_path: Path, home: Path) -> None:
    assert check(tmp_path, home, journeys=24, days=12, seed=11) >= REASONS


@pytest.mark.long
def test_500_journeys_over_30_days(tmp_path: Path, home: Path) -> None:
    """In five lots; the 100 journeys of a lot stand beside one another in one project."""
    lots = [check(tmp_path / str(seed), home, 100, 30, seed) for seed in range(2, 7)]
    assert set().union(*lots) >= REASONS


def check(tmp_path: Path, home: Path, journeys: int, days: int, seed: int) -> set[str]:
    """Raises AssertionError where the two differ on a day. Returns the reasons of all moves."""
    chance = random.Random(seed)
    triggers = [TRIGGERS[number % len(TRIGGERS)] for number in range(journeys)]
    made = {f"j{n}": random_journey(chance, trigger) for n, trigger in enumerate(triggers)}
    for connection, sql, _ in compiled(tmp_path, home, made, {"journey_handover": HANDOVER}):
        world = World(
            START,
            random_events(chance, CONTACTS, days),
            random_changes(chance, CONTACTS, days),
            random_dates(chance, CONTACTS, days),
            random_hours(chance, CONTACTS),
            random_orders(chance, CONTACTS, days, made),
            areas=random_areas(chance, CONTACTS),
            people=CONTACTS,
        )
        world.records[CONTACTS[0]] = "lin"
        connection.executemany(
            "insert into ledger.journey_orders values (?, ?, ?, ?, ?, ?, ?)", world.orders
        )
        standing: dict[str, list[Enrolment]] = {name: [] for name in made}
        for day in range(days):
            change(chance, world, standing)
            world.now = START + timedelta(days=day)
            if chance.random() < 0.25:
                continue  # a day without a run
            set_inputs(connection, world)
            run_day(connection, sql, world.now)
            for name, journey in made.items():
                advance(
                    journey,
                    world,
                    standing[name],
                    lambda key, name=name: number_of("enrolment", name, key),
                    lambda node, contact, name=name: number_of("split", name, node, contact) % 100,
                    name,
                    made,
                )
                compare(connection, name, journey, standing[name])
            before = len(world.deeds)
            for name, journey in made.items():
                world.deeds += deeds_of(name, journey, standing[name], world)
            compare_actions(connection, world)
            keep_drawn(world, before)
            compare_drawn(connection, world)
            settle_messages(connection, chance, world, made)
        assert any(len(one.moves) > 3 for some in standing.values() for one in some)
        entered = {kind for name in made if standing[name] for kind in made[name]["trigger"]}
        assert entered >= set(TRIGGERS)
        reasons = {move[5] for some in standing.values() for one in some for move in one.moves}
    return reasons


def change(chance: random.Random, world: World, standing: dict[str, list[Enrolment]]) -> None:
    """What happens to people between two days."""
    living = [c for c in CONTACTS if c not in world.aliases]
    if chance.random() < 0.3:
        world.tags ^= {(chance.choice(living), chance.choice(TAGS))}
    if chance.random() < 0.1:
        world.deleted.add(chance.choice(living))
    if chance.random() < 0.1:
        world.withdrawn.add(chance.choice(living))
    inside = {name: _inside(world, some) for name, some in standing.items()}
    pairs = [some for some in [living, *inside.values()] if len(some) > 1]
    if chance.random() < 0.4 and len(living) > 4:
        retired, kept = chance.sample(chance.choice(pairs), 2)
        world.aliases = {k: kept if v == retired else v for k, v in world.aliases.items()}
        world.aliases[retired], world.merged[retired] = kept, world.now
        world.tags = {(world.who(contact), tag) for contact, tag in world.tags}
        world.deleted -= {retired}
        if retired in world.records:
            world.records = {kept: world.records[retired]}
        world.withdrawn = {world.who(contact) for contact in world.withdrawn}


def _inside(world: World, standing: list[Enrolment]) -> list[int]:
    return sorted({world.who(one.contact) for one in standing if one.node is not None})


def compare(connection: Any, name: str, journey: Any, standing: list[Enrolment]) -> None:
    found = connection.execute(
        "select enrolment_id, contact_id, step, from_node, to_node, reason, moved_at, due_at"
        " from journeys.journey_transitions where journey = ? order by 1, 3",
        [name],
    ).fetchall()
    wanted = sorted((m for one in standing for m in one.moves), key=lambda m: (m[0], m[2]))
    assert found == wanted, (name, journey)


def compare_actions(connection: Any, world: World) -> None:
    found = connection.execute(
        "select enrolment_id, step, journey, contact_id, node, action, subject, points, acted_at,"
        " recorded_at, drawn from journeys.journey_actions order by 1, 2"
    ).fetchall()
    assert found == sorted(world.deeds)


def compare_drawn(connection: Any, world: World) -> None:
    """Each code was given once, and nobody has two owners."""
    codes = "select enrolment_id, pool, code from journeys.int_coupons_given"
    given = {(one, pool): code for one, pool, code in connection.execute(codes).fetchall()}
    assert given == world.given
    assert len(set(given.values())) == len(given)
    owners = "select contact_id, owner_id, assigned_at from journeys.int_owner_assignments"
    assert sorted(connection.execute(owners).fetchall()) == sorted(world.assigned)
