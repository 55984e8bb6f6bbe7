"""Keys of syncs that are texts: kept at the claim, landed once, and known again after a ledger was
lost.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from sluice.activations.ledger.keys import keys_after
from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import SyncOperation
from sluice.models.run import Run
from sluice.orchestration.landing.keys import give_sync_keys_back, land_keys
from sluice.orchestration.warehouse.reader import open_warehouse

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)
LANDED = "select subject_id, key from ledger.sync_keys order by all"


def claim(ledger: Ledger, *keys: str) -> None:
    push = ledger.open_push(("sync", "crm", "hubspot"), Run("run", NOW), "resend")
    items = [SyncOperation(hash(key) % 2**60, key, "entered", 1, sync_key=len(key)) for key in keys]
    ledger.claim(push, [*items, SyncOperation(1, 7, "entered", 1)], NOW)


def kept(ledger: Ledger) -> list[str]:
    return [row["key"] for batch in keys_after(ledger.engine, 0) for row in batch]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")


def land(path: Path, ledger: Ledger) -> list[tuple[int, str]]:
    with open_warehouse(path, read_only=False) as connection:
        connection.execute("create schema if not exists ledger")
        land_keys(connection, ledger)
        return connection.execute(LANDED).fetchall()


def test_a_key_is_kept_once_and_landed_once(tmp_path: Path, ledger: Ledger) -> None:
    claim(ledger, "a", "bc")
    assert land(tmp_path / "w.duckdb", ledger) == [(1, "a"), (2, "bc")]
    claim(ledger, "bc", "def")
    assert kept(ledger) == ["a", "bc", "def"]
    assert land(tmp_path / "w.duckdb", ledger) == [(1, "a"), (2, "bc"), (3, "def")]


def test_keys_of_a_lost_ledger_stay_and_are_given_to_the_new_one(
    tmp_path: Path, ledger: Ledger
) -> None:
    claim(ledger, "a", "bc")
    land(tmp_path / "w.duckdb", ledger)
    new = Ledger(f"sqlite:///{tmp_path / 'new.sqlite'}")
    claim(new, "bc", "def")  # counted from 1 again
    assert land(tmp_path / "w.duckdb", new) == [(1, "a"), (2, "bc"), (3, "def")]
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        give_sync_keys_back(connection, new)
    assert kept(new) == ["bc", "def", "a"]
    assert land(tmp_path / "w.duckdb", new) == [(1, "a"), (2, "bc"), (3, "def")]
