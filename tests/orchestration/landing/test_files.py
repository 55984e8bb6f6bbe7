"""Landing: every row of a file is either in its table or in quarantine, and a file that did not
change is skipped.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.models.errors import InputError
from sluice.orchestration.landing import reading
from sluice.orchestration.landing.csv_text import Records
from sluice.orchestration.landing.files import land_files
from sluice.orchestration.landing.report import LandReport
from sluice.orchestration.landing.tables import CsvDialect, RawTable

TABLE = RawTable(
    "shop",
    "orders",
    {"order_id": "varchar", "amount": "double", "ts": "timestamp"},
    frozenset({"order_id"}),
)
NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)


def land(folder: Path, table: RawTable = TABLE, allow_empty: tuple[str, ...] = ()) -> LandReport:
    return land_files(
        folder / "w.duckdb", folder, [table], run_id="r", landed_at=NOW, allow_empty=allow_empty
    )


def write(folder: Path, text: str, encoding: str = "utf-8") -> None:
    (folder / "orders.csv").write_bytes(text.encode(encoding))


def query(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


cells = st.one_of(
    st.just(""),
    st.just("12.5"),
    st.just("2026-01-01 10:00:00"),
    st.text(st.characters(codec="utf-8"), max_size=12),
)


def quote(cell: str) -> str:
    return (
        '"' + cell.replace('"', '""').replace("\r", " ").replace("\n", " ").replace("\0", " ") + '"'
    )


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=20))
def test_no_row_is_dropped_in_silence(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    lines = [["a1", "1", "2026-01-01"], *lines]
    write(
        folder,
        "order_id,amount,ts\n" + "".join(",".join(map(quote, line)) + "\n" for line in lines),
    )
    table = land(folder).tables[0]
    assert table.rows + table.quarantined == len(lines)
    assert query(folder, "select count(*) from raw.quarantine where reason is null") == [(0,)]


def test_each_unreadable_row_says_why_and_never_its_value(tmp_path: Path) -> None:
    write(
        tmp_path,
        "order_id,amount,ts\nA1,1,2026-01-01\nA2,many,2026-01-01\n,3,2026-01-01\nA4,4,soon\nA5,5\n",
    )
    assert land(tmp_path).quarantined == {"orders": 4}
    assert query(tmp_path, "select reason from raw.quarantine order by reason") == [
        ("amount is not a double",),
        ("order_id is missing",),
        ("the line is no row of the table: missing columns",),
        ("ts is not a timestamp",),
    ]


def test_cells_of_a_line_that_is_no_row_are_named_by_the_header(tmp_path: Path) -> None:
    write(tmp_path, 'order_id,amount,ts\nA1,1,2026-01-01\nA5,5\n"A ""6",6,2026-01-01,\n')
    land(tmp_path)
    assert [
        json.loads(text)
        for (text,) in query(tmp_path, "select row_text from raw.quarantine order by row_number")
    ] == [
        {"order_id": "A5", "amount": "5", "ts": None, "line": "A5,5"},
        {"order_id": 'A "6', "amount": "6", "ts": "2026-01-01", "line": '"A ""6",6,2026-01-01,'},
    ]


def test_file_that_did_not_change_is_skipped_and_a_touched_one_too(tmp_path: Path) -> None:
    write(tmp_path, "order_id,amount,ts\nA1,1,2026-01-01\nA2,x,2026-01-01\n")
    assert not land(tmp_path).tables[0].is_unchanged
    assert land(tmp_path).tables[0].is_unchanged
    os.utime(tmp_path / "orders.csv", (1, 1))
    again = land(tmp_path)
    assert again.tables[0].is_unchanged
    assert again.quarantined == {"orders": 1}
    assert query(tmp_path, "select count(*) from raw.quarantine") == [(1,)]


def test_changed_declaration_lands_the_file_again(tmp_path: Path) -> None:
    write(tmp_path, "order_id,amount,ts\nA1,1,2026-01-01\n")
    land(tmp_path)
    text = RawTable(
        "shop",
        "orders",
        {"order_id": "varchar", "amount": "varchar", "ts": "timestamp"},
        frozenset(),
    )
    assert not land(tmp_path, text).tables[0].is_unchanged


@pytest.mark.parametrize(
    ("text", "encoding", "words"),
    [
        pytest.param(
            "order_id,amount,ts\n" + "订单,1,2026-01-01\n" * 5, "gb18030", "UTF-8", id="GBK"
        ),
        pytest.param("order_id,amount\nA1,1\n", "utf-8", "no column ts", id="missing column"),
        pytest.param("order_id,amount,ts\n", "utf-8", "SLUICE_ALLOW_EMPTY=orders", id="empty"),
    ],
)
def test_file_of_the_wrong_shape_is_refused(
    tmp_path: Path, text: str, encoding: str, words: str
) -> None:
    write(tmp_path, text, encoding)
    with pytest.raises(InputError, match=words):
        land(tmp_path)


def test_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    write(tmp_path, "order_id,amount,ts\nA1,1,2026-01-01\n", "utf-8-sig")
    assert land(tmp_path).tables[0].rows == 1


def test_empty_table_is_fine_when_the_setting_names_it(tmp_path: Path) -> None:
    write(tmp_path, "order_id,amount,ts\n")
    assert land(tmp_path, allow_empty=("orders",)).tables[0].rows == 0


def test_one_bad_file_leaves_all_tables_as_they_were(tmp_path: Path) -> None:
    write(tmp_path, "order_id,amount,ts\nA1,1,2026-01-01\n")
    land(tmp_path)
    write(tmp_path, "order_id,amount,ts\nA1,1,2026-01-01\nA2,2,2026-01-01\n")
    other = RawTable("shop", "refunds", {"order_id": "varchar"}, frozenset())
    with pytest.raises(InputError, match="refunds"):
        land_files(tmp_path / "w.duckdb", tmp_path, [TABLE, other], run_id="r", landed_at=NOW)
    assert query(tmp_path, "select count(*) from raw.orders") == [(1,)]


def test_file_that_changes_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "order_id,amount,ts\nA1,1,2026-01-01\n")
    counted = reading.count_records

    def change_then_count(path: Path, dialect: CsvDialect) -> Records:
        with path.open("a") as file:
            file.write("A2,2,2026-01-01\n")
        return counted(path, dialect)

    with monkeypatch.context() as patch:
        patch.setattr(reading, "count_records", change_then_count)
        assert land(tmp_path).tables[0].rows == 2
    write(tmp_path, "order_id,amount,ts\nA1,1,2026-01-01\nA2,2,2026-01-01\n")
    assert not land(tmp_path).tables[0].is_unchanged
