"""A person goes from the tables of either engine, bytes included; the rows of others stay."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from sluice.activations.erasure import ErasedKeys
from sluice.orchestration.rights.key_columns import KeyColumn
from sluice.orchestration.rights.person import Person, collect
from sluice.orchestration.rights.person_keys import keys_of
from sluice.orchestration.rights.stores import warehouse as rows
from sluice.orchestration.rights.strangers import find_stranger
from sluice.orchestration.warehouse.base import Session, Warehouse
from sluice.orchestration.warehouse.duckdb_file import DuckDBFile
from sluice.orchestration.warehouse.postgres import Postgres
from sluice.orchestration.warehouse.reader import open_warehouse
from tests.dbt_project.services import postgres_binaries
from tests.orchestration.warehouse.conftest import postgres
from tests.postgres import Server

__all__ = ["postgres"]
SECRET = b"s" * 32
TEXTS = (
    "full_name", "given_name", "surname", "phone", "phone_digits", "email", "mailbox", "unionid",
    "cookie_id", "national_id", "company", "address", "job_title", "province", "city", "industry",
    "attributes", "identifiers",
)  # fmt: skip
ANN = "Annabel Quince"
PLANTED = (
    ANN, "ann.quince@shop.example", "13912345876", "7 Hidden Lane", "prefers violet ribbons",
    "gift for aunt Dora", "ck_a1b2c3d4e5f6", "oU_aa11bb22cc33",
)  # fmt: skip
RECORDS = f"""
create schema identity; create schema contacts; create schema raw; create schema segments;
create table identity.int_contact_records (record_key bigint, source varchar, record_id varchar,
    {", ".join(f"{name} varchar" for name in TEXTS)});
insert into identity.int_contact_records (record_key, source, record_id, full_name, phone, email, mailbox, unionid,
    cookie_id, address, company, city)
values (11, 'shop', '12', '{ANN}', '+8613912345876', 'ann.quince@shop.example', 'ann.quince@shop.example',
        'oU_aa11bb22cc33', 'ck_a1b2c3d4e5f6', '7 Hidden Lane', 'Quince & Sons', 'Hangzhou'),
    (22, 'shop', '13', 'Bo Pear', '+8613912345999', 'bo@shop.example', 'bo@shop.example', null, null, null,
        'Quince & Sons', 'Hangzhou');
create table identity.identity_map (record_key bigint, contact_id bigint, source varchar, record_id varchar);
insert into identity.identity_map values (11, 11, 'shop', '12'), (22, 22, 'shop', '13');
create table identity.contact_aliases (retired_contact_id bigint, contact_id bigint);
insert into identity.contact_aliases values (33, 11);
create table identity.int_record_identifiers (record_key bigint, identifier_key bigint, identifier_type varchar,
    identifier_value varchar);
insert into identity.int_record_identifiers values (11, 101, 'email', 'ann.quince@shop.example'),
    (11, 102, 'phone', '+8613912345876'), (11, 103, 'cookie', 'ck_a1b2c3d4e5f6'),
    (11, 104, 'unionid', 'oU_aa11bb22cc33'), (22, 105, 'email', 'bo@shop.example'),
    (11, 106, 'landline', '05718888888'), (22, 106, 'landline', '05718888888');
create table contacts.int_contact_openids (contact_id bigint, openid varchar);
create table raw.users (id integer, name varchar, mail varchar, note varchar);
insert into raw.users values (12, '{ANN}', 'Ann.Quince@shop.example', 'prefers violet ribbons'),
    (13, 'Bo Pear', 'bo@shop.example', 'friend of ann.quince@shop.example');
create table raw.orders (order_id integer, buyer integer, quantity integer, note varchar);
insert into raw.orders values (1, 12, 1, 'gift for aunt Dora'), (2, 13, 12, 'none'), (3, 13, 1, 'for {ANN}');
create table raw.visits (visitor varchar, page varchar, landline varchar);
insert into raw.visits values ('ck_a1b2c3d4e5f6', '/', null), ('ck_other000000', '/', '05718888888');
create table raw.quarantine (table_name varchar, row_number bigint, reason varchar, row_text varchar);
insert into raw.quarantine values ('orders', 7, 'bad', '{{"buyer": 12, "note": "x"}}'),
    ('users', 8, 'bad', '{{"name": "{ANN}"}}'), ('orders', 9, 'bad', '{{"buyer": 13, "quantity": 12}}');
create table raw.landings (table_name varchar, row_count bigint, quarantined bigint);
insert into raw.landings values ('users', 2, 1), ('orders', 3, 2), ('visits', 2, 0);
create table segments.segment_changes (segment varchar, contact_id bigint);
insert into segments.segment_changes values ('a', 11), ('a', 22), ('b', 33);
create table segments.names_of_buyers (name varchar, total bigint);
insert into segments.names_of_buyers values ('{ANN}', 1), ('Bo Pear', 2);
"""


@pytest.fixture(params=["", "acme_"], ids=["plain", "prefix"])
def prefix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.warehouses)])
def warehouse(request: pytest.FixtureRequest, prefix: str, tmp_path: Path) -> Warehouse:
    if request.param == "duckdb":
        return DuckDBFile(tmp_path / "warehouse.duckdb", tmp_path, prefix)
    server: Server = request.getfixturevalue("postgres")
    return server.warehouse(server.database(), prefix)


def made(session: Session) -> tuple[Person, ErasedKeys]:
    """The tables, and the person in them."""
    session.execute(RECORDS)
    person = collect(session, [11])
    of = frozenset({"shop"})
    schema = f"{session.prefix}raw"
    columns = [KeyColumn(schema, "users", "id", of), KeyColumn(schema, "orders", "buyer", of)]
    erased = ErasedKeys(SECRET, frozenset(keys_of(person, SECRET, columns)))
    person.raw_texts = rows.take_raw_texts(session, rows.tables_of(session), erased)
    return person, erased


def everything(warehouse: Warehouse, folder: Path) -> bytes:
    """Every byte of the file, or a dump of the server's database."""
    if not isinstance(warehouse, Postgres):
        return b"".join(one.read_bytes() for one in folder.glob("warehouse*"))
    binaries = postgres_binaries()
    assert binaries is not None
    command = [str(binaries / "pg_dump"), "-h", warehouse.host, "-p", str(warehouse.port)]
    command += ["-U", warehouse.user, warehouse.database]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_one_goes_and_others_stay(warehouse: Warehouse, tmp_path: Path) -> None:
    with open_warehouse(warehouse, read_only=False) as session:
        person, erased = made(session)
        assert person.contact_ids == [11, 33]
        assert person.shared == [("landline", "05718888888")]
    with open_warehouse(warehouse, read_only=False) as session:
        session.execute("checkpoint") if not isinstance(warehouse, Postgres) else None
    before = everything(warehouse, tmp_path)
    assert [one for one in PLANTED if one.encode() not in before] == []
    with open_warehouse(warehouse, read_only=False) as session:
        done = rows.erase_people(session, person, erased)
        assert rows.erase_people(session, person, erased).rows == {}

        def left(sql: str) -> list[tuple[object, ...]]:
            return session.execute(sql).rows

        assert left("select id, note from raw.users") == [(13, f"friend of {'*' * 23}")]
        assert left("select order_id, note from raw.orders order by 1") == [
            (2, "none"),
            (3, f"for {'*' * len(ANN)}"),
        ]
        assert left("select visitor, landline from raw.visits") == [
            ("ck_other000000", "05718888888")
        ]
        assert left("select row_number from raw.quarantine") == [(9,)]
        assert left("select * from raw.landings order by 1") == [
            ("orders", 2, 1),
            ("users", 1, 0),
            ("visits", 1, 0),
        ]
        assert left("select contact_id from segments.segment_changes") == [(22,)]
        assert left("select name from segments.names_of_buyers") == [("Bo Pear",)]
        assert left("select company, city from identity.int_contact_records") == [
            ("Quince & Sons", "Hangzhou")
        ]
        assert left("select count(*) from identity.contact_aliases") == [(0,)]
    assert done.rows[f"{warehouse.prefix}raw.orders"] == 1
    assert warehouse.compact()
    after = everything(warehouse, tmp_path)
    assert [one for one in PLANTED if one.lower().encode() in after.lower()] == []
    assert b"Bo Pear" in after


def test_a_company_that_others_have_too_is_no_text_of_the_person(warehouse: Warehouse) -> None:
    with open_warehouse(warehouse, read_only=False) as session:
        person, _ = made(session)
    assert "Quince & Sons" not in person.texts
    assert ANN in person.texts
    assert "13912345876" in person.texts


def test_somebody_who_is_no_contact_is_found_by_their_address(warehouse: Warehouse) -> None:
    with open_warehouse(warehouse, read_only=False) as session:
        made(session)
        session.execute(
            "insert into raw.quarantine values"
            ' (\'users\', 10, \'bad\', \'{"mail": "Cy@Shop.example", "note": "x"}\')'
        )
        assert find_stranger(session, "nobody@shop.example", SECRET) is None
        assert find_stranger(session, "shop:99", SECRET) is None
        person = find_stranger(session, "cy@shop.example", SECRET)
        assert person is not None
        erased = ErasedKeys(SECRET, frozenset(person.keys))
        rows.erase_people(session, person, erased)
        left = session.execute("select row_number from raw.quarantine order by 1").rows
        assert left == [(7,), (8,), (9,)]
        assert session.execute("select count(*) from raw.users").rows == [(2,)]
