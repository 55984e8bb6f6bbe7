"""On a later day without a new row what hangs on events and on the words of consent stays as it is,
and a day of the past knows what there was by then.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.settings import load_settings
from tests.conftest import WorldRun, forget_settings

pytestmark = pytest.mark.slow
RUN = datetime(2026, 6, 30, 13, tzinfo=UTC)  # the sample company's clock
TIMES = ("int_event_times", "int_consent_times", "int_record_times")
STAY = {
    *("int_events", "contact_events", "int_contact_openids", "dim_contacts", "contact_activity"),
    *("contact_touches", "int_consents_delivered", "int_consent_readings", "int_consent_matches"),
    *("int_consent_statements", "consent_issues", "contact_consents", "identity_map"),
    *("int_changed_records", "int_contact_records", "rpt_record_issues"),
}


@pytest.fixture(scope="module")
def home(world: WorldRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("idle") / "home"
    shutil.copytree(world.home, to, symlinks=True)
    return to


def build(
    home: Path, moment: datetime, monkeypatch: pytest.MonkeyPatch, *select: str
) -> dict[str, bool]:
    """``{name: whether it was left}`` of the models and seeds."""
    forget_settings()
    monkeypatch.setenv("SLUICE_HOME", str(home))
    results = Dbt(load_settings()).build(moment, select=select, exclude=["resource_type:test"])
    assert [(one.unique_id, one.message) for one in results if not one.is_success] == []
    return {one.unique_id.split(".")[2]: one.is_unchanged for one in results}


def events(home: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_later_day_leaves_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    select = ["+contact_touches", "+contact_activity", "+contact_consents", "rpt_record_issues"]
    build(home, RUN + timedelta(days=5), monkeypatch, *select)  # what came late
    found = build(home, RUN + timedelta(days=6), monkeypatch, *select)
    assert found.keys() >= STAY
    assert {name for name in STAY if not found[name]} == set()
    assert [found[name] for name in TIMES] == [False] * len(TIMES)


def test_a_past_day_knows_less(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = events(home, "select count(*) from contacts.contact_events")
    moment = RUN - timedelta(days=40)
    build(home, moment, monkeypatch, "int_event_times", "contact_events")
    known = f"recorded_at <= '{moment:%Y-%m-%d %H:%M}' and occurred_at <= '{moment:%Y-%m-%d %H:%M}'"
    asked = f"select count(*), count(*) filter (not ({known})) from contacts.contact_events"
    ((count, too_late),) = events(home, asked)
    assert too_late == 0
    assert 0 < int(str(count)) < int(str(before[0][0]))
    of_all = f"select count(distinct event_key) from contacts.int_events where {known}"
    ((there,),) = events(home, of_all)
    assert int(str(there)) >= int(str(count))
