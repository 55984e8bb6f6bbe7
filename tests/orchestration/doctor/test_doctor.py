"""`sluice doctor`: who is at work, how much room a home takes, what is damaged."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path

import pytest

from sluice.models.errors import BlockedError
from sluice.orchestration.doctor import checks
from sluice.orchestration.doctor.finding import Finding
from sluice.orchestration.doctor.sizes import size_of
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.runs import lock
from tests.conftest import sluice


def test_lock_names_its_holder(home: Path) -> None:
    """A second opener of the file stands for another process: flock tells them apart."""
    (home / lock.LOCK_FILE).write_text(
        json.dumps({"pid": 4711, "command": "sluice run", "since": "2026-06-29 13:00:00"})
    )
    with (home / lock.LOCK_FILE).open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(
            BlockedError, match="process 4711, `sluice run`, since 2026-06-29 13:00:00 UTC"
        ):
            lock.acquire(home)
        found = {finding.check: finding.words for finding in checks.examine(load_settings())}
        assert "process 4711" in found["run lock"]
    assert lock.holder(home) is None


def test_lock_is_taken_once_and_given_back(home: Path) -> None:
    assert [lock.acquire(home), lock.acquire(home)] == [True, False]
    lock.release(home)
    assert lock.holder(home) is None


def test_sizes_are_those_of_the_files(home: Path) -> None:
    (home / "runs" / "a").mkdir(parents=True)
    (home / "runs" / "a" / "plan.parquet").write_bytes(b"x" * 1000)
    (home / "runs" / "run.json").write_bytes(b"x" * 24)
    assert size_of(home / "runs") == 1024
    assert {"runs: 0.0 MB"} <= {one.words for one in checks.examine(load_settings())}


def test_check_that_breaks_stops_no_other(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> list[Finding]:
        raise ValueError("a value of a row")

    monkeypatch.setattr(checks, "CHECKS", {"broken": broken, **checks.CHECKS})
    first, *others = checks.examine(load_settings())
    assert (first.state, first.words) == ("failed", "cannot be checked: ValueError")
    assert others


def test_command_prints_json(home: Path) -> None:
    outcome = sluice("doctor", "--json", home=home)
    assert outcome.code == 0
    assert {one["check"] for one in outcome.json} >= {"run lock", "size"}
