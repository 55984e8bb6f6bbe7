"""Whatever writes a file and however: rows landed + rows quarantined = rows written, and every
value landed is the one written.

``LANDING_EXAMPLES=1000`` looks harder than the default.
"""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.models.errors import InputError
from sluice.orchestration.landing.files import land_files
from sluice.orchestration.landing.report import LandedTable
from sluice.orchestration.landing.tables import CsvDialect, RawTable
from sluice.orchestration.landing.times import TimeRule

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)
COLUMNS = {
    "id": "varchar",
    "note": "varchar",
    "count": "bigint",
    "amount": "double",
    "is_on": "boolean",
    "ts": "timestamp",
}
AS_USUAL = CsvDialect()
EXTRA = "Über #1, 'x'"  # no yml declares it
SHANGHAI = timezone(timedelta(hours=8))
few = settings(
    max_examples=int(os.environ.get("LANDING_EXAMPLES", "20")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
Row = tuple[
    str | None, str | None, int | None, float | None, bool | None, datetime | None, str | None
]

awkward = st.text(st.sampled_from(list("aZ09#,;|\"'\n\r\t\\ \0中é😀-=+@/NULA")), max_size=8)
anything = st.text(st.characters(codec="utf-8", exclude_characters="\uffff"), max_size=8)
texts = st.one_of(
    st.none(),
    st.sampled_from(["", "NULL", "NA", "nan", "#N/A", "# note", "007", "1e5", " x ", "\ufeff"]),
    awkward,
    anything,
)
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
rows: st.SearchStrategy[list[Row]] = st.lists(
    st.tuples(
        texts,
        texts,
        st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)),
        st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)),
        st.one_of(st.none(), st.booleans()),
        st.one_of(st.none(), moments),
        texts,
    ),
    max_size=12,
)


def slashes(moment: datetime) -> str:
    """2026/6/30 20:00:00+08:00"""
    return f"{moment.year:04}/{moment.month}/{moment.day} {moment.time().isoformat()}+08:00"


# how a moment is written; a time without an offset is one of Shanghai
OFFSETS: dict[str, Callable[[datetime], str]] = {
    "Z": lambda t: f"{t.replace(tzinfo=None).isoformat()}Z",
    "+08:00": lambda t: t.astimezone(SHANGHAI).isoformat(),
    "-0530": lambda t: (
        t.astimezone(timezone(timedelta(hours=-5, minutes=-30)))
        .isoformat(" ")
        .replace("-05:30", "-0530")
    ),
    "+08": lambda t: t.astimezone(SHANGHAI).isoformat(" ").removesuffix(":00"),
    "UTC": lambda t: f"{t.replace(tzinfo=None).isoformat(' ')} UTC",
    "Etc/GMT-8": lambda t: (
        f"{t.astimezone(SHANGHAI).replace(tzinfo=None).isoformat(' ')} Etc/GMT-8"
    ),
    "24-hour slashes": lambda t: slashes(t.astimezone(SHANGHAI)),
    "naive": lambda t: (
        t.astimezone(timezone(timedelta(hours=7))).replace(tzinfo=None).isoformat(" ")
    ),
}
NAIVE_ZONE = "Asia/Bangkok"  # seven hours, but for local mean time before 1920


def declared(dialect: CsvDialect = AS_USUAL) -> RawTable:
    return RawTable(
        "shop", "orders", COLUMNS, frozenset(), times={"ts": TimeRule(NAIVE_ZONE)}, csv=dialect
    )


def land(folder: Path, dialect: CsvDialect = AS_USUAL) -> tuple[LandedTable, list[tuple[Any, ...]]]:
    table = declared(dialect)
    report = land_files(
        folder / "w.duckdb", folder, [table], run_id="r", landed_at=NOW, allow_empty={"orders"}
    )
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as connection:
        found = connection.execute("select columns(*) from raw.orders").fetchall()
        quarantined = connection.execute(
            "select count(*), count(reason) from raw.quarantine"
        ).fetchall()
    assert quarantined == [(report.tables[0].quarantined,) * 2]
    return report.tables[0], found


def as_text(row: Row, offset: str) -> list[str | None]:
    one, note, count, amount, is_on, ts, extra = row
    texts = [None if value is None else repr(value) for value in (count, amount)]
    return [
        one,
        note,
        *texts,
        None if is_on is None else str(is_on),
        None if ts is None else OFFSETS[offset](ts),
        extra,
    ]


def landed(row: Row) -> tuple[Any, ...]:
    return tuple(
        value.replace(tzinfo=None) if isinstance(value, datetime) else value for value in row
    )


def is_before_zones(row: Row) -> bool:
    return row[5] is not None and row[5].year < 1921


def excel(lines: list[list[str | None]], dialect: CsvDialect, line_end: str) -> str:
    """As Excel writes: a cell is in quotes only when it must be, an empty text too, to tell it from
    nothing.
    """
    must = (dialect.delimiter, '"', "\n", "\r")
    quoted = [
        [
            (
                ""
                if c is None
                else '"' + c.replace('"', '""') + '"'
                if c == "" or any(m in c for m in must)
                else c
            )
            for c in line
        ]
        for line in lines
    ]
    return "".join(dialect.delimiter.join(line) + line_end for line in quoted)


@few
@given(
    rows,
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(list(OFFSETS)),
    st.integers(0, 2),
)
def test_csv_as_excel_writes_it(
    tmp_path_factory: pytest.TempPathFactory,
    written: list[Row],
    delimiter: str,
    encoding: str,
    line_end: str,
    offset: str,
    above: int,
) -> None:
    written = [row for row in written if offset != "naive" or not is_before_zones(row)]
    folder, dialect = (
        tmp_path_factory.mktemp("csv"),
        CsvDialect(delimiter, encoding.removesuffix("-sig"), above + 1),
    )
    title = "".join(f"# exported; line {n}{line_end}" for n in range(above))
    text = title + excel(
        [[*COLUMNS, EXTRA], *(as_text(row, offset) for row in written)], dialect, line_end
    )
    (folder / "orders.csv").write_bytes(text.encode(encoding))
    table, found = land(folder, dialect)
    assert table.rows + table.quarantined == len(written)
    assert found == [landed(row) for row in written]


@few
@given(
    rows,
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_csv_as_python_writes_it(
    tmp_path_factory: pytest.TempPathFactory, written: list[Row], quoting: Any, line_end: str
) -> None:
    """Which cannot tell nothing from an empty text: both are empty; and leaves a lone \\r without quotes, which ends a row."""
    folder, text = tmp_path_factory.mktemp("csv"), io.StringIO()
    if quoting == csv.QUOTE_MINIMAL and line_end == "\n":
        written = [
            tuple(v.replace("\r", " ") if isinstance(v, str) else v for v in row) for row in written
        ]  # type: ignore[misc]
    csv.writer(text, quoting=quoting, lineterminator=line_end).writerows(
        [[*COLUMNS, EXTRA], *(as_text(row, "Z") for row in written)]
    )
    (folder / "orders.csv").write_bytes(text.getvalue().encode())
    table, found = land(folder)
    assert table.rows + table.quarantined == len(written)
    assert [
        tuple(value or None if isinstance(value, str) else value for value in row) for row in found
    ] == [
        tuple(value or None if isinstance(value, str) else value for value in landed(row))
        for row in written
    ]


@few
@given(rows)
def test_csv_as_pyarrow_and_pandas_write_it(
    tmp_path_factory: pytest.TempPathFactory, written: list[Row]
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    names = [*COLUMNS, EXTRA]
    lines = [as_text(row, "+08:00") for row in written]
    columns = [pa.array([line[n] for line in lines], pa.string()) for n in range(len(names))]
    pa_csv.write_csv(pa.table(columns, names), folder / "orders.csv")
    assert land(folder)[1] == [landed(row) for row in written]
    # pandas writes nothing and an empty text alike, and leaves a lone \r without quotes, which ends
    # a row
    frame = pd.DataFrame(
        [[None if v is None else v.replace("\r", " ") for v in line] for line in lines],
        columns=names,
        dtype=object,
    )
    frame.to_csv(folder / "orders.csv", index=False)
    table, found = land(folder)
    assert table.rows + table.quarantined == len(written)
    assert len(found) == len(written)
    for got, row in zip(found, written, strict=True):
        same = [
            value.replace("\r", " ") or None if isinstance(value, str) else value
            for value in landed(row)
        ]
        assert [value or None if isinstance(value, str) else value for value in got] == same


@few
@given(
    rows, st.sampled_from(["us", "ns", "ms"]), st.sampled_from(["UTC", "Asia/Shanghai", "+08:00"])
)
def test_parquet_as_pyarrow_and_pandas_write_it(
    tmp_path_factory: pytest.TempPathFactory, written: list[Row], unit: str, zone: str
) -> None:
    folder = tmp_path_factory.mktemp("parquet")
    step = 1_000 if unit == "ms" else 1
    fit = [
        (
            *row[:5],
            (
                None
                if row[5] is None or not 1700 < row[5].year < 2200
                else row[5] - timedelta(microseconds=row[5].microsecond % step)
            ),
            row[6],
        )
        for row in written
    ]
    types = [
        pa.string(),
        pa.string(),
        pa.int64(),
        pa.float64(),
        pa.bool_(),
        pa.timestamp(unit, tz=zone),
        pa.string(),
    ]
    columns = [pa.array([row[n] for row in fit], types[n]) for n in range(len(types))]
    names = [*COLUMNS, EXTRA]
    for write in (
        pq.write_table,
        lambda table, path: table.to_pandas(types_mapper=pd.ArrowDtype).to_parquet(path),
    ):
        write(pa.table(columns, names), folder / "orders.parquet")
        table, found = land(folder)
        assert (table.rows, table.quarantined) == (len(fit), 0)
        assert found == [landed(row) for row in fit]


mess = st.text(st.sampled_from(list('a1,;"\n\r\t #\\\0')), max_size=60)


@few
@given(mess, st.sampled_from([b"", b"\xff", b"\xe4\xb8"]))
def test_any_bytes_below_a_header_are_landed_quarantined_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str, broken: bytes
) -> None:
    """Never fewer rows than Python's own reader finds in them."""
    folder = tmp_path_factory.mktemp("csv")
    (folder / "orders.csv").write_bytes(b"id,note\n" + text.encode() + broken)
    table = RawTable("shop", "orders", {"id": "varchar", "note": "varchar"}, frozenset())
    try:
        report = land_files(
            folder / "w.duckdb", folder, [table], run_id="r", landed_at=NOW, allow_empty={"orders"}
        ).tables[0]
    except InputError as error:
        refused = error.message
    else:
        lines = csv.reader(io.StringIO(text + ("?" if broken else ""), newline=""))
        assert report.rows + report.quarantined == sum(map(bool, lines))
        return
    assert "orders.csv" in refused
    assert "never closed" in refused or "is not in UTF-8" in refused


def test_not_a_number_and_infinity_are_what_they_were(tmp_path: Path) -> None:
    lines = [
        ["1", "x", None, value, None, None, None] for value in ("nan", "NaN", "inf", "-Infinity")
    ]
    (tmp_path / "orders.csv").write_text(excel([[*COLUMNS, EXTRA], *lines], CsvDialect(), "\n"))
    found = [row[3] for row in land(tmp_path)[1]]
    assert [math.isnan(found[0]), math.isnan(found[1]), found[2], found[3]] == [
        True,
        True,
        math.inf,
        -math.inf,
    ]
