"""A source changes its columns: they are landed as they are, and the change is said once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.orchestration.landing.drift import changes_between
from tests.orchestration.landing.test_parquet import declared, land, query, write

FIRST = "select 1 as value, 'a' as note, 2 as points"


def changes(folder: Path, sql: str) -> list[str]:
    write(folder, sql)
    return land(folder, declared("integer")).changes


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (f"{FIRST}, 'x' as coupon", ["orders: column coupon is new (VARCHAR)"]),
        ("select 1 as value, 2 as points", ["orders: column note is gone (was VARCHAR)"]),
        (
            "select 1 as value, 'a' as note, 'two' as points",
            ["orders: column points is VARCHAR now (was INTEGER)"],
        ),
        (
            "select '1' as value, 'a' as note, 2 as points",
            ["orders: column value is VARCHAR now (was INTEGER)"],
        ),
        (f"{FIRST} union all {FIRST}", []),
    ],
)
def test_a_change_of_columns_is_said_once_and_landed(
    tmp_path: Path, sql: str, said: list[str]
) -> None:
    assert changes(tmp_path, FIRST) == []
    assert changes(tmp_path, sql) == said
    assert changes(tmp_path, f"{sql} union all {sql}") == []
    kept = query(tmp_path, "select count(*) from landing.column_changes")
    assert kept == [(len(said),)]


def test_many_changes_are_counted_and_all_are_kept(tmp_path: Path) -> None:
    changes(tmp_path, FIRST)
    many = ", ".join(f"{n} as c{n}" for n in range(9))
    (line,) = changes(tmp_path, f"{FIRST}, {many}")
    assert line.endswith("; 4 more in landing.column_changes")
    assert query(tmp_path, "select count(*) from landing.column_changes") == [(9,)]


def test_a_file_that_is_refused_changes_nothing(tmp_path: Path) -> None:
    changes(tmp_path, FIRST)
    write(tmp_path, "select 1 as value, 'b' as note from range(0)")
    with pytest.raises(Exception, match="no rows"):
        land(tmp_path, declared("integer"))
    assert changes(tmp_path, f"{FIRST}, 1 as more") == ["orders: column more is new (INTEGER)"]


COLUMNS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["INTEGER", "VARCHAR"]))


@given(COLUMNS, COLUMNS)
def test_the_changes_lead_from_one_to_the_other(
    before: dict[str, str], now: dict[str, str]
) -> None:
    found = dict(before)
    for name, change, was, data_type in changes_between(before, now):
        assert found.get(name) == was
        if data_type is None:
            del found[name]
        else:
            found[name] = data_type
        assert change in {"added", "removed", "retyped"}
    assert found == now
