"""Times are what they say: an offset or zone in the value is applied, and beats the zone of the
column.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sluice.models.errors import InputError
from sluice.orchestration.landing.files import land_files
from sluice.orchestration.landing.tables import RawTable
from sluice.orchestration.landing.times import (
    SET_ZONES,
    TimeRule,
    has_unknown_zone,
    text_to_date,
    text_to_utc,
)

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)
SHANGHAI = TimeRule("Asia/Shanghai")
NIGHT = datetime(2025, 12, 31, 16)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(SET_ZONES)
    return connection


def read(connection: duckdb.DuckDBPyConnection, sql: str, text: str) -> Any:
    return connection.execute(f"select {sql} from (select $1 as t)", [text]).fetchall()[0][0]


@pytest.mark.parametrize(
    "rule", [TimeRule(), SHANGHAI, TimeRule("America/New_York")], ids=lambda rule: rule.time_zone
)
@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-01T00:00:00+08:00", NIGHT),
        ("2026-01-01 00:00:00-05:00", datetime(2026, 1, 1, 5)),
        ("2026-01-01T00:00:00Z", datetime(2026, 1, 1)),
        ("2026-01-01T00:00:00z", datetime(2026, 1, 1)),
        ("2026-01-01 00:00:00+0800", NIGHT),
        ("2026-01-01 00:00:00.123+08", datetime(2025, 12, 31, 16, 0, 0, 123000)),
        ("2026-01-01 00:00:00 +08:00", NIGHT),
        ("2026-01-01 00:00 UTC+8", NIGHT),
        ("2026-01-01 00:00:00 GMT+08:00", NIGHT),
        ("2026-01-01 00:00:00 Asia/Shanghai", NIGHT),
        ("2026-07-01 00:00:00 America/New_York", datetime(2026, 7, 1, 4)),
        ("2026-01-01T00:00:00+08:00[Asia/Shanghai]", NIGHT),
        ("2026/1/1 0:00:00+08:00", NIGHT),
        ("2026年1月1日 00:00+08:00", NIGHT),
        ("2026-01-01T05:30:00,5+0530", datetime(2026, 1, 1, 0, 0, 0, 500000)),
        ("2026-01-01 12:00 AM +08:00", NIGHT),
        ("2025-12-31T24:00:00Z", datetime(2026, 1, 1)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1)),
        ("2026-01-01T00:00:00.123456789Z", datetime(2026, 1, 1, 0, 0, 0, 123456)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1)),
        ("9999-12-31T23:59:59.999999Z", datetime(9999, 12, 31, 23, 59, 59, 999999)),
    ],
)
def test_offset_in_the_value_is_applied(
    connection: duckdb.DuckDBPyConnection, rule: TimeRule, text: str, moment: datetime
) -> None:
    assert read(connection, text_to_utc("t", rule), text) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-01", NIGHT),
        ("2026-01-01 00:00", NIGHT),
        ("2026-01-01T00:00:00", NIGHT),
        ("2026-1-1 0:00", NIGHT),
        ("2026/01/01", NIGHT),
        ("2026.1.1", NIGHT),
        ("2026年1月1日", NIGHT),
        ("2025-12-31 24:00", NIGHT),
    ],
)
def test_time_without_an_offset_is_in_the_zone_of_its_column(
    connection: duckdb.DuckDBPyConnection, text: str, moment: datetime
) -> None:
    assert read(connection, text_to_utc("t", SHANGHAI), text) == moment


@pytest.mark.parametrize(
    "text", ["2026-01-01 08:00:00 CST", "2026-01-01 08:00:00 Foo/Bar", "2026-01-01T08:00:00+25:00"]
)
def test_zone_that_is_not_understood_is_no_time(
    connection: duckdb.DuckDBPyConnection, text: str
) -> None:
    assert read(connection, text_to_utc("t", TimeRule()), text) is None
    assert read(connection, has_unknown_zone("t"), text) is True


@pytest.mark.parametrize(
    "text",
    [
        "30/06/2026",
        "06/30/2026",
        "03/04/2026",
        "20260630",
        "1782849600",
        "2026-02-30",
        "2026-06-30 25:00",
        "2026-06-30 13:00 PM",
        "infinity",
        "epoch",
        "now",
        "0000-00-00 00:00:00",
        "10000-01-01",
        "2026-06-30 soon",
        "9999-12-31 23:59:59-05:00",
    ],
)
def test_what_may_mean_something_else_is_no_time(
    connection: duckdb.DuckDBPyConnection, text: str
) -> None:
    assert read(connection, text_to_utc("t", TimeRule()), text) is None


@pytest.mark.parametrize(
    ("formats", "text", "moment"),
    [
        (("dd/mm/yyyy",), "03/04/2026", datetime(2026, 4, 2, 16)),
        (("mm/dd/yyyy",), "03/04/2026", datetime(2026, 3, 3, 16)),
        (("dd/mm/yyyy",), "03/04/2026 08:30", datetime(2026, 4, 3, 0, 30)),
        (("dd/mm/yyyy",), "03/04/2026 08:30:00Z", datetime(2026, 4, 3, 8, 30)),
        (("mm/dd/yyyy",), "30/06/2026", None),
        (("dd/mm/yyyy", "%Y-%m-%d"), "2026-04-03", datetime(2026, 4, 2, 16)),
        (("%d %b %Y %H:%M",), "03 Apr 2026 08:30 +02:00", datetime(2026, 4, 3, 6, 30)),
        (("%m/%d/%Y %I:%M %p",), "04/03/2026 08:30 PM", datetime(2026, 4, 3, 12, 30)),
        (("yyyymmdd",), "20260403", datetime(2026, 4, 2, 16)),
        (("%Y%m%d%H%M%S",), "20260403083000", datetime(2026, 4, 3, 0, 30)),
        (("epoch_seconds",), "1782849600.5", datetime(2026, 6, 30, 20, 0, 0, 500000)),
        (("epoch_milliseconds",), "1782849600500", datetime(2026, 6, 30, 20, 0, 0, 500000)),
        (("epoch_seconds",), "1782849600500", None),
        (("epoch_seconds",), "2026-06-30", None),
    ],
)
def test_declared_format_is_read_and_no_other(
    connection: duckdb.DuckDBPyConnection,
    formats: tuple[str, ...],
    text: str,
    moment: datetime | None,
) -> None:
    assert read(connection, text_to_utc("t", TimeRule("Asia/Shanghai", formats)), text) == moment


@pytest.mark.parametrize(
    "text",
    ["2026-06-30", "2026-06-30T23:00:00-11:00", "2026/6/30 01:00 Asia/Shanghai", "2026年6月30日"],
)
def test_date_is_the_day_as_written(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert read(connection, text_to_date("t", SHANGHAI), text) == date(2026, 6, 30)


def land_column(
    folder: Path, values: pa.Array, rule: TimeRule, data_type: str = "timestamp"
) -> list[Any]:
    pq.write_table(pa.table({"ts": values}), folder / "visits.parquet")
    table = RawTable("web", "visits", {"ts": data_type}, frozenset(), times={"ts": rule})
    land_files(folder / "w.duckdb", folder, [table], run_id="r", landed_at=NOW)
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as connection:
        return [row[0] for row in connection.execute("select ts from raw.visits").fetchall()]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_moments_and_local_times_of_parquet(tmp_path: Path, unit: str) -> None:
    """What Parquet marks as a moment is one; what it does not is a local time of the column's
    zone.
    """
    moment = datetime(2026, 1, 1, 10)
    assert land_column(
        tmp_path, pa.array([moment], pa.timestamp(unit, "Europe/London")), SHANGHAI
    ) == [moment]
    assert land_column(tmp_path, pa.array([moment], pa.timestamp(unit)), SHANGHAI) == [
        datetime(2026, 1, 1, 2)
    ]
    assert land_column(
        tmp_path, pa.array([datetime(2026, 1, 1, 20)], pa.timestamp(unit, "UTC")), SHANGHAI, "date"
    ) == [date(2026, 1, 2)]


def test_number_is_a_time_only_where_its_unit_is_declared(tmp_path: Path) -> None:
    values = pa.array([1782849600], pa.int64())
    assert land_column(tmp_path, values, TimeRule("UTC", ("epoch_seconds",))) == [
        datetime(2026, 6, 30, 20)
    ]
    with pytest.raises(InputError, match="it is a number, declare format: epoch_seconds"):
        land_column(tmp_path, values, TimeRule())


def test_quarantine_says_the_shape_and_the_file_what_to_declare(tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_text("ts\n30/06/2026\n03/04/2026\n")
    table = RawTable("web", "visits", {"ts": "timestamp"}, frozenset())
    with pytest.raises(InputError) as refused:
        land_files(tmp_path / "w.duckdb", tmp_path, [table], run_id="r", landed_at=NOW)
    assert (
        "none of the 2 rows of visits.csv can be read: ts is not a timestamp: 99/99/9999 (2 rows)"
        in refused.value.message
    )
    assert "format" in refused.value.fix
    assert "_web__sources.yml" in refused.value.fix
    (tmp_path / "visits.csv").write_text("ts\n30/06/2026\n2026-01-01 08:00 CST\n2026-01-01\n")
    report = land_files(tmp_path / "w.duckdb", tmp_path, [table], run_id="r", landed_at=NOW)
    assert report.tables[0].reasons == {
        "ts has a time zone that is not understood: 9999-99-99 99:99 AAA": 1,
        "ts is not a timestamp: 99/99/9999": 1,
    }
