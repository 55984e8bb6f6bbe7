"""Whether the warehouse and the ledger's file are whole: read through unless they are as the last
step left them.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import sqlalchemy as sa

from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.recovery.witness import WAREHOUSE, read_note, stamp, write_note
from sluice.orchestration.warehouse.base import Warehouse, WarehouseError
from sluice.orchestration.warehouse.duckdb_file import PUT_BACK
from sluice.orchestration.warehouse.reader import open_warehouse

TABLES = (
    "select schema_name, table_name from duckdb_tables() where not temporary and not internal order"
    " by all"
)
PUT_BACK_LEDGER = (
    "put a backup back with `sluice restore DIR --only ledger`, or move the file away and take over"
    " what the warehouse knows with `sluice ledger adopt --reason WHY`"
)


def require_whole(settings: Settings) -> None:
    """Raises ConfigurationError for a damaged file.

    What is as the last step of a run left it was whole then, and is not read.
    """
    require_whole_ledger(settings.ledger)
    file = settings.warehouse.home_file
    if file is not None and stamp(file) != read_note(settings.home).get(WAREHOUSE):
        require_whole_warehouse(settings.warehouse)
        remember_warehouse(settings)


def remember_warehouse(settings: Settings) -> None:
    """Note how the warehouse's file looks now that it was closed in order."""
    file = settings.warehouse.home_file
    now = stamp(file) if file is not None else []
    if now != read_note(settings.home).get(WAREHOUSE):
        write_note(settings.home, **{WAREHOUSE: now})


def require_whole_warehouse(warehouse: Warehouse) -> None:
    """Read every row of every table: DuckDB compares the checksum of each block it reads.

    A file that is not there is whole, and a server looks after its own.
    """
    if warehouse.home_file is None or not warehouse.exists():
        return
    try:
        with open_warehouse(warehouse) as connection:
            for schema, table in connection.execute(TABLES).fetchall():
                connection.execute(f'select bit_xor(hash(t)) from "{schema}"."{table}" as t')
    except WarehouseError as error:
        raise ConfigurationError(
            f"{warehouse.home_file.name} in SLUICE_HOME is damaged: a part of it cannot be read",
            PUT_BACK,
        ) from error


def require_whole_ledger(url: str) -> None:
    """SQLite's own check of the ledger's file.

    A server looks after its own; a file that is not there, or empty, is new.
    """
    path = ledger_file(url)
    if path is None or not path.is_file():
        return
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30) as connection:
            found = connection.execute("pragma quick_check(1)").fetchone()[0]
        connection.close()
    except sqlite3.DatabaseError as error:
        if "locked" in str(error) or "unable to open" in str(error):
            return  # it is in use, or may not be read: opening it says so
        found = type(error).__name__
    if found != "ok":
        raise ConfigurationError(
            f"{path.name} is damaged: a part of the ledger cannot be read", PUT_BACK_LEDGER
        )


def ledger_file(url: str) -> Path | None:
    """The file of a ledger; None for one on a server, and for an address that is none: opening the
    ledger says so.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        return None
    return Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None
