"""Our SQL for another engine, and for schemas with a prefix."""

from __future__ import annotations

import pytest

from sluice.orchestration.warehouse.translation import prefixed, qualified, translated


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select 1 from raw.x where a = $1", "SELECT 1 FROM s_raw.x WHERE a = %(p1)s"),
        ("select 1 from shop.x", "SELECT 1 FROM shop.x"),
        ("select x.raw from a.x", "SELECT x.raw FROM a.x"),
        ("select 'raw.x' like '%'", "SELECT 'raw.x' LIKE '%%'"),
        ("create schema if not exists raw", "CREATE SCHEMA IF NOT EXISTS s_raw"),
        ("create schema shop", "CREATE SCHEMA shop"),
        ("select a from (select 1 as a)", "SELECT a FROM (SELECT 1 AS a) AS q0"),
        ("create table ledger.x (a double)", "CREATE TABLE s_ledger.x (a DOUBLE PRECISION)"),
    ],
)
def test_for_postgres(sql: str, expected: str) -> None:
    assert translated(sql, "postgres", "s_") == [expected]


def test_statements_come_one_by_one() -> None:
    assert translated("begin; delete from raw.x;", "postgres", "") == ["BEGIN", "DELETE FROM raw.x"]


def test_without_a_prefix_duckdb_gets_what_was_written() -> None:
    sql = "from raw.x select  * -- as it is"
    assert prefixed(sql, "") == sql
    assert prefixed("select 1 from raw.x", "s_") == "SELECT 1 FROM s_raw.x"


def test_a_table_by_its_name() -> None:
    assert qualified('raw."a.b"', "s_") == 's_raw."a.b"'
    assert qualified("shop.x", "s_") == "shop.x"
    assert qualified("batch", "s_") == "batch"
