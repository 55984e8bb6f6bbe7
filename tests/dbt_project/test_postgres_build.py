"""The whole project on Postgres: every model, unit test and data test, where nothing was landed
yet, and once again.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.conftest import ROOT, dbt
from tests.dbt_project.services import postgres_binaries, private_postgres

pytestmark = [pytest.mark.warehouses, pytest.mark.long]  # test_parity.py runs it there on two days


def test_the_whole_project_builds_on_postgres_twice(tmp_path: Path) -> None:
    """The second build finds the incremental models there."""
    binaries = postgres_binaries()
    if binaries is None or importlib.util.find_spec("dbt.adapters.postgres") is None:
        pytest.skip("needs Postgres and dbt-postgres: make services")
    with private_postgres(binaries) as settings:
        for _ in range(2):
            done = dbt(
                "build",
                "--target",
                "postgres",
                project=ROOT / "dbt_project",
                home=tmp_path,
                **settings,
            )
            assert done.code == 0, done.stdout[-3000:]
            assert "ERROR=0 SKIP=0" in done.stdout
