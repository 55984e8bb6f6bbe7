"""The model gives the same numbers on DuckDB, Postgres and Spark."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.expected_purchases_model import dbt, project_of_the_models
from benchmarks.simulated_orders import Population, simulate
from tests.dbt.services import postgres_binaries, private_postgres

pytestmark = pytest.mark.warehouses
AS_OF = pd.Timestamp("2024-10-01")
NUMBERS = ["recency_weeks", "age_weeks", "p_alive", "order_probability", "expected_orders", "expected_amount"]
Rows = Callable[[str], pd.DataFrame]


def orders_in_sql() -> str:
    """A small population as a SQL query that every warehouse reads."""
    orders = simulate(Population(120, 0.4, 4.4, 0.8, 2.4), seed=3)
    orders = orders[orders["occurred_at"] <= AS_OF]
    rows = ", ".join(f"({c}, '{day:%Y-%m-%d} 10:00:00', {amount})" for c, day, amount in orders.itertuples(index=False))
    return f"select contact_id, cast(ordered_at as timestamp) as occurred_at, amount from (values {rows}) as v (contact_id, ordered_at, amount)"


def scores(folder: Path, target: str, settings: dict[str, str]) -> pd.DataFrame:
    """The model's rows on a warehouse, which dbt itself prints."""
    import json

    project = project_of_the_models(folder, orders_in_sql())
    variables: dict[str, object] = {"as_of": f"{AS_OF}"}
    dbt(project, "run", "--target", target, variables=variables, settings=settings)
    shown = ["show", "--target", target, "--select", "contact_expected_purchases", "--limit", "1000", "--output", "json", "--quiet"]
    text = dbt_output(project, *shown, variables=variables, settings=settings)
    return pd.DataFrame(json.loads(text[text.index("{") :])["show"]).sort_values("contact_id", ignore_index=True)
