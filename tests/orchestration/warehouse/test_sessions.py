"""What a session promises, on each engine: DuckDB and Postgres, with a prefix before our schemas and
without.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sluice.models.errors import BlockedError
from sluice.orchestration.warehouse.base import (
    ConversionError,
    MissingTableError,
    Session,
    UnknownNameError,
    Warehouse,
    WarehouseError,
)
from sluice.orchestration.warehouse.copies import in_duckdb
from sluice.orchestration.warehouse.reader import open_warehouse

MOMENT = datetime(2026, 6, 30, 13, 5, 6, 123456)
COLUMNS = "id bigint, word varchar, amount double, is_on boolean, day date, seen_at timestamp"
ROWS = [
    (1, "", 1.5, True, date(2026, 6, 30), MOMENT),
    (2**62, '50 %, "quoted",\nline 王芳', -0.1, False, date(1, 1, 1), datetime(9999, 12, 31)),
    (None, None, None, None, None, None),
    (-1, "\\N", 1e300, True, date(2026, 1, 1), MOMENT),
]
NAMES = ["Order", "select", "客户 表", 'with "quotes"', "Two Words"]


def table_of(rows: list[tuple[object, ...]]) -> pa.Table:
    names = [column.split()[0] for column in COLUMNS.split(", ")]
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows])


@pytest.fixture
def session(warehouse: Warehouse) -> Iterator[Session]:
    with open_warehouse(warehouse, read_only=False) as opened:
        opened.execute("create schema if not exists ledger")
        opened.execute(f"create table ledger.kept ({COLUMNS})")
        yield opened


def test_rows_come_back_as_they_went_in(session: Session, tmp_path: Path) -> None:
    session.insert("ledger.kept", table_of(ROWS))
    read = "select * from ledger.kept order by coalesce(id, 0), word"
    back = session.execute(read).rows
    assert sorted(back, key=str) == sorted(ROWS, key=str)
    assert session.write_parquet(read, (), tmp_path / "rows.parquet") == 4
    found = pq.read_table(tmp_path / "rows.parquet")
    assert [tuple(row.values()) for row in found.to_pylist()] == back
    kinds = [str(one) for one in found.schema.types]
    assert kinds == ["int64", "string", "double", "bool", "date32[day]", "timestamp[us]"]


def test_a_query_without_rows_has_its_types(session: Session, tmp_path: Path) -> None:
    sql = "select * from ledger.kept where id = $1"
    assert session.write_parquet(sql, [7], tmp_path / "none.parquet") == 0
    assert pq.read_schema(tmp_path / "none.parquet").names == [
        column.split()[0] for column in COLUMNS.split(", ")
    ]


def test_parameters_are_values_and_percent_is_a_character(session: Session) -> None:
    session.insert("ledger.kept", table_of(ROWS))
    count = "select count(*) from ledger.kept where word"
    assert session.execute(f"{count} like '50 \\%%' escape '\\'").rows == [(1,)]
    assert session.execute(f"{count} = $1", ["'; drop table ledger.kept; --"]).rows == [(0,)]
    assert session.execute(f"{count} = $word or id = $id", {"word": "", "id": -1}).rows == [(2,)]
    inside = "select id from ledger.kept where id in (select unnest($1::bigint[])) order by id"
    assert session.execute(inside, [[1, -1, 5]]).rows == [(-1,), (1,)]
    assert session.execute(inside, [[]]).rows == []
    assert session.execute("select $1 || '%(p1)s'", ["50 %"]).rows == [("50 %%(p1)s",)]


def test_sql_of_the_engine_is_left_as_it_is(session: Session) -> None:
    session.insert("ledger.kept", table_of(ROWS))
    natives = {"native_1": "w.word || '%'", "native_11": "w.id + 1"}
    sql = "select native_1 as a, native_11 as b from ledger.kept as w where w.id = $1"
    assert session.execute(sql, [1], natives).rows == [("%", 2)]


@pytest.mark.parametrize("name", NAMES)
def test_names_may_be_anything(session: Session, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    table = quoted if session.dialect != "spark" or name.isidentifier() else "things"
    with session.local() as files:
        for values in ((1, "a"), (2, "b")):  # the second time the table is there
            sql = f"select {values[0]} as {quoted}, '{values[1]}' as word"
            session.execute("create schema if not exists raw")
            session.replace(f"raw.{table}", files, sql)
        assert session.execute(f"select {quoted}, word from raw.{table}").rows == [(2, "b")]
        session.append(f"raw.{table}", files, f"select 'c' as word, 3 as {quoted}")
    assert session.has_table("raw", name if table == quoted else table)
    assert session.execute(f"select max({quoted}) from raw.{table}").rows == [(3,)]


def test_a_view_over_a_landed_table_outlives_the_next_landing(
    session: Session, warehouse: Warehouse
) -> None:
    session.execute("create schema if not exists raw")
    with session.local() as files:
        session.replace("raw.shop", files, "select 1 as id, cast(1.5 as decimal(9, 2)) as amount")
        session.execute("create view ledger.seen as select id, amount from raw.shop")
        session.replace("raw.shop", files, "select 2 as id, cast(2.5 as decimal(9, 2)) as amount")
    assert session.execute("select * from ledger.seen").rows == [(2, Decimal("2.50"))]


def test_a_transaction_is_all_or_nothing(session: Session, warehouse: Warehouse) -> None:
    with pytest.raises(RuntimeError), session.transaction():  # noqa: PT012
        session.insert("ledger.kept", table_of(ROWS))
        session.execute("create table ledger.more (id bigint)")
        raise RuntimeError
    assert session.execute("select count(*) from ledger.kept").rows == [(0,)]
    assert not session.has_table("ledger", "more")
    with session.transaction(), session.staged("batch", "id bigint", pa.table({"id": [1, 2]})):
        session.execute("insert into ledger.kept (id) select id from batch")
    assert session.execute("select count(*) from ledger.kept").rows == [(2,)]
    assert session.row_counts()[warehouse.name_of("ledger"), "kept"] == 2


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("select * from ledger.gone", MissingTableError),
        ("select * from no_schema.gone", MissingTableError),
        ("select gone from ledger.kept", UnknownNameError),
        ("select cast(word as bigint) from ledger.kept", ConversionError),
        (
            "select 1 / (select count(*) from ledger.kept where word = 'x') limit 'a'",
            WarehouseError,
        ),
    ],
)
def test_errors_are_the_same_on_each_engine(
    session: Session, sql: str, kind: type[Exception]
) -> None:
    session.insert("ledger.kept", table_of(ROWS))
    with pytest.raises(kind):
        session.execute(sql)
    with pytest.raises(kind):
        list(session.batches(sql))
    assert session.execute("select 1").rows == [(1,)], "the session goes on"


def test_only_our_schemas_have_the_prefix(session: Session, warehouse: Warehouse) -> None:
    session.execute("create schema shop")
    session.execute("create table shop.orders as select 1 as id")
    assert {("ledger", "kept"), ("shop", "orders")} <= session.tables()
    real = {schema for schema, name in session.row_counts() if name == "kept"}
    assert real == {warehouse.name_of("ledger")}
    assert session.execute("select id from shop.orders").rows == [(1,)]


def test_a_schema_of_others_with_the_name_of_ours_is_theirs(
    session: Session, warehouse: Warehouse
) -> None:
    session.native("create schema activation")
    session.native("create table activation.message_decisions as select 1 as id")
    is_ours = warehouse.name_of("activation") == "activation"
    assert session.has_table("activation", "message_decisions") is is_ours


def test_a_copy_for_what_is_computed_in_duckdb(session: Session) -> None:
    session.insert("ledger.kept", table_of(ROWS))
    with in_duckdb(session, ["ledger.kept", "ledger.gone"]) as connection:
        found = connection.execute("select count(*), max(seen_at) from ledger.kept").fetchall()
    assert found == [(4, datetime(9999, 12, 31))]


def test_a_statement_is_interrupted_from_another_thread(session: Session) -> None:
    slow = "select count(*) from range(100000) as a, range(100000) as b, range(1000) as c"
    if session.dialect == "postgres":
        slow = "select pg_sleep(60)"
    threading.Timer(0.5, session.interrupt).start()
    begun = time.monotonic()
    with pytest.raises(Exception, match=r"(?i)interrupt"):
        session.native(slow)
    assert time.monotonic() - begun < 30


def test_one_run_at_a_time_on_a_server(warehouse: Warehouse, engine: str) -> None:
    if engine == "duckdb":  # a file has one writer, and its home one run
        with warehouse.lock(), warehouse.lock():
            return
    words = f"another run is at work in {engine.title()}"
    with warehouse.lock(), pytest.raises(BlockedError, match=words), warehouse.lock():
        pass
    with warehouse.lock():
        pass


def test_moments_of_another_zone_are_read_as_utc(session: Session) -> None:
    aware = datetime(2026, 6, 30, 21, tzinfo=UTC)
    session.insert(
        "ledger.kept", pa.table({"seen_at": pa.array([aware], pa.timestamp("us", "UTC"))})
    )
    assert session.execute("select seen_at from ledger.kept").rows == [(datetime(2026, 6, 30, 21),)]
