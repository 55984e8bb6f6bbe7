"""The copy of the warehouse that a pass of the fast lane decides in: a folder of the home, whose
warehouse is made anew each time and whose dbt files stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sluice.models.errors import ConfigurationError
from sluice.orchestration.fast.waiting import folder_of
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.recovery.past import settings_of_copy
from sluice.orchestration.warehouse.duckdb_file import DuckDBFile


@contextmanager
def copied(settings: Settings) -> Iterator[Settings]:
    """Settings of the copy while the block runs; the caller holds the lock of the tables. Raises
    ConfigurationError where the warehouse is no DuckDB file, or there is none yet.
    """
    if not isinstance(settings.warehouse, DuckDBFile):
        raise settings.warehouse.refuse(
            "the fast lane", "leave fast_lane out of sluice.yml: runs decide about everything"
        )
    if not settings.warehouse.exists():
        raise ConfigurationError(
            "there is no warehouse in this home yet, so the fast lane knows nobody",
            "run `sluice run` first, or set SLUICE_HOME",
        )
    folder = folder_of(settings)
    folder.mkdir(mode=0o700, exist_ok=True)
    discard(settings)  # that of a killed pass
    with settings_of_copy(settings, folder) as copy:
        yield copy


def discard(settings: Settings) -> None:
    """Remove the copy of the warehouse: nobody's data stay in it."""
    if isinstance(settings.warehouse, DuckDBFile):
        for path in folder_of(settings).glob(f"{settings.warehouse.path.name}*"):
            path.unlink(missing_ok=True)


def with_warehouse_of(settings: Settings, copy: Settings) -> Settings:
    """The home's own settings, ledger, inbox and keys, on the copy's warehouse."""
    mixed = settings.model_copy()
    mixed.__dict__["warehouse"] = copy.warehouse
    return mixed
