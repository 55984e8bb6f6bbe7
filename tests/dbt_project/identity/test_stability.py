"""Ids stay from run to run: what changes them is a merge or a split, and each is recorded."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.ledger.store import Ledger
from sluice.orchestration.landing.identity import journal_identity
from sluice.orchestration.landing.ledger import land_ledger
from tests.dbt_project.identity.warehouse import Warehouse

pytestmark = pytest.mark.slow
IDENTITY = ("fqn:sluice.staging", "fqn:sluice.identity")


def person(
    record_id: str, full_name: str | None = None, day: int = 1, **values: Any
) -> dict[str, Any]:
    return {
        "record_id": record_id,
        "full_name": full_name,
        "created_at": f"2026-01-{day:02}T00:00:00",
        **values,
    }


def company(count: int, offset: int = 1) -> list[dict[str, Any]]:
    """So many people with two records each: one number."""
    rows = []
    for number in range(offset, offset + count):
        phone = f"139{number:04}{(number * 7919) % 10000:04}"
        rows += [
            person(f"a{number}", "王芳", phone=phone),
            person(f"b{number}", "王芳", day=2, phone=phone, email=f"p{number}@corp.cn"),
        ]
    return rows


def test_running_twice_changes_nothing(tmp_path: Path) -> None:
    warehouse, people = Warehouse(tmp_path), company(50)
    first = warehouse.unify(people, layers=IDENTITY)
    kept = warehouse.rows("select * from identity.identity_map order by record_key")
    assert warehouse.unify(people, layers=IDENTITY) == first
    assert warehouse.rows("select * from identity.identity_map order by record_key") == kept
    assert warehouse.rows("select * from identity.identity_changes") == []


def test_ten_percent_new_records_change_ids_only_where_a_merge_is_recorded(tmp_path: Path) -> None:
    """Ten records bring new people, one brings two old ones together."""
    warehouse, people = Warehouse(tmp_path), company(50)
    before = warehouse.unify(people, layers=IDENTITY)
    bridge = person("bridge", "王芳", day=1, phone=people[0]["phone"], email="p2@corp.cn")
    after = warehouse.unify([*people, *company(5, offset=51), bridge], layers=IDENTITY)
    changed = {record for record, contact in before.items() if after[record] != contact}
    merges = warehouse.rows(
        "select from_contact_id, to_contact_id, change, record_count from identity.identity_changes"
    )
    assert len(merges) == 1
    retired, survivor, change, count = merges[0]
    assert (change, count) == ("merged", 2)
    assert {before[record] for record in changed} == {retired}
    assert {after[record] for record in changed} == {survivor}
    assert warehouse.rows(
        "select retired_contact_id, contact_id from identity.contact_aliases"
    ) == [(retired, survivor)]


def test_the_older_contact_wins_whichever_record_is_older(tmp_path: Path) -> None:
    """A source that is switched on late brings records from long ago: the id that destinations know
    stays.
    """
    warehouse = Warehouse(tmp_path)
    known = warehouse.unify(
        [person("new", "王芳", day=20, phone="13912340001")],
        as_of="2026-06-01 00:00:00",
        layers=IDENTITY,
    )
    later = warehouse.unify(
        [
            person("new", "王芳", day=20, phone="13912340001"),
            person("old", "王芳", day=1, phone="13912340001"),
        ],
        layers=IDENTITY,
    )
    assert later == {"new": known["new"], "old": known["new"]}


def test_aliases_lead_to_the_survivor_over_several_merges(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    rows = [
        person("1", "王芳", 1, phone="13912340001"),
        person("2", "王芳", 2, phone="13912340002"),
        person("3", "王芳", 3, phone="13912340003"),
    ]
    first = warehouse.unify(rows, as_of="2026-06-01 00:00:00", layers=IDENTITY)
    rows.append(person("4", "王芳", 4, phone="13912340002", unionid="u"))
    rows.append(person("5", "王芳", 5, phone="13912340003", unionid="u"))
    warehouse.unify(rows, as_of="2026-06-02 00:00:00", layers=IDENTITY)
    rows.append(person("6", "王芳", 6, phone="13912340001", unionid="u"))
    last = warehouse.unify(rows, as_of="2026-06-03 00:00:00", layers=IDENTITY)
    assert set(last.values()) == {first["1"]}
    aliases = dict(
        warehouse.rows("select retired_contact_id, contact_id from identity.contact_aliases")
    )
    assert aliases == {first["2"]: first["1"], first["3"]: first["1"]}


def test_an_identifier_turned_bad_splits_the_contact_and_is_logged(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    rows = [person("1", "王芳", 1, phone="13912340001"), person("2", None, 2, phone="13912340001")]
    before = warehouse.unify(rows, as_of="2026-06-01 00:00:00", layers=IDENTITY)
    assert before["1"] == before["2"]
    after = warehouse.unify(
        [*rows, person("3", "李强", 3, phone="13912340001")],
        as_of="2026-06-02 00:00:00",
        layers=IDENTITY,
    )
    assert len(set(after.values())) == 3
    assert after["1"] == before["1"]
    assert warehouse.rows(
        "select change, from_contact_id, record_count from identity.identity_changes"
    ) == [("split", before["1"], 1)]


def test_a_source_that_sends_nothing_for_a_day_deletes_nobody(tmp_path: Path) -> None:
    warehouse, people = Warehouse(tmp_path), company(5)
    first = warehouse.unify(people)
    assert warehouse.unify([]) == first
    assert warehouse.unify(people[:3]) == first
    assert len(warehouse.rows("select 1 from contacts.dim_contacts where not is_deleted")) == 5


def test_a_corrected_record_is_normalised_and_joined_anew(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    rows = [
        person("1", "王芳", 1, phone="13912340001"),
        person("2", "王芳", 2, phone="13912340002"),
    ]
    assert len(set(warehouse.unify(rows, layers=IDENTITY).values())) == 2
    rows[1] = {**rows[1], "phone": "13912340001", "updated_at": "2026-03-01T00:00:00"}
    assert len(set(warehouse.unify(rows, layers=IDENTITY).values())) == 1


def test_a_replay_of_an_earlier_day_knows_no_later_record(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    rows = [
        person("1", "王芳", 1, phone="13912340001"),
        person("2", "王芳", 20, phone="13912340001"),
    ]
    warehouse.unify(rows, layers=IDENTITY)
    assert set(warehouse.unify(rows, as_of="2026-01-10 00:00:00", layers=IDENTITY)) == {"1"}


def test_duplicate_ids_future_rows_and_bad_dates_are_handled(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    rows = [
        person("1", "王芳", 1, phone="13912340001", updated_at="2026-02-01T00:00:00"),
        person("1", "王方", 1, phone="13912340001", updated_at="2026-01-05T00:00:00"),
        {**person("2", "李强", birth_date="2199-01-01"), "created_at": "2026-01-01T00:00:00"},
        {**person("3", "陈静", birth_date="1980年2月30日"), "created_at": "2099-01-01T00:00:00"},
        person("4", "赵敏", birth_date="19800229"),
    ]
    assert set(warehouse.unify(rows)) == {"1", "2", "4"}
    names = warehouse.rows(
        "select record_id, full_name, birth_date from identity.int_contact_records order by 1"
    )
    assert [(record, name, str(date)) for record, name, date in names] == [
        ("1", "王芳", "None"), ("2", "李强", "None"), ("4", "赵敏", "1980-02-29"),
    ]  # fmt: skip


def test_golden_values_follow_the_rules_and_no_null_overwrites(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    rows = [
        person(
            "1",
            "王芳",
            1,
            phone="13912340001",
            company="某某科技",
            address="人民路1号",
            city="深圳",
        ),
        person(
            "2", "王女士", 5, phone="13912340001", company="某某科技有限公司", address="人民路2号"
        ),
        person("3", "wx12ab", 9, phone="13912340001", birth_date="1980-05-06"),
    ]
    warehouse.unify(rows)
    found = warehouse.rows(
        "select full_name, company, address, city, cast(birth_date as varchar), address_source,"
        " cast(address_updated_at as varchar)"
        " from contacts.dim_contacts"
    )
    # the full name before the newer partial one, the newest address, the city that only the oldest
    # record has
    assert found == [
        (
            "王芳",
            "某某科技有限公司",
            "人民路2号",
            "深圳市",
            "1980-05-06",
            "import",
            "2026-01-05 00:00:00",
        )
    ]


@pytest.mark.long
def test_likelihood_joins_what_the_rules_leave_apart_and_says_why(tmp_path: Path) -> None:
    """Thirty people whose second record has another phone and a slip in the name; the same records
    again train nothing anew.
    """
    given = [
        "Anna",
        "Boris",
        "Clara",
        "David",
        "Erika",
        "Felix",
        "Greta",
        "Henry",
        "Irene",
        "Jonas",
    ]
    family = ["Huber", "Wagner", "Pichler"]
    rows = []
    for number in range(30):
        name, born = (
            f"{given[number % 10]} {family[number // 10]}",
            f"19{50 + number}-0{1 + number % 9}-1{number % 9}",
        )
        place = {
            "birth_date": born,
            "address": f"{number + 1} Mill Street",
            "postcode": f"4{number:03}",
        }
        rows.append(person(f"a{number}", name, **place, phone=f"+43660{1000000 + number}"))
        rows.append(
            person(
                f"b{number}",
                name.replace("r", "", 1),
                2,
                **place,
                phone=f"+43676{7000000 + 31 * number}",
            )
        )
    warehouse = Warehouse(tmp_path, probabilistic=True)
    contacts = warehouse.unify(rows, layers=IDENTITY)
    assert sum(contacts[f"a{number}"] == contacts[f"b{number}"] for number in range(30)) >= 28
    assert len(set(contacts.values())) >= 30
    why = warehouse.rows("select explanation from identity.identity_edges where rule = 'probable'")
    assert all("birth date" in words for (words,) in why)
    assert warehouse.unify(rows, layers=IDENTITY) == contacts


@pytest.mark.parametrize(
    "lost", ["deleted", pytest.param("a copy of the day before", marks=pytest.mark.long)]
)
def test_ids_and_aliases_outlive_the_warehouse(tmp_path: Path, lost: str) -> None:
    """Older records that come late would name the contacts anew, and a merge would have no
    trace.
    """
    warehouse, ledger = Warehouse(tmp_path), Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    people = [
        person(f"n{number}", "王芳", day=20, phone=f"1391234{number:04}") for number in range(5)
    ]
    first = warehouse.unify(people, as_of="2026-06-01 00:00:00", layers=IDENTITY)
    journal_identity(warehouse.file, ledger)
    shutil.copy(warehouse.file, tmp_path / "yesterday")
    people += [
        person(f"o{number}", "王芳", day=1, phone=f"1391234{number:04}") for number in range(5)
    ]
    people += [person("bridge", "王芳", day=2, phone=people[0]["phone"], unionid="u")]
    people += [person("bridge2", "王芳", day=2, phone=people[1]["phone"], unionid="u")]
    second = warehouse.unify(people, as_of="2026-06-02 00:00:00", layers=IDENTITY)
    journal_identity(warehouse.file, ledger)
    aliases = warehouse.rows("select * from identity.contact_aliases")
    assert (len(aliases), journal_identity(warehouse.file, ledger)) == (1, 0)
    warehouse.file.unlink()
    if lost == "a copy of the day before":
        shutil.copy(tmp_path / "yesterday", warehouse.file)
    land_ledger(warehouse.file, ledger)
    third = warehouse.unify(people, as_of="2026-06-03 00:00:00", layers=IDENTITY)
    assert third == second
    assert {record: second[record] for record in ("n2", "n3", "n4")} == {
        record: first[record] for record in ("n2", "n3", "n4")
    }
    assert warehouse.rows("select * from identity.contact_aliases") == aliases
    assert journal_identity(warehouse.file, ledger) == 0


def test_a_contact_outlives_the_record_that_named_it(tmp_path: Path) -> None:
    """A warehouse made anew does not know what the sources stopped sending; who was named by it
    keeps the id.
    """
    warehouse, ledger = Warehouse(tmp_path), Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    rows = [
        person("1", "王芳", 1, phone="13912340001"),
        person("2", "王芳", 2, phone="13912340001"),
    ]
    first = warehouse.unify(rows, as_of="2026-06-01 00:00:00", layers=IDENTITY)
    journal_identity(warehouse.file, ledger)
    warehouse.file.unlink()
    land_ledger(warehouse.file, ledger)
    rows = [rows[1], person("3", "王芳", 3, phone="13912340001")]
    assert set(warehouse.unify(rows, as_of="2026-06-02 00:00:00", layers=IDENTITY).values()) == {
        first["1"]
    }
