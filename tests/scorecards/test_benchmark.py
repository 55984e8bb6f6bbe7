"""The benchmark of scores takes any table: order, target and features as the mapping or the command
line say.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.scoring import measure
from benchmarks.scoring_table import (
    features_and_outcome,
    ordered,
    read_lead_mapping,
    read_leads,
    times_of,
)


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    chance = np.random.default_rng(2)
    visits = chance.normal(size=600)
    paid = np.where(chance.random(600) < 1 / (1 + np.exp(1 - 2 * visits)), "Yes", "No")
    frame = pd.DataFrame(
        {
            "Lead Number": range(600, 0, -1),
            "visits": visits,
            "city": "x",
            "first": "a",
            "last": "b",
            "paid": paid,
        }
    )
    frame.to_csv(tmp_path / "leads.csv.gz", index=False)
    frame.to_parquet(tmp_path / "leads.parquet")
    return tmp_path


@pytest.mark.parametrize("name", ["leads.csv.gz", "leads.parquet"])
def test_any_file_is_measured_with_sql_equal_to_python(leads: Path, name: str) -> None:
    columns = read_lead_mapping(None, "paid", "Lead Number")
    rows = ordered(read_leads(leads / name), columns, 0.5)
    assert rows["Lead Number"].tolist() == list(range(1, 301))
    figures = measure(*features_and_outcome(rows, columns, None), times_of(rows, columns, None))
    assert figures["sql_equals_python"] == "true"
    assert figures["rows_train"] == 210
    assert float(str(figures["auc"])) > 0.8


def test_named_features_are_the_only_ones_and_never_the_target(leads: Path) -> None:
    mapping = leads / "m.yml"
    mapping.write_text(
        "target: city\norder: Lead Number\nexclude: [visits]\nname: [first, last]\nleak:"
        " paid\nvisits: visits\n"
    )
    columns = read_lead_mapping(mapping, "paid", None)
    features, outcomes = features_and_outcome(
        ordered(read_leads(leads / "leads.csv.gz"), columns, 1.0), columns, None
    )
    assert features.columns.tolist() == ["name"]
    assert features["name"].unique().tolist() == ["a b"]
    assert set(outcomes) == {0, 1}


def test_a_column_that_is_not_there_is_named(leads: Path) -> None:
    with pytest.raises(SystemExit, match="no column nope"):
        ordered(read_leads(leads / "leads.csv.gz"), read_lead_mapping(None, "nope", None), 1.0)
