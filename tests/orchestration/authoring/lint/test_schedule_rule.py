"""Marketing goes out in hours in which some run starts."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from sluice.orchestration.authoring.lint.schedule_rule import _is_fast
from sluice.orchestration.authoring.lint.yaml_lines import Yaml
from tests.orchestration.authoring.lint.conftest import lint
from tests.orchestration.authoring.lint.test_engagement import FACTS, plant


@pytest.mark.parametrize(
    ("keys", "channel", "is_found"),
    [
        pytest.param({}, "sms", True, id="nine in the evening alone is too late for SMS"),
        pytest.param({}, "email", False, id="and in time for e-mail"),
        pytest.param({"schedules": {"noon": {"hour": 12}}}, "sms", False, id="a second run"),
        pytest.param({"schedule": {"cron": "0 19 * * 1"}}, "sms", False, id="one a week"),
        pytest.param(
            {"schedule": {"hour": 14, "time_zone": "Europe/London"}},
            "sms",
            True,
            id="an afternoon in London is the night of the project",
        ),
        pytest.param({"schedule": {"hour": 5}}, "wechat", True, id="too early"),
    ],
)
def test_hours_and_runs_meet(
    project: Path, keys: dict[str, object], channel: str, is_found: bool
) -> None:
    plant(project, FACTS + "order_count > 0", channel=channel, purpose="marketing")
    path = project / "sluice.yml"
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    written.pop("schedules")
    path.write_text(yaml.safe_dump({**written, **keys}), encoding="utf-8")
    found = [one for one in lint(project) if one.rule == "schedule" and "reminder" in one.file]
    assert [one.file for one in found] == ["models/activation/campaign_reminder.yml"] * is_found
    assert all("it is never sent" in one.message and "daytime" in one.fix for one in found)


@pytest.mark.parametrize("is_on", [True, False])
def test_what_the_fast_lane_sends_needs_no_run(project: Path, is_on: bool) -> None:
    plant(project, FACTS + "order_count > 0", channel="sms", purpose="marketing", fast=True)
    path = project / "sluice.yml"
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    written.pop("schedules")
    written["fast_lane"] = {"enabled": is_on}
    path.write_text(yaml.safe_dump(written), encoding="utf-8")
    found = {one.file for one in lint(project) if one.rule == "schedule"}
    assert ("models/activation/campaign_reminder.yml" in found) is not is_on


@pytest.mark.parametrize(("is_fast", "is_sent"), [(True, True), (False, False)])
def test_a_message_of_a_fast_journey_is_fast(is_fast: bool, is_sent: bool) -> None:
    journey = Yaml({"fast": is_fast, "nodes": {}}, 1)
    project = SimpleNamespace(meta=lambda model, kind: journey)
    message = Yaml({"purpose": "marketing"}, 1)
    assert _is_fast(project, "steps_carts_v1", message) is is_sent  # type: ignore[arg-type]
