"""Landing CSV as systems export it: what is a row, and what makes the whole file unreadable."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import InputError
from orchestration.landing.files import land_files
from orchestration.landing.report import LandedTable
from orchestration.landing.tables import RawTable

TABLE = RawTable("shop", "orders", {"order_id": "varchar", "amount": "double", "ts": "timestamp"}, frozenset({"order_id"}))
HEADER = "order_id,amount,ts\n"
ROW = "A1,1,2026-01-01\n"


def land(folder: Path, content: bytes) -> LandedTable:
    (folder / "orders.csv").write_bytes(content)
    now = datetime(2026, 6, 29, 13, tzinfo=UTC)
    return land_files(folder / "w.duckdb", folder, [TABLE], run_id="r", landed_at=now).tables[0]


@pytest.mark.parametrize(
    ("text", "rows", "quarantined"),
    [
        pytest.param(HEADER + '"A\n1",1,2026-01-01\n' + ROW, 2, 0, id="line break in quotes"),
        pytest.param(HEADER + '"a ""b"", c",1,2026-01-01\n', 1, 0, id="quotes and commas in quotes"),
        pytest.param(HEADER + "#A1,1,2026-01-01\n" + ROW, 2, 0, id="hash is no comment"),
        pytest.param(HEADER + "# note\n" + ROW * 2, 2, 1, id="note is quarantined, not skipped"),
        pytest.param((HEADER + ROW * 3).replace("\n", "\r\n"), 3, 0, id="Windows line ends"),
        pytest.param((HEADER + ROW * 3)[:-1], 3, 0, id="no line end at the end"),
        pytest.param(HEADER + ROW * 2 + "\n\n" + ROW, 3, 0, id="blank lines are no rows"),
        pytest.param(HEADER + 'A1,"",""\n', 1, 0, id="empty in quotes is empty"),
        pytest.param(HEADER + "A1,1\n" * 50 + ROW * 2, 2, 50, id="most rows short, and first"),
        pytest.param(HEADER + "A1,1,2026-01-01,x\n" * 50 + ROW * 2, 2, 50, id="most rows long, and first"),
        pytest.param(HEADER + ROW * 60_000 + "A1\n" + ROW, 60_001, 1, id="bad row far beyond a sample"),
    ],
)
def test_rows_are_counted_one_by_one(tmp_path: Path, text: str, rows: int, quarantined: int) -> None:
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


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(cells, min_size=2, max_size=4), max_size=30))
def test_no_row_of_awkward_text_is_lost(tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]]) -> None:
    folder = tmp_path_factory.mktemp("csv")
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([["A1", "1", "2026-01-01"], *lines])
    table = land(folder, (HEADER + text.getvalue()).encode())
    assert table.rows + table.quarantined == len(lines) + 1
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from raw.quarantine").fetchall() == [(table.quarantined,)]
