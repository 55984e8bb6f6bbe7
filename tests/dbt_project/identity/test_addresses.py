"""What a message is addressed to is what the person wrote; records are compared by mailbox."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from sluice.orchestration.inspection.contact import find_contacts
from tests.conftest import ROOT
from tests.dbt_project.identity.warehouse import LAYERS, Warehouse

CASES = list(
    csv.DictReader((ROOT / "tests" / "cases" / "emails_as_typed.csv").open(encoding="utf-8"))
)
CREATED, LATER = "2026-01-01 00:00:00", "2026-02-01 00:00:00"
TWICE = [
    # one moment, two contents: the one that says more counts
    {
        "record_id": "twice",
        "full_name": "Ida Alt",
        "email": "ida@old.example",
        "created_at": CREATED,
    },
    {
        "record_id": "twice",
        "full_name": "Ida Neu",
        "email": "ida@new.example",
        "company": "Firm",
        "created_at": CREATED,
    },
    # the last updated counts
    {
        "record_id": "version",
        "full_name": "Eva Alt",
        "email": "eva@old.example",
        "created_at": CREATED,
        "updated_at": CREATED,
    },
    {
        "record_id": "version",
        "full_name": "Eva Alt",
        "email": "eva@new.example",
        "created_at": CREATED,
        "updated_at": "2026-02-01",
    },
    {
        "record_id": "copy",
        "full_name": "Uli Uhr",
        "email": "uli@firm.example",
        "created_at": CREATED,
    },
    {
        "record_id": "copy",
        "full_name": "Uli Uhr",
        "email": "uli@firm.example",
        "created_at": CREATED,
    },
    # plus address and mailbox of one person
    {
        "record_id": "plus",
        "full_name": "Zoe Zorn",
        "email": "Zoe.Zorn+shop@gmail.com",
        "created_at": CREATED,
    },
    {
        "record_id": "dots",
        "full_name": "Zoe Zorn",
        "email": "zoezorn@googlemail.com",
        "created_at": LATER,
    },
]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    home = tmp_path_factory.mktemp("addresses")
    people: list[dict[str, Any]] = [
        {
            "record_id": str(number),
            "full_name": case["full_name"],
            "email": case["as_typed"],
            "created_at": CREATED,
        }
        for number, case in enumerate(CASES)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLUICE_HOME", str(home))
        one = Warehouse(home)
        one.unify([*people, *TWICE], layers=(*LAYERS, "rpt_record_issues"))
    return one


@pytest.fixture(scope="module")
def addresses(warehouse: Warehouse) -> dict[str, str | None]:
    sql = """select m.record_id, d.email from identity.identity_map as m
        inner join contacts.dim_contacts as d on m.contact_id = d.contact_id"""
    return dict(warehouse.rows(sql))


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case["as_typed"] for case in CASES])
def test_address_is_the_one_that_was_typed(addresses: dict[str, str | None], number: int) -> None:
    assert addresses[str(number)] == (CASES[number]["send_to"] or None)


def test_plus_address_and_mailbox_of_one_name_are_one_person(
    warehouse: Warehouse, addresses: dict[str, str | None]
) -> None:
    found = warehouse.rows(
        "select count(distinct contact_id) from identity.identity_map where record_id in ('plus',"
        " 'dots')"
    )
    assert found == [(1,)]
    assert addresses["plus"] == addresses["dots"] == "zoezorn@googlemail.com"


def test_two_on_one_mailbox_are_two_people(warehouse: Warehouse) -> None:
    found = warehouse.rows(
        "select count(distinct contact_id) from identity.identity_map where record_id in ('1', '7',"
        " '8')"
    )
    assert found == [(3,)]


@pytest.mark.parametrize(
    "key",
    ["zoe.zorn+shop@gmail.com", "ZoeZorn@gmail.com", "mailto:z.o.e.zorn+other@googlemail.com"],
    ids=["as typed", "mailbox", "form"],
)
def test_person_is_found_by_every_form_of_the_address(warehouse: Warehouse, key: str) -> None:
    (wanted,) = warehouse.rows(
        "select contact_id from identity.identity_map where record_id = 'plus'"
    )
    assert find_contacts(warehouse.file, key) == [wanted[0]]


def test_an_address_that_is_its_mailbox_is_one_identifier(warehouse: Warehouse) -> None:
    sql = """select identifier_type, identifier_value from contacts.contact_identifiers as i
        inner join identity.identity_map as m on i.contact_id = m.contact_id where m.record_id = 'plus' order by 1, 2"""
    assert warehouse.rows(sql) == [
        ("email", "zoezorn@gmail.com"),
        ("email_address", "zoe.zorn+shop@gmail.com"),
        ("email_address", "zoezorn@googlemail.com"),
    ]


@pytest.mark.parametrize(
    ("record", "email"),
    [("twice", "ida@new.example"), ("version", "eva@new.example"), ("copy", "uli@firm.example")],
)
def test_of_several_rows_of_one_record_the_rule_picks(
    addresses: dict[str, str | None], record: str, email: str
) -> None:
    """The last updated; of one moment the one that says more."""
    assert addresses[record] == email


def test_rows_of_one_record_that_differ_are_counted(warehouse: Warehouse) -> None:
    issues = dict(
        warehouse.rows(
            "select issue, record_count from reports.rpt_record_issues where issue like 'record"
            " id%'"
        )
    )
    assert issues == {
        "record id on rows of one moment that differ": 1,
        "record id on several rows: the last updated counts": 1,
        "record id on several rows, all equal": 1,
    }
    assert ("e-mail that is none", 2) in warehouse.rows(
        "select issue, record_count from reports.rpt_record_issues"
    )
