"""Whoever was erased and is still in a table that is read where it is stays out of the models."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sluice.activations.erasure import EMAIL, NOBODY, RECORD, ErasedKeys, hashes_of
from sluice.activations.erasure import record_key as named
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.rights.returning import leave_out, record_key
from sluice.orchestration.warehouse.base import Warehouse
from sluice.orchestration.warehouse.duckdb_file import DuckDBFile
from sluice.orchestration.warehouse.reader import open_warehouse, query
from tests.orchestration.warehouse.conftest import postgres
from tests.postgres import Server

__all__ = ["postgres"]
SECRET = b"s" * 32
STAGING = """
create schema staging;
create table staging.people (source varchar, record_id varchar, email varchar, phone varchar,
    unionid varchar, cookie_id varchar);
insert into staging.people values ('erp', '1', 'Ann@Shop.example', null, null, null),
    ('erp', '2', 'bo@shop.example', null, null, null), ('erp', '3', null, null, null, null),
    ('erp', null, null, null, null, null);
create view staging.stg_erp__contacts as select * from staging.people
"""


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.warehouses)])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Warehouse:
    if request.param == "duckdb":
        found: Warehouse = DuckDBFile(tmp_path / "warehouse.duckdb", tmp_path)
    else:
        server: Server = request.getfixturevalue("postgres")
        found = server.warehouse(server.database())
    with open_warehouse(found, read_only=False) as session:
        session.execute(STAGING)
    return found


def left_out(warehouse: Warehouse, erased: ErasedKeys) -> list[tuple[Any, ...]]:
    settings = cast("Settings", SimpleNamespace(warehouse=warehouse))
    count = leave_out(settings, erased)
    found = query(warehouse, "select record_key from landing.erased_records order by 1")
    assert len(found) == count
    return found


def test_by_address_and_by_record_until_it_is_lifted(warehouse: Warehouse) -> None:
    hashes = [
        *hashes_of(SECRET, EMAIL, "ann@shop.example"),
        *hashes_of(SECRET, RECORD, named("erp", "3")),
    ]
    erased = ErasedKeys(SECRET, frozenset(hashes))
    expected = sorted([(record_key("erp", "1"),), (record_key("erp", "3"),)])
    assert left_out(warehouse, erased) == expected
    assert left_out(warehouse, erased) == expected
    assert left_out(warehouse, NOBODY) == []


@pytest.mark.parametrize("warehouse", ["duckdb"], indirect=True)
def test_a_key_is_the_one_that_the_models_make(warehouse: Warehouse) -> None:
    """The macro hash_bigint on DuckDB; test_parity compares those of all engines."""
    sql = r"select cast('0x' || substr(md5('erp' || '" + "\x1f" + "' || '3'), 1, 15) as bigint)"
    assert query(warehouse, sql) == [(record_key("erp", "3"),)]
