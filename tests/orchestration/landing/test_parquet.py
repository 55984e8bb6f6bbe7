"""Landing Parquet: types become the declared ones, or the row is quarantined, or the file is
refused.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.models.errors import InputError
from sluice.orchestration.landing.files import land_files
from sluice.orchestration.landing.report import LandReport
from sluice.orchestration.landing.tables import RawTable

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)


def declared(data_type: str, *required: str) -> RawTable:
    return RawTable("shop", "orders", {"value": data_type}, frozenset(required))


def write(folder: Path, sql: str) -> None:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"copy ({sql}) to '{folder / 'orders.parquet'}' (format parquet)")


def land(folder: Path, table: RawTable) -> LandReport:
    return land_files(folder / "w.duckdb", folder, [table], run_id="r", landed_at=NOW)


def query(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("sql", "data_type", "landed"),
    [
        pytest.param(
            "timestamptz '2026-01-01 10:00:00+08:00'",
            "timestamp",
            datetime(2026, 1, 1, 2),
            id="zone to UTC",
        ),
        pytest.param(
            "'2026-01-01 10:00:00'", "timestamp", datetime(2026, 1, 1, 10), id="text to timestamp"
        ),
        pytest.param(
            "date '2026-01-01'", "timestamp", datetime(2026, 1, 1), id="date to timestamp"
        ),
        pytest.param(
            "timestamp '2026-01-01 10:00:00'", "date", date(2026, 1, 1), id="timestamp to date"
        ),
        pytest.param("1.25::decimal(10,2)", "double", 1.25, id="decimal to double"),
        pytest.param("'007'", "varchar", "007", id="leading zeros stay"),
        pytest.param("7::utinyint", "bigint", 7, id="small integer"),
        pytest.param("true", "varchar", "true", id="anything to text"),
        pytest.param("7::integer", "varchar", "7", id="whole number to text"),
        pytest.param("7.0::double", "varchar", "7", id="whole number as float to text"),
        pytest.param("7.0::float", "varchar", "7", id="whole number as short float to text"),
        pytest.param("1e17::double", "varchar", "1" + "0" * 17, id="long id as float to text"),
        pytest.param("-0.0::double", "varchar", "0", id="minus nothing to text"),
        pytest.param("7.00::decimal(30, 2)", "varchar", "7", id="whole decimal to text"),
        pytest.param("70::decimal(30, 0)", "varchar", "70", id="decimal without scale to text"),
        pytest.param("7.50::decimal(30, 2)", "varchar", "7.50", id="decimal to text"),
        pytest.param("7.5::double", "varchar", "7.5", id="float to text"),
        pytest.param("'NaN'::double", "varchar", None, id="blank of pandas to text"),
        pytest.param("null::integer", "double", None, id="empty stays empty"),
    ],
)
def test_value_becomes_the_declared_type(
    tmp_path: Path, sql: str, data_type: str, landed: object
) -> None:
    write(tmp_path, f"select {sql} as value")
    assert land(tmp_path, declared(data_type)).quarantined == {}
    assert query(tmp_path, "select value from raw.orders") == [(landed,)]
    assert query(
        tmp_path,
        "select data_type from duckdb_columns() where schema_name = 'raw' and column_name ="
        " 'value'",
    ) == [(data_type.upper(),)]


@pytest.mark.parametrize("sql", ["[1, 2]", "{'a': 1}", "map {'a': 1}", "'ab'::blob"])
def test_nested_type_is_refused_naming_file_and_column(tmp_path: Path, sql: str) -> None:
    write(tmp_path, f"select {sql} as value")
    with pytest.raises(InputError, match=r"column value of orders\.parquet has the type"):
        land(tmp_path, declared("varchar"))


def test_file_cut_off_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "select range as value from range(10000)")
    path = tmp_path / "orders.parquet"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match=r"orders\.parquet cannot be read as Parquet"):
        land(tmp_path, declared("bigint"))


def test_missing_required_value_is_quarantined_blank_text_included(tmp_path: Path) -> None:
    write(tmp_path, "select unnest(['a', '', '  ', null]) as value")
    table = land(tmp_path, declared("varchar", "value")).tables[0]
    assert (table.rows, table.quarantined) == (1, 3)
    assert query(tmp_path, "select distinct reason from raw.quarantine") == [("value is missing",)]


def test_a_blank_among_numbers_makes_no_id_another(tmp_path: Path) -> None:
    """pandas writes a column of whole numbers as floats on the day one is blank."""
    write(tmp_path, "select unnest([1, 20]) as value")
    land(tmp_path, declared("varchar", "value"))
    before = query(tmp_path, "select value from raw.orders order by 1")
    write(tmp_path, "select unnest([1.0::double, 20.0, 'NaN', null]) as value")
    table = land(tmp_path, declared("varchar", "value")).tables[0]
    assert query(tmp_path, "select value from raw.orders order by 1") == before == [("1",), ("20",)]
    assert dict(table.reasons) == {"value is missing": 2}


def test_quarantine_says_which_run_and_when(tmp_path: Path) -> None:
    write(tmp_path, "select unnest(['1', 'x']) as value")
    land(tmp_path, declared("bigint"))
    assert query(tmp_path, "select table_name, run_id, landed_at from raw.quarantine") == [
        ("orders", "r", NOW.replace(tzinfo=None))
    ]


def test_fixed_file_empties_its_quarantine_and_no_other(tmp_path: Path) -> None:
    write(tmp_path, "select unnest(['1', 'x']) as value")
    land(tmp_path, declared("bigint"))
    (tmp_path / "refunds.csv").write_text("value\n1\ny\n")
    refunds = RawTable("shop", "refunds", {"value": "bigint"}, frozenset())
    land_files(tmp_path / "w.duckdb", tmp_path, [refunds], run_id="r", landed_at=NOW)
    write(tmp_path, "select unnest(['1', '2']) as value")
    assert land(tmp_path, declared("bigint")).quarantined == {}
    assert query(tmp_path, "select table_name from raw.quarantine") == [("refunds",)]


@pytest.mark.parametrize(
    ("sql", "landed"),
    [
        pytest.param("'gold'", "gold", id="text"),
        pytest.param("2.5::decimal(10,1)", Decimal("2.5"), id="decimal"),
        pytest.param(
            "timestamptz '2026-01-01 10:00:00+08:00'", datetime(2026, 1, 1, 2), id="moment in UTC"
        ),
        pytest.param("[1, 2]", "[1,2]", id="list as JSON"),
        pytest.param("{'a': 1}", '{"a":1}', id="struct as JSON"),
        pytest.param("interval 1 day", "1 day", id="what few warehouses have is text"),
    ],
)
def test_columns_not_declared_are_landed_too(tmp_path: Path, sql: str, landed: object) -> None:
    write(tmp_path, f"select 1 as value, {sql} as extra")
    land(tmp_path, declared("bigint"))
    assert query(tmp_path, "select value, extra from raw.orders") == [(1, landed)]


def test_a_column_named_as_the_number_of_rows_is_landed(tmp_path: Path) -> None:
    write(tmp_path, "select '1' as value, 7 as __landing_row, 8 as __landing_row_")
    land(tmp_path, declared("bigint"))
    assert query(tmp_path, "select __landing_row, __landing_row_ from raw.orders") == [(7, 8)]


def test_warehouse_is_closed_after_a_landing_and_after_a_refusal(tmp_path: Path) -> None:
    write(tmp_path, "select 1 as value")
    land(tmp_path, declared("bigint"))
    write(tmp_path, "select [1] as value")
    with pytest.raises(InputError):
        land(tmp_path, declared("bigint"))
    with duckdb.connect(
        str(tmp_path / "w.duckdb"), config={"threads": 1}
    ) as connection:  # refused while another is open
        assert connection.execute("select count(*) from raw.orders").fetchall() == [(1,)]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.one_of(
            st.none(), st.integers().map(str), st.text(st.characters(codec="utf-8"), max_size=8)
        ),
        max_size=40,
    ),
    st.sampled_from(["varchar", "integer", "bigint", "double", "boolean", "date", "timestamp"]),
    st.booleans(),
)
def test_rows_landed_and_quarantined_are_the_rows_of_the_file(
    tmp_path_factory: pytest.TempPathFactory,
    values: list[str | None],
    data_type: str,
    is_required: bool,
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = tmp_path_factory.mktemp("parquet")
    pq.write_table(pa.table({"value": pa.array(values, pa.string())}), folder / "orders.parquet")
    table = declared(data_type, *(["value"] if is_required else []))
    landed = land_files(
        folder / "w.duckdb", folder, [table], run_id="r", landed_at=NOW, allow_empty={"orders"}
    ).tables[0]
    assert landed.rows + landed.quarantined == len(values)
    assert query(folder, "select count(*) from raw.orders") == [(landed.rows,)]
    assert query(folder, "select count(*) from raw.quarantine where reason is not null") == [
        (landed.quarantined,)
    ]
