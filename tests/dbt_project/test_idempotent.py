"""What says that it is idempotent is so: left or built, it holds the same, at this moment, a later
one with news and without, and one of the past.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.dbt.unchanged import BUILT, is_idempotent
from sluice.orchestration.installation.settings import load_settings
from tests.conftest import WorldRun, forget_settings

pytestmark = pytest.mark.slow
RUN = datetime(2026, 6, 30, 13, tzinfo=UTC)  # the sample company's clock
NEWS, QUIET = RUN + timedelta(days=5), RUN + timedelta(days=5, minutes=1)
MOMENTS = (NEWS, QUIET, RUN - timedelta(days=40), NEWS)
SELECT = ["fqn:sluice.staging", "fqn:sluice.identity", "fqn:sluice.contacts", "fqn:sluice.scoring"]
SELECT += ["fqn:sluice.tags", "fqn:sluice.segments", "resource_type:seed"]


@pytest.fixture
def home(world: WorldRun, tmp_path: Path) -> Path:
    to = tmp_path / "home"
    shutil.copytree(world.home, to, symlinks=True)
    return to


def build(home: Path, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> tuple[Dbt, set[str]]:
    """The names of the models that were left."""
    forget_settings()
    monkeypatch.setenv("SLUICE_HOME", str(home))
    dbt = Dbt(load_settings())
    results = dbt.build(moment, select=SELECT, exclude=["resource_type:test"])
    assert [(one.unique_id, one.message) for one in results if not one.is_success] == []
    return dbt, {one.unique_id.split(".")[2] for one in results if one.is_unchanged}


def rows(home: Path, tables: dict[str, str]) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return {
            name: connection.execute(f"select * from {table} order by all").fetchall()
            for name, table in tables.items()
        }


def test_left_or_built_it_is_the_same(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[set[str]] = []
    for moment in MOMENTS:
        forced = home.parent / "forced"
        shutil.copytree(home, forced, symlinks=True)
        (forced / "dbt" / BUILT).unlink()
        _, unchanged = build(forced, moment, monkeypatch)
        assert unchanged == set()
        dbt, unchanged = build(home, moment, monkeypatch)
        tables = {
            one.name: f"{one.schema}.{one.alias}"
            for one in dbt.parsed.nodes.values()
            if is_idempotent(one) and one.config.enabled
        }
        assert rows(home, tables) == rows(forced, tables)
        left.append(unchanged & tables.keys())
        shutil.rmtree(forced)
    of_news, quiet, past, _ = left
    assert len(tables) >= 18
    assert quiet == tables.keys()
    assert max(len(of_news), len(past)) < len(tables)
