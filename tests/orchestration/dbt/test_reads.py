"""What a query reads, and whether its rows hang on anything else."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from sluice.orchestration.dbt.reads import known_functions, read_query


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as one:
        one.execute(
            "create schema s; create table s.t as select 1 as a; create macro f(x) as x + 1"
        )
        yield one


@pytest.mark.parametrize(
    ("sql", "relations", "is_pure"),
    [
        ("select a from s.t", {"s.t"}, True),
        ('with x as (select * from "S"."T") select * from x, "memory"."s"."U"', {"s.t", "s.u"}, True),
        ("select a from s.t where a in (select a from s.v) and exists (select 1 from s.w)", {"s.t", "s.v", "s.w"}, True),
        ("with recursive r as (select 1 as a union all select a + 1 from r) select * from r", set(), True),
        ("select user_id, t.current_date, date_trunc('day', seen_at), sum(a) over () from s.t", {"s.t"}, True),
        ("select list_transform([1], x -> x + 1), cast(a as text), unnest(b) from s.t", {"s.t"}, True),
        ("select * from s.t union all by name select * from s.u", {"s.t", "s.u"}, True),
        ("pivot s.t on a using sum(b)", set(), False),
        ("select * from generate_series(1, 3)", set(), True),
        ("select now() from s.t", {"s.t"}, False),
        ("select current_date from s.t", {"s.t"}, False),
        ("select current_timestamp - seen_at from s.t", {"s.t"}, False),
        ("select age(seen_at) from s.t", {"s.t"}, False),
        ("select * from s.t order by random()", {"s.t"}, False),
        ("select uuid(), a from s.t", {"s.t"}, False),
        ("select nextval('q') from s.t", {"s.t"}, False),
        ("select getvariable('v') from s.t", {"s.t"}, False),
        ("select f(a) from s.t", {"s.t"}, False),
        ("select no_such_function(a) from s.t", {"s.t"}, False),
        ("select * from s.t tablesample 10%", {"s.t"}, False),
        ("select * from s.t using sample 3", {"s.t"}, False),
        ("select * from read_csv('f.csv')", set(), False),
        ("select * from 'f.parquet'", set(), False),
        ("select * from query_table('s.t')", set(), False),
        ("select * from duckdb_tables()", set(), False),
        ("select * from t", set(), False),
        ("select * from other.s.t", {"s.t"}, False),
        ("describe s.t", {"s.t"}, False),
        ("select 1; select 2", set(), False),
        ("create table x as select 1", set(), False),
        ("select from where", set(), False),
    ],
)  # fmt: skip
def test_relations_and_what_else(
    connection: duckdb.DuckDBPyConnection, sql: str, relations: set[str], is_pure: bool
) -> None:
    found = read_query(connection, sql, "memory", known_functions(connection))
    assert found.is_pure is is_pure
    if is_pure:
        assert {".".join(one) for one in found.relations} == relations


def test_what_a_function_gives_is_asked_of_duckdb(connection: duckdb.DuckDBPyConnection) -> None:
    functions = known_functions(connection)
    assert {"sum", "lower", "date_trunc", "strftime", "row_number", "timezone"} <= functions
    assert not {"random", "now", "f", "nextval", "current_setting", "age"} & functions
