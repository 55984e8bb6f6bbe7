"""A run that changes nothing does not materialize again what its day shows already."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import pytest

from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.runs.in_process import dagster_instance
from tests.conftest import WorldRun

CHECK = "primary_key_contact_attributes_contact_id__attribute"
ATTRIBUTES = dg.AssetKey(["contacts", "contact_attributes"])
SEGMENT = dg.AssetKey(["segments", "seg_birthdays"])


@pytest.fixture
def instance(world: WorldRun) -> Iterator[dg.DagsterInstance]:
    with dagster_instance(Settings(home=world.home)) as found:
        yield found


def runs(instance: dg.DagsterInstance, key: dg.AssetKey) -> list[str]:
    return [one.run_id for one in instance.fetch_materializations(key, limit=20).records]


def test_it_is_shown_once_and_checked_each_time(
    world: WorldRun, instance: dg.DagsterInstance
) -> None:
    assert world.again.code == 0
    last = reversed(instance.get_run_records(limit=3))
    plan, first, again = (one.dagster_run.run_id for one in last)
    assert runs(instance, ATTRIBUTES) == [plan]
    (check,) = instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(ATTRIBUTES, CHECK), limit=1
    )
    assert check.run_id == again
    assert first != again


def test_a_page_has_new_figures(world: WorldRun, instance: dg.DagsterInstance) -> None:
    last = instance.get_run_records(limit=1)[0].dagster_run.run_id
    assert last in runs(instance, SEGMENT)
