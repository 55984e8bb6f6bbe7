"""The sample company for two days on DuckDB and on Postgres: every table that is public has the same
rows, value for value, and the same messages and operations were sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.orchestration.warehouse.two_days import DAYS, Company, Rows, differences, public_rows
from tests.postgres import Server
from tests.projects import sample_project

pytestmark = pytest.mark.warehouses


@dataclass
class Side:
    """The company on one engine, after both days."""

    rows: Rows
    summaries: list[dict[str, Any]]


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory, postgres: Server) -> dict[str, Side]:
    folder = tmp_path_factory.mktemp("parity")
    project = sample_project(folder / "project")
    database = postgres.database()
    settings = {
        "duckdb": {"DBT_TARGET": "duckdb"},
        "postgres": {"DBT_TARGET": "postgres", **postgres.settings(database)},
    }
    return {
        engine: _run(Company(project, folder / engine, environment))
        for engine, environment in settings.items()
    }


def _run(company: Company) -> Side:
    summaries = [company.run(day) for day in DAYS]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in company.environment.items():
            patch.setenv(name, value)
        return Side(public_rows(company.home), summaries)


def test_the_same_was_decided_and_sent(sides: dict[str, Side]) -> None:
    ours, theirs = (side.summaries for side in sides.values())
    assert ours == theirs
    assert [one["messages"]["sent"] for one in ours] != [0, 0]


def test_every_public_table_is_the_same(sides: dict[str, Side]) -> None:
    ours, theirs = (side.rows for side in sides.values())
    assert differences(ours, theirs) == {}
    assert sum(map(len, ours.values())) > 10_000
