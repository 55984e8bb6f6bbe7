"""A new warehouse on each engine, and the server of those on Postgres."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

from sluice.orchestration.warehouse.base import Warehouse
from sluice.orchestration.warehouse.duckdb_file import DuckDBFile
from sluice.orchestration.warehouse.spark import Spark
from tests.postgres import Server
from tests.postgres import postgres as postgres

KINDS = [
    pytest.param((engine, prefix), id=f"{engine}-{prefix or 'plain'}")
    for engine in ("duckdb", "postgres")
    for prefix in ("", "acme_")
]
# where a statement takes long: with a prefix alone, and not in each session
KINDS.append(
    pytest.param(
        ("spark", "acme_"), id="spark-acme_", marks=[pytest.mark.warehouses, pytest.mark.long]
    )
)


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> tuple[str, str]:
    """An engine, and what stands before our schemas."""
    engine, prefix = request.param
    return str(engine), str(prefix)


@pytest.fixture
def engine(place: tuple[str, str]) -> str:
    return place[0]


@pytest.fixture(scope="session")
def spark_settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Of the one JVM that this process can have."""
    if shutil.which("java") is None:
        pytest.skip("needs Java: make services")
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("needs pyspark")
    folder = tmp_path_factory.mktemp("spark")
    return {
        "spark.master": "local[2]",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": f"{folder}/warehouse",
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={folder}/metastore;create=true"
        ),
        "spark.driver.extraJavaOptions": f"-Dderby.stream.error.file={folder}/derby.log",
    }


@pytest.fixture
def warehouse(request: pytest.FixtureRequest, place: tuple[str, str], tmp_path: Path) -> Warehouse:
    """An empty one."""
    engine, prefix = place
    if engine == "duckdb":
        return DuckDBFile(tmp_path / "warehouse.duckdb", tmp_path, prefix)
    if engine == "spark":
        return cleared(request.getfixturevalue("spark_settings"), prefix)
    server: Server = request.getfixturevalue("postgres")
    return server.warehouse(server.database(), prefix)


@pytest.fixture
def spark_warehouse(spark_settings: dict[str, str]) -> Spark:
    """An empty one on Spark."""
    return cleared(spark_settings, "acme_")


def cleared(settings: dict[str, str], prefix: str) -> Spark:
    """The one warehouse that a process can have, without what other tests left."""
    found = Spark(settings, prefix)
    session = found.open()
    for (schema,) in session.run("show schemas").rows:
        if schema != "default":
            session.run(f"drop schema {schema} cascade")
    return found
