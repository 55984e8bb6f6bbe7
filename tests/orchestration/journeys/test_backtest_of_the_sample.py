"""Every model of a whole company can be made for days of the past, not those of a journey alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import WorldRun, sluice

pytestmark = pytest.mark.slow


def test_a_journey_of_the_sample_company_is_tried_on_its_past(
    world: WorldRun, tmp_path: Path
) -> None:
    """On a copy of what the run left: orders came each day, and each was confirmed."""
    home = tmp_path / "copy"
    shutil.copytree(world.home, home)
    period = ("--from", "2026-06-27", "--to", "2026-06-29")
    done = sluice("journeys", "backtest", "orders", *period, "--json", home=home)
    assert done.code == 0, done.stderr
    days = done.json["backtests"][0]["by_day"]
    assert {one["day"] for one in days if one["sent"]} == {
        f"2026-06-{day}" for day in range(27, 30)
    }
