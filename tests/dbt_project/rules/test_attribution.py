"""The first touch is kept for good: when the source drops its event, and when an earlier day is
replayed.
"""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.settings import Settings
from tests.conftest import WorldRun

pytestmark = pytest.mark.slow
TODAY, EARLIER = datetime(2026, 6, 30, 13), datetime(2026, 5, 1, 13)
WEB_TOUCHES = f"""
select a.first_event_key, a.first_touch_at, a.first_channel, a.last_touch_at
from contacts.contact_attribution as a
inner join contacts.contact_events as e on a.first_event_key = e.event_key
where e.source = 'web' and a.first_touch_at < timestamp '{EARLIER}'"""
LOST = """
select first_event_key, first_touch_at, first_channel from main.web_touches
except select first_event_key, first_touch_at, first_channel from contacts.contact_attribution"""


def decide(home: Path, day: datetime, *queries: str) -> list[list[tuple[object, ...]]]:
    """Build the attribution at a logical time; the answers to some queries after that."""
    results = Dbt(Settings(home=home)).build(
        day, select=["+contact_attribution"], exclude=["resource_type:test", "resource_type:seed"]
    )
    assert [result.message for result in results if not result.is_success] == []
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return [connection.execute(sql).fetchall() for sql in queries]


def test_the_first_touch_survives_a_source_that_drops_it_and_a_replay(
    world: WorldRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    shutil.copytree(world.home, home)
    monkeypatch.setenv("SLUICE_HOME", str(home))
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute(f"create table main.web_touches as {WEB_TOUCHES}")
        connection.execute("delete from raw.ev_web")
        touched_later = connection.execute(
            f"select count_if(last_touch_at > timestamp '{EARLIER}') from web_touches"
        ).fetchall()
    assert touched_later[0][0] > 100  # of these a replay must forget the last touch alone
    left = "select count(*) from contacts.contact_events where source = 'web'"
    assert decide(home, TODAY, left, LOST) == [[(0,)], []]
    later = (
        "select count(*) from contacts.contact_attribution where last_touch_at > timestamp"
        f" '{EARLIER}'"
    )
    assert decide(home, EARLIER, LOST, later) == [[], [(0,)]]
