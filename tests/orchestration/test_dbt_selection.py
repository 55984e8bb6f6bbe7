"""Report models may be off: the step of the reports has no asset then, and dbt builds nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import dagster as dg
import pytest

from sluice.orchestration.assets.dbt_selection import (
    REPORTS,
    build_selected,
    specs_of,
    wanted_of,
)

KEY = dg.AssetKey(["reports", "rpt_costs"])
NODES = {KEY: "fqn:sluice.reports.rpt_costs"}


def test_reports_that_are_off_leave_no_asset_and_no_word(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Their tests stay in the manifest."""
    test = {"resource_type": "test", "fqn": ["sluice", "reports", "not_null_rpt_costs_month"]}
    model = {"resource_type": "model", "fqn": ["sluice", "tags", "contact_tags"]}
    assert specs_of({"nodes": {"a": test, "b": model}}, "reports", REPORTS, "") == ([], [])
    assert capsys.readouterr().out == ""


def test_without_a_node_nothing_is_wanted_and_dbt_is_not_asked() -> None:
    assert wanted_of({}, {dg.AssetKey(["runs", "reported"])}, REPORTS) == []
    nobody = cast(Any, None)  # dbt with no selection would build all
    assert build_selected(nobody, {}, datetime(2026, 6, 29, tzinfo=UTC), [], []) == ([], [])


def test_all_is_one_selector_and_a_part_goes_by_name() -> None:
    assert wanted_of(NODES, {KEY}, REPORTS) == [REPORTS]
    assert wanted_of(NODES, {KEY}, "") == [NODES[KEY]]
