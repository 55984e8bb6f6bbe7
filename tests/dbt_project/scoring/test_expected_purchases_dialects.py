"""The model gives the same numbers on DuckDB, Postgres and Spark: each warehouse holds its own
against DuckDB's.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.expected_purchases_model import dbt, project_of_the_models
from benchmarks.simulated_orders import Population, simulate
from sluice.orchestration.warehouse.reader import query
from tests.dbt_project.services import postgres_binaries, private_postgres

pytestmark = pytest.mark.warehouses
AS_OF = pd.Timestamp("2024-10-01")
NUMBERS = [
    "repeat_count",
    "recency_weeks",
    "age_weeks",
    "p_alive",
    "order_probability",
    "expected_orders",
    "expected_amount",
]
VARIABLES: dict[str, object] = {"as_of": str(AS_OF), "expected_purchases_weeks": 39}


def orders_in_sql() -> str:
    """A small population as a query that every warehouse reads."""
    orders = simulate(Population(120, 0.4, 4.4, 0.8, 2.4), seed=3)
    orders = orders[orders["occurred_at"] <= AS_OF]
    rows = ", ".join(
        f"({c}, '{day:%Y-%m-%d} 10:00:00', {amount})"
        for c, day, amount in orders.itertuples(index=False)
    )
    columns = "contact_id, cast(ordered_at as timestamp) as occurred_at, amount"
    return f"select {columns} from (values {rows}) as v (contact_id, ordered_at, amount)"


@pytest.fixture(scope="module")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A dbt test in SQL: the contacts whose numbers or words are not those that DuckDB found."""
    folder = tmp_path_factory.mktemp("duckdb")
    dbt(project_of_the_models(folder, orders_in_sql()), "run", variables=VARIABLES)
    columns = ", ".join(["contact_id", *NUMBERS, "reason_en", "reason_zh"])
    found = query(
        folder / "warehouse.duckdb", f"select {columns} from scoring.contact_expected_purchases"
    )
    assert len(found) > 50
    rows = ", ".join("(" + ", ".join(f"'{value}'" for value in row) + ")" for row in found)
    differs = " or ".join(
        f"abs(e.{n} - cast(d.{n} as {{{{ sluice.type_double() }}}})) > 2e-4" for n in NUMBERS
    )
    return (
        f"select d.contact_id from (values {rows}) as d ({columns}) left join {{{{"
        " ref('contact_expected_purchases') }} as e on e.contact_id = cast(d.contact_id as"
        " integer) where e.contact_id is null or e.reason_en <> d.reason_en or e.reason_zh <>"
        f" d.reason_zh or {differs}"
    )


def statuses(folder: Path, case: str, target: str, settings: dict[str, str]) -> dict[str, str]:
    """The result of each model and of the comparison, after one dbt build on a warehouse."""
    project = project_of_the_models(folder, orders_in_sql())
    (project / "tests").mkdir()
    (project / "tests" / "same_as_on_duckdb.sql").write_text(case)
    target_path = dbt(project, "build", "--target", target, variables=VARIABLES, settings=settings)
    results = json.loads((target_path / "run_results.json").read_text())["results"]
    return {result["unique_id"].split(".")[2]: result["status"] for result in results}


def test_postgres_finds_the_same(tmp_path: Path, on_duckdb: str) -> None:
    binaries = postgres_binaries()
    if binaries is None or importlib.util.find_spec("dbt.adapters.postgres") is None:
        pytest.skip("needs Postgres and dbt-postgres: make services")
    with private_postgres(binaries) as settings:
        found = statuses(tmp_path, on_duckdb, "postgres", settings)
    assert found["same_as_on_duckdb"] == "pass", found


@pytest.mark.long
def test_spark_finds_the_same(tmp_path: Path, on_duckdb: str) -> None:
    if shutil.which("java") is None or importlib.util.find_spec("pyspark") is None:
        pytest.skip("needs Java and pyspark: make services")
    found = statuses(tmp_path, on_duckdb, "spark", {"SPARK_LOCAL_IP": "127.0.0.1"})
    assert found["same_as_on_duckdb"] == "pass", found
