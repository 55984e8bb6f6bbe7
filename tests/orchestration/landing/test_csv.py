"""Landing CSV as systems export it: what is a row, and what makes the whole file unreadable."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.models.errors import InputError
from sluice.orchestration.landing import reading
from sluice.orchestration.landing.files import land_files
from sluice.orchestration.landing.report import LandedTable
from sluice.orchestration.landing.tables import CsvDialect, RawTable
from tests.conftest import ROOT

TABLE = RawTable(
    "shop",
    "orders",
    {"order_id": "varchar", "amount": "double", "ts": "timestamp"},
    frozenset({"order_id"}),
)
HEADER = "order_id,amount,ts\n"
ROW = "A1,1,2026-01-01\n"


def land(folder: Path, content: bytes, table: RawTable = TABLE) -> LandedTable:
    (folder / "orders.csv").write_bytes(content)
    now = datetime(2026, 6, 29, 13, tzinfo=UTC)
    return land_files(folder / "w.duckdb", folder, [table], run_id="r", landed_at=now).tables[0]


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("text", "rows", "quarantined"),
    [
        pytest.param(HEADER + '"A\n1",1,2026-01-01\n' + ROW, 2, 0, id="line break in quotes"),
        pytest.param(
            HEADER + '"a ""b"", c",1,2026-01-01\n', 1, 0, id="quotes and commas in quotes"
        ),
        pytest.param(HEADER + "#A1,1,2026-01-01\n" + ROW, 2, 0, id="hash is no comment"),
        pytest.param(HEADER + "# note\n" + ROW * 2, 2, 1, id="note is quarantined, not skipped"),
        pytest.param((HEADER + ROW * 3).replace("\n", "\r\n"), 3, 0, id="Windows line ends"),
        pytest.param((HEADER + ROW * 3)[:-1], 3, 0, id="no line end at the end"),
        pytest.param(HEADER + ROW * 2 + "\n\n" + ROW, 3, 0, id="blank lines are no rows"),
        pytest.param(HEADER + 'A1,"",""\n', 1, 0, id="empty in quotes is empty"),
        pytest.param(HEADER + "A1,1\n" * 50 + ROW * 2, 2, 50, id="most rows short, and first"),
        pytest.param(
            HEADER + "A1,1,2026-01-01,x\n" * 50 + ROW * 2, 2, 50, id="most rows long, and first"
        ),
        pytest.param(
            HEADER + ROW * 60_000 + "A1\n" + ROW, 60_001, 1, id="bad row far beyond a sample"
        ),
    ],
)
def test_rows_are_counted_one_by_one(
    tmp_path: Path, text: str, rows: int, quarantined: int
) -> None:
    table = land(tmp_path, text.encode())
    assert (table.rows, table.quarantined) == (rows, quarantined)


def test_one_row_in_another_encoding_is_quarantined(tmp_path: Path) -> None:
    table = land(tmp_path, (HEADER + ROW * 20).encode() + "订单,1,2026-01-01\n".encode("gb18030"))
    assert (table.rows, table.quarantined) == (20, 1)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param((HEADER + ROW + '"A2,1,2026-01-01\n' + ROW).encode(), id="quote never closed"),
        pytest.param((HEADER + ROW).encode("utf-16"), id="UTF-16"),
        pytest.param((HEADER + ROW).replace(",", ";").encode(), id="semicolons"),
        pytest.param((ROW * 3).encode(), id="no header"),
        pytest.param(b"", id="nothing in it"),
    ],
)
def test_file_that_is_no_such_csv_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match=r"orders\.csv"):
        land(tmp_path, content)


cells = st.text(st.sampled_from(list("a#,;\"\n\\\t |中'/1")), max_size=6)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(cells, min_size=2, max_size=4), max_size=30))
def test_no_row_of_awkward_text_is_lost(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        [["A1", "1", "2026-01-01"], *lines]
    )
    table = land(folder, (HEADER + text.getvalue()).encode())
    assert table.rows + table.quarantined == len(lines) + 1
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from raw.quarantine").fetchall() == [
            (table.quarantined,)
        ]


CASES = ROOT / "tests" / "cases" / "landing"
CRM = RawTable(
    "crm",
    "orders",
    dict.fromkeys(["crm_id", "name", "email", "created_at"], "varchar"),
    frozenset({"crm_id"}),
)
NUMBERS = RawTable("shop", "orders", {"id": "bigint", "value": "varchar"}, frozenset({"id"}))


@pytest.mark.parametrize(
    ("name", "table"), [("comment_above_header", CRM), ("number_signs", NUMBERS)]
)
def test_comment_above_the_header_is_told_and_can_be_declared(
    tmp_path: Path, name: str, table: RawTable
) -> None:
    content = (CASES / f"{name}.csv").read_bytes()
    with pytest.raises(InputError, match="has its header in line 2") as refused:
        land(tmp_path, content, table)
    assert "header_row: 2" in refused.value.fix
    declared = replace(table, csv=CsvDialect(header_row=2))
    assert land(tmp_path, content, declared) == LandedTable(
        "orders", content.count(b"\n") - 2, 0, is_unchanged=False
    )
    values = rows(tmp_path, "select * from raw.orders order by 1")
    if name == "number_signs":
        assert values == [(1, "C# developer"), (2, "Room #5"), (3, "plain")]
    else:
        assert [row[:3] for row in values][:2] == [
            ("#1001", "Kim Aee", "kima@firm.example"),
            ("#1002", "Kim Bee", "kimb@firm.example"),
        ]


@pytest.mark.parametrize(
    ("content", "words", "fix"),
    [
        pytest.param(
            (HEADER + ROW).replace(",", ";").encode(),
            "separated by semicolons",
            'delimiter: ";"',
            id="semicolons",
        ),
        pytest.param(
            (HEADER + ROW).replace(",", "\t").encode(),
            "separated by tabs",
            'delimiter: "\\t"',
            id="tabs",
        ),
        pytest.param(
            (HEADER + ROW).replace(",", "|").encode(),
            "separated by bars",
            'delimiter: "|"',
            id="bars",
        ),
        pytest.param(
            ("sep=;\n" + HEADER.replace(",", ";")).encode(),
            "header in line 2",
            "header_row: 2",
            id="Excel's sep line",
        ),
        pytest.param(
            ("Orders of June\n\n" + HEADER + ROW).encode(),
            "header in line 3",
            "header_row: 3",
            id="title above",
        ),
        pytest.param((ROW * 3).encode(), "is no header", "header_row: 3", id="no header"),
        pytest.param(
            (HEADER + ROW).encode("utf-16"), "looks like utf-16", "encoding: utf-16", id="UTF-16"
        ),
        pytest.param(
            (HEADER + "订单,1,\n" * 5).encode("gb18030"),
            "looks like gb18030",
            "encoding: gb18030",
            id="GBK",
        ),
        pytest.param(
            HEADER.replace("ts", "下单").encode("gb18030"),
            "not in UTF-8",
            "encoding: gb18030",
            id="GBK in the header",
        ),
        pytest.param(
            (HEADER + "caf\xe9,1,\n" * 5).encode("latin-1"), "not in UTF-8", "cp1252", id="Latin-1"
        ),
        pytest.param(
            HEADER.replace("ts", "TS").encode(),
            "it has 'TS', and ts is declared: letter case",
            "_shop__",
            id="case",
        ),
        pytest.param(
            HEADER.replace(",ts", ", ts").encode(),
            "it has ' ts', and ts is declared",
            "_shop__",
            id="space",
        ),
        pytest.param(
            HEADER.replace("amount", "amuont").encode(),
            "it has 'amuont', is amount meant",
            "_shop__",
            id="near name",
        ),
        pytest.param(
            b"order_id,amount,ts,ts\n",
            "the column ts more than once",
            "one of them",
            id="column twice",
        ),
        pytest.param(
            (HEADER + ROW + '"A2,1,\n' + ROW).encode(),
            "opens in row 3 is never closed",
            "in quotes",
            id="open quote",
        ),
        pytest.param(
            (HEADER + "A1,1,,\n" * 3).encode(),
            "too many columns (3 rows)",
            "quotes around",
            id="trailing comma",
        ),
    ],
)
def test_refusal_says_what_the_file_seems_to_be(
    tmp_path: Path, content: bytes, words: str, fix: str
) -> None:
    with pytest.raises(InputError) as refused:
        land(tmp_path, content)
    assert words in refused.value.message
    assert fix in refused.value.fix
    assert "A1" not in str(refused.value)


@pytest.mark.parametrize(
    ("dialect", "content"),
    [
        pytest.param(CsvDialect(";"), (HEADER + ROW).replace(",", ";").encode(), id="semicolons"),
        pytest.param(CsvDialect(encoding="gb18030"), (HEADER + ROW).encode("gb18030"), id="GBK"),
        pytest.param(CsvDialect(encoding="utf-16"), (HEADER + ROW).encode("utf-16"), id="UTF-16"),
        pytest.param(
            CsvDialect(null_values=("NULL",)),
            (HEADER + ROW).replace("2026-01-01", "NULL").encode(),
            id="nulls",
        ),
        pytest.param(
            CsvDialect(header_row=3), ("x\n\n" + HEADER + ROW).encode(), id="header below"
        ),
    ],
)
def test_declared_dialect_is_read(tmp_path: Path, dialect: CsvDialect, content: bytes) -> None:
    assert land(tmp_path, content, replace(TABLE, csv=dialect)) == LandedTable(
        "orders", 1, 0, is_unchanged=False
    )


@pytest.mark.parametrize(
    ("lines", "landed", "reasons"),
    [
        pytest.param(
            '"A"x,1,\nB,2,\n', ["B"], ["text after a closing quote"], id="text after a quote"
        ),
        pytest.param(
            '"He said "hi" there",1,\nB,2,\n',
            ["B"],
            ["text after a closing quote"],
            id="quotes not doubled",
        ),
        pytest.param('5" pipe,1,\nB "x",2,\n', ['5" pipe', 'B "x"'], [], id="quote inside a cell"),
        pytest.param(
            '"A\r\nB",1,\nC,2,\r\nD,3,\rE,4,',
            ["A\r\nB", "C", "D", "E"],
            [],
            id="line ends of all kinds",
        ),
        pytest.param("A\0B,1,\n", ["A\0B"], [], id="NUL"),
        pytest.param("NULL,1,\nNA,2,\n", ["NULL", "NA"], [], id="words for nothing are text"),
        pytest.param("007,1,\n1e5,2,\n", ["007", "1e5"], [], id="numbers as text stay"),
        pytest.param(
            "A,1.5.0,\nB,1_000,\nC,2,\n",
            ["C"],
            ["amount is not a double: 9.9.9", "amount is not a double: 9_999"],
            id="no",
        ),
    ],
)
def test_values_are_what_is_written(
    tmp_path: Path, lines: str, landed: list[str], reasons: list[str]
) -> None:
    table = land(tmp_path, (HEADER + lines).encode())
    assert [row[0] for row in rows(tmp_path, "select order_id from raw.orders")] == landed
    assert [any(words in reason for reason in table.reasons) for words in reasons] == [True] * len(
        reasons
    )
    assert table.quarantined == len(reasons)


@pytest.mark.parametrize(
    ("text", "data_type", "value"),
    [
        ("1.7", "bigint", None),
        ("12.0", "bigint", 12),
        ("1e3", "bigint", None),
        ("0x1F", "bigint", None),
        ("1_000", "bigint", None),
        ("9223372036854775808", "bigint", None),
        (" 12 ", "integer", 12),
        ("1e400", "double", None),
        ("1,234.5", "double", None),
        ("1.0", "boolean", True),
        ("2", "boolean", True),
        ("-1", "boolean", True),
        ("0.0", "boolean", False),
        ("perhaps", "boolean", None),
        ("NaN", "boolean", None),
        ("是", "boolean", True),
        ("已删除", "boolean", True),
        ("Deleted", "boolean", True),
        ("ＷＡＨＲ", "boolean", True),
        ("vrai", "boolean", True),
        ("On", "boolean", True),
        ("x", "boolean", True),
        ("否", "boolean", False),
        ("not deleted", "boolean", False),
        ("NO", "boolean", False),
    ],
)
def test_number_is_never_rounded(tmp_path: Path, text: str, data_type: str, value: object) -> None:
    table = RawTable("shop", "orders", {"value": data_type}, frozenset())
    land(tmp_path, f'value\n"{text}"\n{1 if value is None else text}\n'.encode(), table)
    assert rows(tmp_path, "select count(*) from raw.orders") == [(1 if value is None else 2,)]
    if value is not None:
        assert rows(tmp_path, "select distinct value from raw.orders") == [(value,)]


def test_quarantine_says_the_row_of_the_file(tmp_path: Path) -> None:
    """The header is row 1, blank lines are none."""
    land(
        tmp_path,
        (HEADER + "A,1,\n\nB,x,\nC\nD,1,\nE,y,\n\xff,1,\n" + "F,1,\n" * 10).encode("latin-1"),
    )
    assert rows(tmp_path, "select row_number from raw.quarantine order by 1") == [
        (3,),
        (4,),
        (6,),
        (7,),
    ]


def test_columns_of_any_name_are_landed(tmp_path: Path) -> None:
    table = RawTable("shop", "orders", {"id": "bigint", 'odd "one"': "varchar"}, frozenset())
    land(tmp_path, b'id,"odd ""one""",ID,,x,x,"a, b",__Landing_row\n1,2,3,4,5,6,7,8\n', table)
    columns = rows(
        tmp_path,
        "select column_name from duckdb_columns() where table_name = 'orders' order by"
        " column_index",
    )
    assert [name for (name,) in columns] == [
        "id",
        'odd "one"',
        "ID_2",
        "column_4",
        "x",
        "x_2",
        "a, b",
        "__Landing_row",
    ]
    assert rows(tmp_path, "select * from raw.orders") == [(1, "2", "3", "4", "5", "6", "7", "8")]


def test_counts_that_differ_refuse_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = reading.count_records
    monkeypatch.setattr(
        reading, "count_records", lambda *a: replace(found := counted(*a), count=found.count + 1)
    )
    with pytest.raises(InputError, match="3 rows by one count and 2 by another"):
        land(tmp_path, (HEADER + ROW * 2).encode())
