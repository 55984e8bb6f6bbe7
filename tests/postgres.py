"""One private Postgres for the tests of a worker, with a new database for whoever asks."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count

import pytest

from sluice.orchestration.warehouse.postgres import Postgres
from tests.dbt_project.services import postgres_binaries, private_postgres

OWNER = "sluice"
_numbers = count(1)


@dataclass(frozen=True)
class Server:
    """``port`` on 127.0.0.1; everybody is let in, without a password."""

    port: int

    def database(self, owner: str = OWNER) -> str:
        """A new database. Returns its name."""
        name = f"test_{next(_numbers)}"
        self.run("postgres", f'create database {name} owner "{owner}"')
        return name

    def run(self, database: str, *statements: str, user: str = OWNER) -> list[tuple[object, ...]]:
        """Statements, each in a transaction of its own; the rows of the last one."""
        import psycopg2

        with closing(
            psycopg2.connect(host="127.0.0.1", port=self.port, dbname=database, user=user)
        ) as connection:
            connection.autocommit = True
            rows: list[tuple[object, ...]] = []
            for statement in statements:
                with connection.cursor() as cursor:
                    cursor.execute(statement)
                    rows = cursor.fetchall() if cursor.description else []
            return rows

    def warehouse(self, database: str, prefix: str = "") -> Postgres:
        """The product's own access to a database."""
        return Postgres("127.0.0.1", self.port, database, OWNER, prefix=prefix)

    def settings(self, database: str, user: str = OWNER) -> dict[str, str]:
        """What the profiles of the starter and the examples read."""
        return {
            "SLUICE_POSTGRES_PORT": str(self.port),
            "SLUICE_POSTGRES_DATABASE": database,
            "SLUICE_POSTGRES_USER": user,
        }


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Skips where Postgres is not installed."""
    binaries = postgres_binaries()
    if binaries is None or importlib.util.find_spec("adbc_driver_postgresql") is None:
        pytest.skip("needs Postgres, and sluice[postgres]: make services")
    with private_postgres(binaries) as settings:
        yield Server(int(settings["SLUICE_POSTGRES_PORT"]))
