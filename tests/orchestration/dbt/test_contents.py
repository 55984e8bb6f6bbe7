"""The contents of a relation tell each difference of rows and types, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from sluice.orchestration.dbt.contents import Contents

ROWS = "select * from (values (1, 'a', null::text), (1, 'a', null), (2, 'b', 'x')) as t (id, name, more)"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as one:
        one.execute(
            f"create schema s; create table s.t as {ROWS}; create view s.v as select id from s.t"
        )
        one.execute("create view s.clock as select now() as at from s.t")
        yield one


def of(connection: duckdb.DuckDBPyConnection, name: str = "t") -> str | None:
    return Contents().of(connection, ("s", name))


@pytest.mark.parametrize(
    "statement",
    [
        "insert into s.t values (3, null, null)",
        "insert into s.t values (1, 'a', null)",
        "delete from s.t where id = 2",
        "update s.t set more = '' where id = 1",
        "update s.t set name = 'x', more = 'b' where id = 2",
        "alter table s.t alter id type smallint",
        "alter table s.t rename name to word",
        "alter table s.t add column new integer",
        "alter table s.t drop column more",
        "create or replace table s.t as select id, more, name from s.t",
    ],
)
def test_another_row_or_type_is_another_content(
    connection: duckdb.DuckDBPyConnection, statement: str
) -> None:
    before, of_view = of(connection), of(connection, "v")
    connection.execute(statement)
    assert None not in {before, of_view}
    assert of(connection) != before
    assert of(connection, "v") != of_view


def test_the_order_of_rows_is_no_content(connection: duckdb.DuckDBPyConnection) -> None:
    before = of(connection)
    connection.execute("create or replace table s.t as from s.t order by id desc")
    assert of(connection) == before


@pytest.mark.parametrize("name", ["whole_row", "WHOLE_ROW", "t", "s"])
def test_a_column_of_any_name_hides_no_other(
    connection: duckdb.DuckDBPyConnection, name: str
) -> None:
    connection.execute(
        f"create or replace table s.t as select 1 as {name}, 2 as other, 3 as whole_row_"
    )
    before = of(connection)
    connection.execute("update s.t set other = 4")
    assert of(connection) != before


def test_a_view_that_reads_more_and_what_is_not_there_have_none(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert of(connection, "clock") is None
    assert of(connection, "nobody") is None
    connection.execute("drop table s.t")
    assert of(connection, "v") is None


def test_a_relation_is_looked_at_once_until_it_is_forgotten(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    contents = Contents()
    before = contents.of(connection, ("s", "t"))
    connection.execute("drop view s.v; drop table s.t; create view s.t as select 1 as id")
    assert contents.of(connection, ("s", "t")) == before
    contents.forget(("s", "t"))
    assert contents.of(connection, ("s", "t")) not in {None, before}


def test_a_view_at_a_moment_is_its_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """At another moment it holds the same, as long as its rows do."""
    found = []
    for day in ("2026-01-01", "2026-02-01", "2026-03-01"):
        rows = "(timestamp '2025-12-01'), (timestamp '2026-02-10')"
        connection.execute(
            f"create or replace view s.known as select * from (values {rows}) as v (moment)"
            f" where moment <= cast('{day} 00:00:00' as timestamp)"
        )
        found.append(Contents(f"{day} 00:00:00").of(connection, ("s", "known")))
    assert found[0] == found[1] != found[2]
    assert None not in found
