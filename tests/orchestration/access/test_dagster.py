"""A run that Dagster starts sends to real people only as somebody who may."""

import json
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from sluice.models.errors import BlockedError
from sluice.orchestration.assets.fast import LANE, _lane_asset
from sluice.orchestration.runs.resource import SluiceResource
from sluice.orchestration.runs.state import RESOURCES, step
from tests.projects import bare_project

ACCESS = {
    "roles": {"lead": ["release"], "analyst": []},
    "people": {"wang": {"role": "lead"}, "chen": {"role": "analyst"}},
}
DECIDED, PUSHED = dg.AssetKey("decided"), dg.AssetKey(["push", "news"])
reached: list[dg.AssetKey] = []


@dg.asset(key=DECIDED, required_resource_keys=RESOURCES)
def decided(context: dg.AssetExecutionContext) -> None:
    """A step before the push."""
    with step(context):
        reached.append(DECIDED)


@dg.asset(key=PUSHED, deps=[DECIDED], required_resource_keys=RESOURCES)
def news(context: dg.AssetExecutionContext) -> None:
    """Where something would be sent."""
    with step(context, is_sending=True):
        reached.append(PUSHED)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    written = {"name": "bare", "format": 1, "access": ACCESS, "fast_lane": {"enabled": True}}
    (tmp_path / "sluice.yml").write_text(json.dumps(written))
    bare_project(tmp_path)
    monkeypatch.setenv("SLUICE_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("SLUICE_USER", "chen")
    monkeypatch.setenv("SLUICE_DELIVERY", "live")
    reached.clear()
    return tmp_path


def run(project: Path, *keys: dg.AssetKey) -> Any:
    """As a click on *Materialize* starts it."""
    resources = {"sluice": SluiceResource(project=str(project))}
    assets = [decided, news, _lane_asset()]
    return dg.materialize(assets, selection=list(keys), resources=resources, raise_on_error=True)


def test_a_run_with_a_push_is_refused_before_its_first_step(project: Path) -> None:
    with pytest.raises(BlockedError, match="chen may not send to real people"):
        run(project, DECIDED, PUSHED)
    with pytest.raises(BlockedError, match="chen may not send to real people"):
        run(project, LANE)
    assert reached == []


def test_who_may_release_and_what_sends_to_nobody_go_on(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(project, DECIDED)
    assert reached == [DECIDED]
    monkeypatch.setenv("SLUICE_USER", "wang")
    run(project, DECIDED, PUSHED)
    assert reached == [DECIDED, DECIDED, PUSHED]


def test_the_sandbox_is_open_to_all(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_DELIVERY", "sandbox")
    run(project, DECIDED, PUSHED)
    assert reached == [DECIDED, PUSHED]
