"""A new warehouse on each engine, and the server of those on Postgres."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.orchestration.warehouse.base import Warehouse
from sluice.orchestration.warehouse.duckdb_file import DuckDBFile
from tests.postgres import Server
from tests.postgres import postgres as postgres

PREFIXES = ["", "acme_"]


@pytest.fixture(params=["duckdb", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=PREFIXES, ids=["plain", "prefix"])
def warehouse(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> Warehouse:
    """An empty one, with and without a prefix before our schemas."""
    prefix = str(request.param)
    if engine == "duckdb":
        return DuckDBFile(tmp_path / "warehouse.duckdb", tmp_path, prefix)
    server: Server = request.getfixturevalue("postgres")
    return server.warehouse(server.database(), prefix)
