"""A new ledger for each test, on SQLite and, under the marker warehouses, on Postgres."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from sluice.activations.ledger.store import Ledger
from tests.conftest import ROOT
from tests.dbt_project.services import postgres_binaries, private_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of an empty Postgres database."""
    binaries = postgres_binaries()
    if binaries is None:
        pytest.skip("needs Postgres: make services")
    pytest.importorskip("psycopg2", reason="needs psycopg2, which dbt-postgres brings")
    with private_postgres(binaries) as settings:
        yield f"postgresql+psycopg2://sluice@127.0.0.1:{settings['SLUICE_POSTGRES_PORT']}/sluice"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.warehouses)])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a ledger that is not there yet: a file, or an empty schema."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    server, schema = request.getfixturevalue("postgres"), f"ledger_{uuid.uuid4().hex}"
    engine = sa.create_engine(server)
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema(schema))
    engine.dispose()
    return f"{server}?options=-csearch_path%3D{schema}"


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """A new ledger."""
    opened = Ledger(ledger_url)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[str]]:
    """The warm parent of processes that push."""
    command = [sys.executable, "-m", "tests.activations.push.pusher_process"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
