"""Why a segment is empty: for how many contacts each of its conditions holds, alone and with those
before it.
"""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from rich.console import Console

from sluice.orchestration.authoring.segments.explanation import count_conditions
from sluice.orchestration.cli import show
from sluice.orchestration.cli.segments import _show_conditions
from sluice.orchestration.warehouse.duckdb_file import DuckDBSession

PEOPLE = """create table people as select i as contact_id, i % 2 = 0 as has_email, i as orders, i % 5 = 0 as is_vip
from range(1, 101) as t (i); create table buyers as select unnest([1, 3, 5, 5]) as contact_id"""
SELECT = "select p.contact_id from people as p where "
Counts = list[tuple[str, int, int | None]]


def counted(sql: str) -> list[dict[str, Any]]:
    with duckdb.connect() as connection:
        connection.execute(PEOPLE)
        return count_conditions(DuckDBSession(connection), sql)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        pytest.param(
            SELECT
            + "p.has_email and p.orders > 90 and contact_id /* bought */ in (select b.contact_id"
            " from buyers as b)",
            [("p.has_email", 50, 50), ("p.orders > 90", 10, 5), ("bought", 3, 0)],
            id="a chain of conditions",
        ),
        pytest.param(
            SELECT + "p.orders > 200 and (p.has_email or p.is_vip)",
            [
                ("p.orders > 200", 0, 0),
                ("any of", 60, 0),
                ("p.has_email", 50, None),
                ("p.is_vip", 20, None),
            ],
            id="one of two",
        ),
        pytest.param(
            SELECT + "not p.has_email and p.orders = 2",
            [("NOT p.has_email", 50, 50), ("p.orders = 2", 1, 0)],
            id="not",
        ),
        pytest.param(
            "with vips as (select * from people where is_vip) select v.contact_id from vips as v"
            " where v.orders < 5",
            [("v.orders < 5", 0, 0)],
            id="of a select of its own",
        ),
        pytest.param("select contact_id from buyers", [], id="no condition"),
    ],
)
def test_each_condition_is_counted(sql: str, expected: Counts) -> None:
    assert [
        (row["condition"], row["contacts"], row["with_those_before"]) for row in counted(sql)
    ] == expected


def test_the_condition_that_leaves_nobody_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Console(record=True, width=120, highlight=False)
    monkeypatch.setattr(show, "console", recorder)
    _show_conditions(counted(SELECT + "p.has_email and p.orders > 200 and p.is_vip"))
    assert "nobody is left at: p.orders > 200" in recorder.export_text()
