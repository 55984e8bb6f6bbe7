"""The whole sample company for two days on Spark, in threads and in two executor processes: the
same messages and operations as on DuckDB, every public table equal value for value, and a run that
is repeated sends nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.orchestration.warehouse.two_days import DAYS, Company, Rows, differences
from tests.projects import sample_project
from tests.spark import LOCAL, require_spark

pytestmark = [pytest.mark.warehouses, pytest.mark.long]
MASTERS = ("local[2]", "local-cluster[2,1,2048]")


@dataclass(frozen=True)
class Told:
    """What two days, and the second once more, came to."""

    rows: Rows
    summaries: list[Any]
    repeated: Any
    received: Any


@pytest.fixture(scope="module")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return run(tmp_path_factory.mktemp("duckdb"), {"DBT_TARGET": "duckdb"})


def run(folder: Path, settings: dict[str, str]) -> Told:
    """Both days, in a project and a home of their own."""
    project = sample_project(folder / "project", has_playbooks=True)
    company = Company(project, folder / "home", settings)
    summaries = [company.run(day) for day in DAYS]
    rows = read(company, folder / "rows.json")
    repeated = company.run(DAYS[-1])
    return Told(rows, summaries, repeated, company.command("sandbox", "status"))


def read(company: Company, file: Path) -> Rows:
    """The public tables, by a process of its own."""
    subprocess.run(
        [sys.executable, "-m", "tests.orchestration.warehouse.two_days", str(file)],
        check=True,
        cwd=ROOT,
        env={**os.environ, **company.environment},
    )
    found: Rows = json.loads(file.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("master", MASTERS)
def test_spark_decides_and_sends_what_duckdb_does(
    tmp_path: Path, on_duckdb: Told, master: str
) -> None:
    require_spark()
    there = {"DBT_TARGET": "spark", "SLUICE_SPARK_MASTER": master, **LOCAL}
    on_spark = run(tmp_path, there)
    assert on_spark.summaries == on_duckdb.summaries
    assert [one["messages"]["sent"] for one in on_spark.summaries] != [0, 0]
    assert differences(on_duckdb.rows, on_spark.rows) == {}
    assert on_spark.repeated == on_duckdb.repeated
    assert on_spark.repeated["messages"]["sent"] == 0
    assert {one["accepted"] for one in on_spark.repeated["syncs"]} == {0}
    assert on_spark.received == on_duckdb.received
