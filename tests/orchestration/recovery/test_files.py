"""A file that was cut short or overwritten is noticed before anything is sent; one that is whole
costs a look at its size.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from sluice.activations.ledger.store import Ledger
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.recovery import files
from sluice.orchestration.recovery.files import remember_warehouse, require_whole


def cut_to_half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def cut_to_nothing(path: Path) -> None:
    os.truncate(path, 0)


def cut_the_end(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 100)


def write_at(share: float) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(int(path.stat().st_size * share))
            file.write(os.urandom(64))

    return write


def overwrite_pages(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(4 * 4096))


DAMAGES = [
    cut_to_half,
    cut_the_end,
    *(write_at(share) for share in (0.0, 0.001, 0.2, 0.4, 0.6, 0.8)),
]


@pytest.fixture
def settings(home: Path) -> Settings:
    """A warehouse of 20 blocks without a free one, and a ledger of some pages."""
    settings = load_settings()
    with duckdb.connect(str(settings.warehouse.path)) as connection:
        connection.execute(
            "create table t as select hash(i) as a, hash(i + 1) as b from range(300000) as r(i)"
        )
    Ledger(settings.ledger)
    remember_warehouse(settings)
    require_whole(settings)
    return settings


@pytest.mark.parametrize("damage", [*DAMAGES, cut_to_nothing])
def test_a_damaged_warehouse_is_refused(settings: Settings, damage: Callable[[Path], None]) -> None:
    damage(settings.warehouse.path)
    with pytest.raises(ConfigurationError, match="damaged") as refused:
        require_whole(settings)
    assert "sluice restore DIR --only warehouse" in refused.value.fix
    with pytest.raises(ConfigurationError):  # and again
        require_whole(settings)


@pytest.mark.parametrize("damage", [cut_to_half, overwrite_pages])
def test_a_damaged_ledger_is_refused(settings: Settings, damage: Callable[[Path], None]) -> None:
    path = settings.home / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    damage(path)
    with pytest.raises(ConfigurationError, match="damaged") as refused:
        require_whole(settings)
    assert "sluice restore DIR --only ledger" in refused.value.fix


def test_a_file_as_it_was_left_is_not_read(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    monkeypatch.setattr(files, "require_whole_warehouse", read.append)
    require_whole(settings)
    assert read == []
    os.utime(settings.warehouse.path)
    require_whole(settings)
    require_whole(settings)
    assert read == [settings.warehouse]


def test_files_that_are_not_there_yet_are_whole(home: Path) -> None:
    require_whole(load_settings())
