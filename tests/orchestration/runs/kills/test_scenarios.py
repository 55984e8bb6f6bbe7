"""What else can come in the way of a run: each time it ends by itself and says why, and one more
run does what was to be done.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from sluice.activations.sandbox.server import Sandbox
from sluice.orchestration.runs.lock import LOCK_FILE
from tests.orchestration.runs.kills.story import Story

pytestmark = pytest.mark.long
NOBODY = 65534


@contextmanager
def run_at_work(home: Path) -> Iterator[IO[str]]:
    """Another run holds the lock of the home, until the file is closed."""
    with (home / LOCK_FILE).open("w") as file:
        file.write(
            json.dumps({"pid": 4711, "command": "sluice run", "since": "2026-06-01 12:00:00"})
        )
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


@contextmanager
def open_elsewhere(warehouse: Path) -> Iterator[int]:
    """Another process has the warehouse open; its id."""
    hold = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True);"
        " sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(warehouse)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        yield other.pid
        other.communicate()


def test_two_runs_at_once(story: Callable[..., Story]) -> None:
    """A command is refused by name; a run of the schedule waits."""
    history = story()
    with run_at_work(history.home) as held:
        refused = history.order()
        assert (refused.code, refused.is_hung) == (3, False)
        assert "process 4711, `sluice run`, since 2026-06-01 12:00:00 UTC" in refused.words
        threading.Timer(5.0, held.close).start()
        waited = history.order(by="schedule")
    assert (waited.code, waited.is_hung) == (0, False), waited.words
    history.go_on()
    history.check()


@pytest.mark.parametrize("most_bytes", [200_000, 1_500_000])
def test_disk_is_full(story: Callable[..., Story], most_bytes: int) -> None:
    history = story()
    history.go_on()
    history.shop.next_day()
    failed = history.order(most_bytes=most_bytes)
    assert not failed.is_hung
    assert failed.code != 0
    assert failed.words.strip()
    history.go_on()
    history.check()


def test_home_is_read_only(story: Callable[..., Story]) -> None:
    if os.getuid() != 0:
        pytest.skip("takes the rights of another user")
    history = story()
    history.go_on()
    history.shop.next_day()
    refused = history.order(user=NOBODY)
    assert not refused.is_hung
    assert refused.code in {1, 2, 3}
    assert "Traceback" not in refused.words
    history.go_on()
    history.check()


def test_warehouse_is_open_elsewhere(story: Callable[..., Story]) -> None:
    history = story()
    history.go_on()
    history.shop.next_day()
    with open_elsewhere(history.home / "warehouse.duckdb") as pid:
        refused = history.order()
    assert (refused.code, refused.is_hung) == (3, False)
    assert f"process {pid} has warehouse.duckdb open" in refused.words
    history.go_on()
    history.check()


def test_days_are_skipped(story: Callable[..., Story]) -> None:
    history = story()
    history.go_on()
    for _ in range(5):
        history.shop.next_day()
    history.kill(1)
    history.check()


def test_sandbox_dies_with_the_run(story: Callable[..., Story]) -> None:
    """Without one that stays, each run has a sandbox of its own, in its process."""
    history = story()
    history.sandbox.__exit__(None, None, None)
    history.kill(3)
    with Sandbox(history.home, names=["smtp", "hubspot"]) as history.sandbox:
        history.check()
        history.sandbox.store.close()
