"""Opening the ledger's database: SQLite in WAL mode with full sync, or any other SQLAlchemy URL."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry

from models.errors import ConfigurationError


def open_engine(url: str) -> sa.Engine:
    """An engine whose commits are on disk when they return. Raises ConfigurationError for a bad URL."""
    try:
        engine = sa.create_engine(url)
    except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
        raise ConfigurationError(
            "SLUICE_LEDGER_URL is not a database address that can be used",
            "unset it for the file in SLUICE_HOME, or write it as postgresql+psycopg://user@host/name",
        ) from error
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # begin is ours: see _begin_immediate
    cursor = connection.cursor()
    cursor.execute("pragma journal_mode = wal")
    cursor.execute("pragma synchronous = full")  # a claim must survive the power going off
    cursor.execute("pragma busy_timeout = 30000")
    cursor.close()


def _begin_immediate(connection: sa.Connection) -> None:
    # two processes that read, then write, in one transaction: the second waits here and sees what the first wrote
    connection.exec_driver_sql("begin immediate")
