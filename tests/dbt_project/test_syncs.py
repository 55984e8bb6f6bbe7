"""Syncs from a table to the simulated CRM, over several runs: what is due each time, and what the
CRM holds after it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.orchestration.plan.sync_plans import bad_keys
from tests.dbt_project.sync_project import SyncProject

pytestmark = pytest.mark.slow
PEOPLE = "id bigint, email varchar, city varchar"
SQL = "select id, email, city from input.people"
ANN, BEN, EVA = (
    (1, "ann@shop.example", "Berlin"),
    (2, "ben@shop.example", "Paris"),
    (3, "eva@shop.example", None),
)


@pytest.fixture
def project(tmp_path: Path, home: Path) -> SyncProject:
    made = SyncProject(tmp_path / "project", home)
    made.set_rows("people", PEOPLE, [ANN, BEN, EVA])
    return made


def test_rows_enter_change_exit_and_enter_again(project: SyncProject) -> None:
    project.write_sync("crm", SQL)
    assert project.run() == {"crm": [(1, "entered"), (2, "entered"), (3, "entered")]}
    assert project.run() == {"crm": []}
    project.set_rows("people", PEOPLE, [ANN, (2, "ben@shop.example", "Rome")])
    assert project.run() == {"crm": [(2, "changed"), (3, "exited")]}
    assert {key: row["city"] for key, row in project.at_the_crm().items()} == {
        "1": "Berlin",
        "2": "Rome",
    }
    project.set_rows("people", PEOPLE, [ANN, BEN, EVA])
    assert project.run() == {"crm": [(2, "changed"), (3, "entered")]}
    assert project.run() == {"crm": []}
    assert set(project.at_the_crm()) == {"1", "2", "3"}


def test_a_value_that_becomes_null_is_left_alone_unless_it_is_to_be_overwritten(
    project: SyncProject,
) -> None:
    project.write_sync("crm", SQL, columns={"city": {"to": "town"}})
    project.write_sync("other", SQL, columns={"city": {"write": "overwrite"}}, object="companies")
    project.run()
    project.set_rows("people", PEOPLE, [(1, "ann@shop.example", None), BEN, EVA])
    assert project.run() == {"crm": [], "other": [(1, "changed")]}
    project.set_rows(
        "people", PEOPLE, [ANN, (2, "ben@shop.example", None), (3, "eva@shop.example", "Oslo")]
    )
    assert project.run()["crm"] == [(3, "changed")]  # Berlin is there still
    project.set_rows("people", PEOPLE, [(1, "ann@home.example", None), BEN, EVA])
    assert project.run()["crm"] == [(1, "changed")]
    project.set_rows("people", PEOPLE, [(1, "ann@home.example", "Berlin"), BEN, EVA])
    assert project.run()["crm"] == []  # of two runs ago, and never emptied since
    project.set_rows("people", PEOPLE, [(1, "ann@home.example", "Bern"), BEN, EVA])
    assert project.run()["crm"] == [(1, "changed")]
    assert project.at_the_crm()["1"]["town"] == "Bern"


def test_a_field_written_only_if_empty_is_written_once(project: SyncProject) -> None:
    project.write_sync("crm", SQL, columns={"city": {"write": "if_empty"}})
    project.run()
    project.set_rows(
        "people", PEOPLE, [(1, "ann@shop.example", "Bern"), BEN, (3, "eva@shop.example", "Oslo")]
    )
    assert project.run() == {"crm": [(3, "changed")]}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"columns": {"city": {"to": "town"}}}, id="field"),
        pytest.param(
            {"columns": {"city": {"write": "overwrite"}}}, id="way to write", marks=pytest.mark.long
        ),
        pytest.param({"object": "companies"}, id="object", marks=pytest.mark.long),
        pytest.param({"destination": "other_crm"}, id="destination"),
        pytest.param({"key": "number"}, id="key", marks=pytest.mark.long),
    ],
)
def test_a_changed_mapping_is_held_until_its_version_is_raised(
    project: SyncProject, changed: dict[str, object]
) -> None:
    sql = "select id, id + 10 as number, email, city from input.people"
    project.write_sync("crm", sql)
    project.write_sync("steady", SQL)
    project.run()
    project.write_sync("crm", sql, **changed)
    project.set_rows("people", PEOPLE, [(1, "ann@home.example", "Berlin"), BEN, EVA])
    assert project.run() == {"crm": [], "steady": [(1, "changed")]}
    held = project.held("crm")
    assert held == (6 if "key" in changed else 3)
    project.write_sync("crm", sql, mapping_version=2, **changed)
    assert len(project.run()["crm"]) == held
    assert project.run() == {"crm": [], "steady": []}
    assert project.held("crm") == 0


def test_a_mapping_that_is_put_back_needs_nobody(project: SyncProject) -> None:
    project.write_sync("crm", SQL)
    project.run()
    project.write_sync("crm", SQL, columns={"city": {"to": "town"}})
    project.run()
    project.write_sync("crm", SQL)
    assert (project.run(), project.held("crm")) == ({"crm": []}, 0)


def test_another_destination_knows_nothing_of_what_the_first_holds(project: SyncProject) -> None:
    project.write_sync("crm", SQL)
    project.run()
    project.write_sync("crm", SQL, destination="other_crm", mapping_version=2)
    assert project.run() == {"crm": [(1, "entered"), (2, "entered"), (3, "entered")]}


def test_a_bad_key_stops_only_its_sync_and_is_told_by_its_number(project: SyncProject) -> None:
    project.set_rows("bad", PEOPLE, [ANN, BEN])
    project.write_sync("bad", "select id, email, city from input.bad")
    project.write_sync("good", SQL)
    project.run()
    project.set_rows("bad", PEOPLE, [ANN, ANN, BEN, (2, "ben@home.example", "Paris"), EVA])
    project.set_rows("people", PEOPLE, [ANN, BEN])
    assert project.run() == {"bad": [], "good": [(3, "exited")]}
    (words,) = bad_keys(project.settings.warehouse)
    assert words.startswith("sync bad: 2 keys are there more than once, nothing of it was sent -> ")
    project.set_rows(
        "bad",
        PEOPLE,
        [ANN, BEN, (None, "eva@shop.example", None), (None, "eva@shop.example", None)],
    )
    assert project.run() == {"bad": [], "good": []}
    (words,) = bad_keys(project.settings.warehouse)
    assert words.startswith("sync bad: 2 rows have no key")
    assert "@" not in words
    project.set_rows("bad", PEOPLE, [ANN, BEN, EVA])
    assert project.run() == {"bad": [(3, "entered")], "good": []}
    assert bad_keys(project.settings.warehouse) == []


def test_modes_leave_out_what_they_do_not_send(project: SyncProject) -> None:
    project.write_sync("upsert", SQL, mode="upsert")
    project.write_sync("add", SQL, mode="add")
    project.write_sync("keep", SQL, on_exit="keep")
    project.run()
    project.set_rows(
        "people", PEOPLE, [(1, "ann@home.example", "Berlin"), BEN, (4, "kim@shop.example", None)]
    )
    assert project.run() == {
        "add": [(4, "entered")],
        "keep": [(1, "changed"), (4, "entered")],
        "upsert": [(1, "changed"), (4, "entered")],
    }
    assert project.run() == {"add": [], "keep": [], "upsert": []}


def test_a_member_enters_exits_and_enters_again_and_other_columns_say_nothing(
    project: SyncProject,
) -> None:
    project.write_sync("crm", SQL, mode="upsert")  # only who is there can be on a list
    project.write_sync("list", SQL, mode="membership", list="vip", identified_by=["email"])
    assert project.run()["list"] == [(1, "entered"), (2, "entered"), (3, "entered")]
    project.set_rows(
        "people", PEOPLE, [(1, "ann@shop.example", "Rome"), (2, "ben@home.example", "Paris")]
    )
    assert project.run()["list"] == [
        (2, "exited"),
        (3, "exited"),
    ]  # ben's old address leaves the list
    assert project.run()["list"] == [(2, "entered")]
    project.set_rows("people", PEOPLE, [ANN, (2, "ben@home.example", "Rome"), EVA])
    assert project.run()["list"] == [(3, "entered")]
    assert project.run()["list"] == []


def test_the_acknowledged_state_can_be_folded_anew_from_the_whole_log(project: SyncProject) -> None:
    state = "select * from activation.int_sync_acknowledged order by all"
    project.write_sync("crm", SQL)
    for rows in ([ANN, BEN], [BEN, EVA], [(2, "ben@home.example", None), EVA], [ANN, EVA]):
        project.set_rows("people", PEOPLE, rows)
        project.run()
    project.build()
    folded = project.query(state)
    assert len(folded) == 3
    with_nothing_kept = "drop table activation.int_sync_acknowledged"
    project.execute(with_nothing_kept)
    project.build()
    assert project.query(state) == folded
    assert project.run() == {"crm": []}


def test_a_lost_warehouse_sends_nothing_again(project: SyncProject) -> None:
    project.write_sync("crm", SQL)
    project.run()
    project.settings.warehouse.path.unlink()
    project.set_rows("people", PEOPLE, [ANN, BEN, EVA])
    assert project.run() == {"crm": []}


def test_what_failed_is_not_acknowledged_and_goes_again_once_it_is_fixed(
    project: SyncProject,
) -> None:
    project.write_sync("crm", SQL)
    project.set_rows("people", PEOPLE, [ANN, (2, "no address", "Paris")])
    project.run()
    assert set(project.at_the_crm()) == {"1"}
    assert project.run() == {"crm": []}
    project.set_rows("people", PEOPLE, [ANN, BEN])
    assert project.run() == {"crm": [(2, "entered")]}


def test_another_project_without_syncs_is_built_too(project: SyncProject) -> None:
    assert project.run() == {}
    assert project.query("select * from activation.out_sync_operations") == []
