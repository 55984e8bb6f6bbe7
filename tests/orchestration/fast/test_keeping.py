"""Which histories a pass of the fast lane writes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pyarrow as pa
import pytest
import yaml

from sluice.activations.ledger.store import Ledger
from sluice.orchestration.fast import keeping
from sluice.orchestration.fast.keeping import COUPONS, KEPT, OF_RUNS_ALONE, Rows, write_rows
from sluice.orchestration.warehouse.duckdb_file import DuckDBFile
from sluice.orchestration.warehouse.reader import open_warehouse
from tests.conftest import ROOT

MODELS = ROOT / "dbt_project" / "models"


@pytest.mark.parametrize("table", [one.table for one in KEPT if one.table != COUPONS])
def test_a_kept_history_says_of_which_contact_a_row_is(table: str) -> None:
    """The lane asks each for the rows of its contacts; a new history without them is to be left
    out, and written by the next run.
    """
    schema, _, name = table.partition(".")
    (model,) = yaml.safe_load((MODELS / schema / f"{name}.yml").read_text("utf-8"))["models"]
    assert "contact_id" in {column["name"] for column in model["columns"]}


def test_arms_of_campaigns_are_given_by_runs_alone() -> None:
    """No fast campaign has variants, and a decided experiment is of no contact."""
    tables = {one.table for one in KEPT}
    assert not tables & {"activation.variant_assignments", "ledger.experiment_decisions"}
    assert "journeys.journey_transitions" in tables


def test_arms_that_a_plan_gave_go_as_before_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else they would be older than the pass, and the next run would take them for a run's."""
    monkeypatch.setattr(keeping, "keep_names", lambda *_: None)
    warehouse = DuckDBFile(tmp_path / "warehouse.duckdb", tmp_path)
    with open_warehouse(warehouse, read_only=False) as session:
        for one in (*KEPT, *OF_RUNS_ALONE):
            session.execute(f"create schema if not exists {one.table.partition('.')[0]}")
            session.execute(f"create table {one.table} (contact_id bigint, {one.time} timestamp)")
            session.execute(
                f"insert into {one.table} values (1, timestamp '2026-06-29 13:00:00'),"
                " (2, timestamp '2026-06-29 14:00:00')"
            )
        last = datetime(2026, 6, 29, 13, tzinfo=UTC)
        write_rows(session, cast(Ledger, None), Rows([], pa.table({})), last)
        counts = {
            one.table: session.execute(f"select count(*) from {one.table}").rows[0][0]
            for one in (*KEPT, *OF_RUNS_ALONE)
        }
    assert counts["activation.variant_assignments"] == counts["journeys.journey_transitions"] == 1
    assert counts["segments.segment_changes"] == 2
