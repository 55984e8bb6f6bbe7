"""A whole copy of a ledger in a SQLite file, of one moment."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from sluice.activations.database import open_engine
from sluice.activations.ledger.migrate import bring_up_to_date
from sluice.activations.ledger.tables import metadata

BATCH = 10_000


def copy_ledger(engine: sa.Engine, target: Path) -> None:
    """Copy a ledger while others may use it: with SQLite's own backup, or row by row in one
    snapshot of a server.
    """
    if engine.dialect.name == "sqlite":
        with (
            closing(sqlite3.connect(str(engine.url.database))) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            copy.execute("pragma journal_mode = delete")  # one file, without a log beside it
        return
    copy_engine = open_engine(f"sqlite:///{target}")
    bring_up_to_date(copy_engine)
    with (
        engine.connect().execution_options(isolation_level="REPEATABLE READ") as source,
        copy_engine.begin() as copy,
    ):
        for table in metadata.sorted_tables:
            copy.execute(table.delete())
            for rows in source.execute(sa.select(table)).mappings().partitions(BATCH):
                copy.execute(table.insert(), [dict(row) for row in rows])
    copy_engine.dispose()
