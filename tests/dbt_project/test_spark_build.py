"""The package on Spark: every model, unit test and data test where nothing was landed, and once
again; and the sample company, whose tables hold the values that DuckDB gives.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from sluice.orchestration.installation.package_links import link_package
from sluice.orchestration.installation.project import open_project
from tests.conftest import ROOT, Outcome, WorldRun, dbt
from tests.projects import SAMPLE
from tests.spark import LOCAL, require_spark

pytestmark = [pytest.mark.warehouses, pytest.mark.long]
LANDED = ("raw", "ledger", "landing", "main")
TESTS = "test_type:data test_type:unit"
# of a value that differs by nature: when a row was landed, a fingerprint, SQL of the warehouse
OWN = {"record_hash", "landed_at", "data_type", "value_sql", "key_sql"}


@pytest.fixture(autouse=True)
def _needs_spark() -> None:
    require_spark()


def passed(done: Outcome) -> None:
    assert done.code == 0, done.stdout[-3000:]
    assert "ERROR=0 SKIP=0" in done.stdout


def test_the_package_builds_on_spark_twice(tmp_path: Path) -> None:
    """The second build finds the incremental models there; unit tests were in the first."""
    project = ROOT / "dbt_project"
    passed(dbt("build", "--target", "spark", project=project, home=tmp_path, **LOCAL))
    again = ("build", "--target", "spark", "--exclude", TESTS)
    passed(dbt(*again, project=project, home=tmp_path, **LOCAL))


def test_the_sample_company_has_the_values_of_duckdb(world: WorldRun, tmp_path: Path) -> None:
    homes = {target: tmp_path / target for target in ("duckdb", "spark")}
    for home in homes.values():
        home.mkdir()
    reference = homes["duckdb"] / "warehouse.duckdb"
    shutil.copy(world.home / "warehouse.duckdb", reference)
    forget_models(reference)
    loading = [sys.executable, "-m", "tests.dbt_project.spark_tables", reference, homes["spark"]]
    subprocess.run(loading, check=True, cwd=ROOT, capture_output=True)
    link_package(open_project(SAMPLE))
    clock = '{as_of: "2026-06-30 13:00:00"}'
    for target, home in homes.items():
        words = ("build", "--target", target, "--vars", clock, "--exclude", TESTS)
        passed(dbt(*words, project=SAMPLE, home=home, **LOCAL))
    assert differences(reference, homes["spark"] / "spark-warehouse") == []


def forget_models(warehouse: Path) -> None:
    """Leave what was landed alone in it: both builds begin there."""
    with duckdb.connect(str(warehouse)) as connection:
        names = "select distinct table_schema from information_schema.tables"
        for (schema,) in connection.execute(names).fetchall():
            if schema not in LANDED:
                connection.execute(f"drop schema {schema} cascade")


def differences(warehouse: Path, folder: Path) -> list[str]:
    """The tables, and their columns, that differ, as the Parquet files of Spark have them."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_type = 'BASE TABLE' and table_schema not in ?",
            [LANDED],
        ).fetchall()
        assert len(tables) > 100
        return [
            problem
            for schema, table in tables
            for problem in _different(connection, f"{schema}.{table}", folder)
        ]


def _different(connection: duckdb.DuckDBPyConnection, table: str, folder: Path) -> list[str]:
    schema, name = table.split(".")
    place = folder / f"{schema}.db" / name
    if not place.is_dir():
        return [f"{table} is not there"]
    if not list(place.glob("*.parquet")):
        (count,) = connection.execute(f"select count(*) from {table}").fetchone() or (0,)
        return [f"{table} is empty"] if count else []
    files = f"read_parquet('{place}/*.parquet')"
    columns = connection.execute(f"describe {table}").fetchall()
    wanted = ", ".join(_comparable(one, kind) for one, kind, *_ in columns if one not in OWN)
    ours, theirs = (f"select {wanted} from {relation}" for relation in (table, files))
    (count,) = connection.execute(
        f"select (select count(*) from ({ours} except all {theirs}))"
        f" + (select count(*) from ({theirs} except all {ours}))"
    ).fetchone() or (0,)
    return [f"{table}: {count} rows differ"] if count else []


def _comparable(name: str, kind: str) -> str:
    """A column as text: Spark's times are moments, and sums of floats differ in the last digits."""
    if kind.startswith("TIMESTAMP"):
        return f'cast(cast("{name}" as timestamp) as varchar)'
    return f'round("{name}", 9)' if kind == "DOUBLE" else f'cast("{name}" as varchar)'
