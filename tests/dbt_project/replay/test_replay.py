"""No model looks ahead: any day can be replayed from all that is known today, and gives what a run
on that day gave.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.replay
FIRST = "2026-04-20T13:00:00+00:00"


@pytest.fixture(scope="module", params=[3, pytest.param(30, marks=pytest.mark.long)])
def days(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def replayed(days: int, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Days in a row, once with the rows known on each day, once with all rows: side by
    side.
    """
    folder = tmp_path_factory.mktemp("replay")
    raw = folder / "raw"
    generate = [
        sys.executable,
        str(ROOT / "examples/world/generate.py"),
        "--people",
        "200",
        "--seed",
        "11",
        "--out",
        str(raw),
    ]
    subprocess.run(generate, check=True, stdout=subprocess.DEVNULL)
    running = {}
    for how in ("known", "all"):
        (folder / how).mkdir()
        command = [
            sys.executable,
            "-m",
            "tests.dbt_project.replay.one_run_a_day",
            str(raw),
            str(folder / how),
            FIRST,
            str(days),
            how,
        ]
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")
        }
        running[how] = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
    found = {}
    for how, process in running.items():
        output, _ = process.communicate()
        assert process.returncode == 0, output[-2000:]
        found[how] = json.loads(output.splitlines()[-1])
    return found


def test_a_replay_gives_the_tables_of_the_real_days(
    days: int, replayed: dict[str, dict[str, Any]]
) -> None:
    real, replay = replayed["known"], replayed["all"]
    assert len(real) == days
    different = [
        f"{day} {table}"
        for day in real
        for table in real[day]
        if real[day][table] != replay[day][table]
    ]
    assert different == []


def test_the_days_differ(days: int, replayed: dict[str, dict[str, Any]]) -> None:
    """Otherwise the test above would say little."""
    real = list(replayed["known"].values())
    for table in (
        "scoring.score_changes",
        "lifecycle.lifecycle_transitions",
        "segments.segment_changes",
        "contacts.contact_events",
    ):
        hashes = [day[table][1] for day in real]
        assert len(set(hashes)) > days * 2 // 3, table
    assert real[-1]["segments.segment_members"][0] > 50


def test_moves_are_few_on_an_ordinary_day(replayed: dict[str, dict[str, Any]]) -> None:
    """Hysteresis: after the first day, few contacts change their stage in a day."""
    days = list(replayed["known"].values())
    moves = [day["lifecycle.lifecycle_transitions"][0] for day in days]
    contacts = days[-1]["contacts.dim_contacts"][0]
    assert max(after - before for before, after in itertools.pairwise(moves[1:])) < contacts * 0.2
