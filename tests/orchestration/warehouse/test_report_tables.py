"""The tables of the report are read alike on every engine."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sluice.orchestration.report.filters import Filters
from sluice.orchestration.report.reading import read_tables
from sluice.orchestration.report.sections import read_sections
from sluice.orchestration.warehouse.base import Warehouse
from sluice.orchestration.warehouse.reader import open_warehouse
from tests.orchestration.report.small import MODELS, manifest

ROWS = {
    "rpt_campaigns": "('welcome', 'email', 5, 0.25, 12.50, timestamp '2026-06-03 10:00:00', 'x'),"
    " ('=1+1', 'sms', null, null, null, null, 'y')",
    "rpt_daily": "(date '2026-06-02', 'sms', 1), (date '2026-06-03', 'email', 2),"
    " (date '2026-06-03', 'sms', 3), (date '2026-06-04', 'sms', 4)",
    "rpt_costs": "('2026-05', 'email', 1.5), ('2026-06', 'email', 2.5), ('2026-07', 'sms', 9)",
}


@pytest.fixture
def filled(warehouse: Warehouse) -> Warehouse:
    """With three marts, of which one lacks a column."""
    with open_warehouse(warehouse, read_only=False) as session:
        session.execute("create schema if not exists reports")
        for name, rows in ROWS.items():
            columns = ", ".join(f"{column} {kind}" for column, kind in MODELS[name][3].items())
            session.execute(f"create table reports.{name} ({columns})")
            session.execute(f"insert into reports.{name} values {rows}")
        session.execute("create table reports.rpt_funnel (stage varchar)")
    return warehouse


def test_rows_filters_and_what_is_not_there(filled: Warehouse, tmp_path: Path) -> None:
    described = manifest()
    for node in described["nodes"].values():
        node["schema"] = filled.name_of("reports")
    sections, _ = read_sections(described, tmp_path, filled.prefix)
    asked = Filters(date(2026, 6, 3), date(2026, 6, 4), "sms", time_zone="Asia/Shanghai")
    cut, whole = (
        {one.section.model: one for one in read_tables(filled, sections, filters, 2)}
        for filters in (asked, Filters())
    )
    assert [(row["day"].day, row["sent"]) for row in cut["rpt_daily"].rows] == [(4, 4), (3, 3)]
    assert [row["campaign"] for row in whole["rpt_campaigns"].rows] == ["welcome", "=1+1"]
    assert cut["rpt_costs"].state == "none_of_filter"
    assert (whole["rpt_daily"].count, len(whole["rpt_daily"].rows)) == (4, 2)
    assert whole["rpt_funnel"].state == "out_of_date"
    assert whole["rpt_targets"].state == "not_built"
