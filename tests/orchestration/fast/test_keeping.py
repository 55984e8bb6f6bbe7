"""Which histories a pass of the fast lane writes."""

from __future__ import annotations

import pytest
import yaml

from sluice.orchestration.fast.keeping import COUPONS, KEPT
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
