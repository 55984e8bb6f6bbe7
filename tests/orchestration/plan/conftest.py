"""A home with a warehouse of a few rows, for the tests of plans."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from sluice.activations.content import LIBRARY
from sluice.models.run import Run
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.runs.state import RunState
from tests.orchestration.plan.guarding import NOW
from tests.projects import bare_project

WAREHOUSE = Path(__file__).with_name("guarding_warehouse.sql").read_text(encoding="utf-8")


@pytest.fixture
def state(home: Path, tmp_path: Path) -> RunState:
    """A run of a project with the texts of the library."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "content").symlink_to(LIBRARY)
    settings = load_settings(bare_project(tmp_path / "project"))
    with duckdb.connect(str(settings.warehouse.path)) as connection:
        connection.execute(WAREHOUSE)
    return RunState(Run("now", NOW), settings)
