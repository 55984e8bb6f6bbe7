"""Own keys of a source join records by configuration; what else it says travels as attributes."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from sluice.orchestration.inspection.contact import find_contacts
from tests.dbt_project.identity.warehouse import LAYERS, Warehouse, clusters

UUID = "5F0C3C9E-3B1A-4E0B-9C55-0242AC120002"
PEOPLE: list[dict[str, Any]] = [
    # one account under two names and addresses, once from a column of numbers
    {"record_id": "a1", "full_name": "Ada Old", "email": "ada@old.example", "user_id": "1001", "plan": "free", "seats": "9"},
    {"record_id": "a2", "full_name": "Ada New", "email": "ada@new.example", "user_id": " 1001.0 ", "plan": "pro"},
    # a CRM record that was merged into another, and a list of what was merged into one
    {"record_id": "b1", "full_name": "Bo Berg", "crm_id": "C1"},
    {"record_id": "b2", "full_name": "B. Berg", "crm_id": "C2", "merged_crm_ids": "C1; C7,C8"},
    {"record_id": "b3", "full_name": "Bo Bergmann", "crm_id": "C8"},
    {"record_id": "b4", "full_name": "Cy Cole", "crm_id": "C9"},
    # a UUID is one whatever its case; no key, and keys that systems write for none
    {"record_id": "c1", "full_name": "Di Dorn", "user_id": UUID},
    {"record_id": "c2", "full_name": "Di Dorn", "user_id": UUID.lower()},
    *[{"record_id": f"d{n}", "full_name": name, "user_id": key} for n, (name, key) in enumerate(
        [("Ed Ems", "0"), ("Fe Fuchs", "0"), ("Gu Gran", "-1"), ("Ha Hill", "-1"), ("Io Imm", "null"), ("Jo Jung", "null")])],
    # the account of a firm: one name on it is one person, another is not
    {"record_id": "e1", "full_name": "Karl Kern", "account_id": "F1"},
    {"record_id": "e2", "full_name": "Karl Kern", "account_id": "F1"},
    {"record_id": "e3", "full_name": "Lena Lang", "account_id": "F1", "seats": "many"},
]  # fmt: skip
EVENTS = """create table contacts.contact_events as
    select m.contact_id, 'order_placed' as event_type, false as is_machine, cast(null as varchar) as subject, e.properties
    from identity.identity_map as m inner join (values
        ('b1', '{"sku": "A1", "price": "99.5"}'), ('b4', '{"sku": "B2", "price": "100"}'), ('c1', '{"price": "dear"}'),
        ('e1', null)
    ) as e (record_id, properties) on m.record_id = e.record_id"""
TOGETHER = [
    {"a1", "a2"},
    {"b1", "b2", "b3"},
    {"b4"},
    {"c1", "c2"},
    {"e1", "e2"},
    {"e3"},
    *({f"d{n}"} for n in range(6)),
]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    home = tmp_path_factory.mktemp("own_keys")
    people = [
        {"created_at": f"2026-01-{day:02} 00:00:00", **person}
        for day, person in enumerate(PEOPLE, start=1)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLUICE_HOME", str(home))
        one = Warehouse(home)
        one.unify(people, layers=(*LAYERS, "contact_attributes", "rpt_record_issues"))
    with duckdb.connect(str(one.file)) as connection:
        connection.execute(EVENTS)
    return one


def test_records_of_one_own_key_are_one_person(warehouse: Warehouse) -> None:
    found = dict(warehouse.rows("select record_id, contact_id from identity.identity_map"))
    assert clusters(found) == {frozenset(records) for records in TOGETHER}


def test_the_edge_says_which_key(warehouse: Warehouse) -> None:
    rules = {
        rule for (rule,) in warehouse.rows("select distinct rule from identity.identity_edges")
    }
    assert rules == {"same_user_id", "same_crm_id", "same_name_on_account_id"}


@pytest.mark.parametrize(("key", "record"), [("1001", "a2"), (UUID, "c1"), ("C7", "b1")])
def test_person_is_found_by_an_own_key(warehouse: Warehouse, key: str, record: str) -> None:
    (wanted,) = warehouse.rows(
        f"select contact_id from identity.identity_map where record_id = '{record}'"
    )
    assert find_contacts(warehouse.file, key) == [wanted[0]]


def test_keys_that_mean_none_are_fake_or_nothing(warehouse: Warehouse) -> None:
    sql = (
        "select identifier_value, quality from identity.int_identifier_quality where quality ="
        " 'fake' order by 1"
    )
    assert warehouse.rows(sql) == [("-1", "fake"), ("0", "fake")]


def test_columns_that_nobody_declared_travel_as_attributes(warehouse: Warehouse) -> None:
    sql = """select m.record_id, a.attribute, a.attribute_value, a.record_id from contacts.contact_attributes as a
        inner join identity.identity_map as m on a.contact_id = m.contact_id where m.record_id in ('a1', 'e3') order by 1, 2"""
    assert warehouse.rows(sql) == [
        ("a1", "plan", "pro", "a2"),
        ("a1", "seats", "9", "a1"),
        ("e3", "seats", "many", "e3"),
    ]


@pytest.mark.parametrize(
    ("condition", "records"),
    [
        ("{{ sluice.attribute_is('plan', 'pro', 'team') }}", ["a1", "a2"]),
        ("{{ sluice.attribute_is('plan', 'free') }}", []),
        ("{{ sluice.attribute('plan') }} = 'pro'", ["a1", "a2"]),
        ("{{ sluice.attribute_at_least('seats', 9) }}", ["a1", "a2"]),
        ("{{ sluice.attribute_at_least('seats', 9.5) }}", []),
        ("{{ sluice.has_attribute('seats') }}", ["a1", "a2", "e3"]),
        ("not {{ sluice.has_attribute('plan') }} and record_id like 'a%'", []),
        (
            """{{ sluice.performed('order_placed', where=sluice.event_property('sku') ~ " = 'A1'") }}""",
            ["b1", "b2", "b3"],
        ),
        (
            """{{ sluice.performed('order_placed', where=sluice.number_of(sluice.event_property('price')) ~ ' >= 100') }}""",
            ["b4"],
        ),
    ],
)
def test_segments_ask_for_attributes_and_properties(
    warehouse: Warehouse, condition: str, records: list[str]
) -> None:
    found = warehouse.rows(
        warehouse.compiled(
            f"select record_id from {{{{ ref('identity_map') }}}} where {condition} order by 1"
        )
    )
    assert [record for (record,) in found] == records


def test_syncs_and_campaigns_join_attributes_as_columns(warehouse: Warehouse) -> None:
    sql = """select m.record_id, a.plan, a.seats, {{ sluice.attribute('seats', 'm.contact_id') }} from {{ ref('identity_map') }} as m
        inner join {{ sluice.attributes_of('plan', 'seats') }} as a on m.contact_id = a.contact_id order by 1"""
    assert warehouse.rows(warehouse.compiled(sql)) == [
        ("a1", "pro", "9", "9"),
        ("a2", "pro", "9", "9"),
        ("e3", None, "many", "many"),
    ]
