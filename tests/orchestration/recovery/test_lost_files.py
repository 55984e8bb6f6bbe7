"""Whole runs of the sample company around the loss of a file, beside the same days without one."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import WorldRun, sluice

pytestmark = pytest.mark.long
FIRST, SECOND, BACK = (
    "2026-06-20T13:00:00+00:00",
    "2026-06-21T13:00:00+00:00",
    "2026-06-01T13:00:00+00:00",
)


@pytest.fixture(scope="module")
def first_day(tmp_path_factory: pytest.TempPathFactory, world: WorldRun) -> Path:
    """A home after its first day."""
    home = tmp_path_factory.mktemp("lost") / "home"
    shutil.copytree(
        world.home / "dbt", home / "dbt", ignore=shutil.ignore_patterns("compiled", "run", "logs")
    )
    done = sluice("run", "--as-of", FIRST, "--json", home=home)
    assert done.code == 0, done.stderr
    return home


@pytest.fixture(scope="module")
def undisturbed(first_day: Path) -> Path:
    """The home after a second day that nothing happened to."""
    home = copied(first_day, "undisturbed")
    assert sluice("run", "--as-of", SECOND, "--json", home=home).code == 0
    return home


def copied(home: Path, name: str) -> Path:
    target = home.parent / name
    shutil.copytree(home, target)
    return target


def delivered(home: Path, day: str = SECOND) -> set[tuple[Any, ...]]:
    """What was pushed on a day: the delivery, what it did, to whom, and the row."""
    sql = """select d.delivery_id, d.operation, d.subject_id, d.row_hash, d.state
        from deliveries as d join pushes as p using (push_id) where p.as_of like ? || '%'"""
    with closing(sqlite3.connect(home / "ledger.sqlite")) as connection:
        return set(connection.execute(sql, [day[:10]]).fetchall())


@pytest.mark.parametrize("lost", ["deleted", "half", "backup of the day before"])
def test_a_day_after_a_loss_sends_what_the_day_would_have_sent(
    first_day: Path, undisturbed: Path, lost: str
) -> None:
    home = copied(first_day, lost.replace(" ", "_"))
    warehouse = home / "warehouse.duckdb"
    if lost == "half":
        os.truncate(warehouse, warehouse.stat().st_size // 2)
        refused = sluice("run", "--as-of", SECOND, home=home)
        assert (refused.code, "damaged" in refused.stderr, delivered(home)) == (2, True, set())
    if lost == "backup of the day before":
        saved = home.parent / "saved"
        assert sluice("backup", str(saved), home=home).code == 0
        warehouse.write_bytes(b"broken")
        assert sluice("restore", str(saved), "--only", "warehouse", "--force", home=home).code == 0
    else:
        warehouse.unlink()
    done = sluice("run", "--as-of", SECOND, "--json", home=home)
    assert done.code == 0, done.stderr
    assert delivered(home) == delivered(undisturbed)
    assert len(delivered(home)) > 20


def test_a_lost_ledger_waits_and_then_sends_the_rest(first_day: Path, undisturbed: Path) -> None:
    home = copied(first_day, "lost_ledger")
    for path in home.glob("ledger.sqlite*"):
        path.unlink()
    refused = sluice("run", "--as-of", SECOND, home=home)
    assert (refused.code, delivered(home)) == (3, set())
    assert "sluice ledger adopt" in refused.stderr
    assert sluice("ledger", "adopt", "--reason", "the disk broke", home=home).code == 0
    assert sluice("run", "--as-of", SECOND, "--json", home=home).code == 0
    assert delivered(home) == delivered(undisturbed)


def test_a_damaged_file_ends_the_run_before_anything_is_landed(first_day: Path) -> None:
    home = copied(first_day, "damaged")
    with closing(
        sqlite3.connect(home / "ledger.sqlite")
    ) as connection:  # a page that also stands in the log is read from there
        connection.execute("pragma wal_checkpoint(truncate)")
    with (home / "ledger.sqlite").open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(16 * 4096))
    refused = sluice("run", "--as-of", SECOND, home=home)
    assert (refused.code, "ledger.sqlite is damaged" in refused.stderr) == (2, True)
    assert "1 land" not in refused.stdout


def test_a_day_gone_by_is_looked_at_and_not_pushed(undisturbed: Path) -> None:
    home = copied(undisturbed, "back")
    before = (home / "warehouse.duckdb").read_bytes()
    back = sluice("run", "--as-of", BACK, "--json", home=home)
    assert back.code == 0, back.stderr
    assert sum(back.json["syncs"][0][name] for name in ("entered", "changed", "exited")) > 100
    assert (
        back.json["syncs"][0]["accepted"],
        back.json["messages"]["sent"],
        delivered(home, BACK),
    ) == (0, 0, set())
    assert "nothing is pushed" in back.json["notes"][0]
    assert (home / "warehouse.duckdb").read_bytes() == before
    again = sluice("run", "--as-of", SECOND, "--json", home=home)
    assert [again.json["syncs"][0][name] for name in ("entered", "changed", "exited")] == [0, 0, 0]
