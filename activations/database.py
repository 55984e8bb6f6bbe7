"""The databases of ledger and inbox: SQLite in WAL mode with full sync, or Postgres."""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry

from sluice.models.errors import ConfigurationError

log = logging.getLogger(__name__)
BUSY_SECONDS = 30.0
TOLD_SECONDS = 3.0  # whoever waits longer than that for another process says so
POLL_SECONDS = 0.1
WAITING = "waiting: another process is writing to the database"
DEFAULT_URL = "SLUICE_LEDGER_URL"
HOW = "unset it for the file in SLUICE_HOME, or write it as postgresql+psycopg2://user@host/name"


def open_engine(url: str, variable: str = DEFAULT_URL) -> sa.Engine:
    """An engine whose commits are on disk when they return. ``variable``: what gave the address.

    Raises ConfigurationError unless it is SQLite or Postgres.
    """
    try:
        backend = sa.make_url(url).get_backend_name()
        if backend not in {"sqlite", "postgresql"}:
            # what a claim promises hangs on how a database locks: it is promised where it is tested
            raise ConfigurationError(
                f"{variable} is of {backend}, and it is kept in SQLite or Postgres",
                HOW,
            )
        engine = sa.create_engine(url, pool_pre_ping=backend != "sqlite")
    except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
        raise ConfigurationError(
            f"{variable} is not a database address that can be used", HOW
        ) from error
    if backend == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_immediate)
    return engine


def lock_until_commit(connection: sa.Connection, purpose: str) -> None:
    """Be alone at this purpose until the transaction ends.

    SQLite's transactions are alone at everything from their begin.
    """
    if connection.dialect.name == "postgresql":
        key = zlib.crc32(f"sluice ledger {purpose}".encode())
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def _prepare_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # begin is ours: see _begin_immediate
    cursor = connection.cursor()
    cursor.execute(f"pragma busy_timeout = {int(TOLD_SECONDS * 1000)}")
    _use_wal(cursor)
    cursor.execute("pragma synchronous = full")  # a claim must survive the power going off
    cursor.close()


def _use_wal(cursor: Any) -> None:
    """Two processes that open a new file at once: SQLite refuses one of them here without
    waiting.
    """
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("pragma journal_mode = wal")
            return
        except Exception as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _begin_immediate(connection: sa.Connection) -> None:
    # two processes that read, then write, in one transaction: the second waits here and sees what
    # the first wrote
    until = time.monotonic() + BUSY_SECONDS
    is_told = False
    while True:
        try:
            connection.exec_driver_sql("begin immediate")
            return
        except sa.exc.OperationalError as error:
            if "locked" not in str(error.orig) or time.monotonic() >= until:
                raise
            if not is_told:
                log.warning(WAITING)
            is_told = True


def compact(engine: sa.Engine, tables: Iterable[str]) -> None:
    """Give the room of what was deleted back, so that its bytes are gone: nothing of it stays in
    free pages, the log or dead rows.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in tables:
                connection.exec_driver_sql(f"vacuum full {table}")
        return
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("pragma secure_delete = on")
        cursor.execute("vacuum")
        cursor.execute("pragma wal_checkpoint(truncate)")
        cursor.close()
    finally:
        raw.close()
