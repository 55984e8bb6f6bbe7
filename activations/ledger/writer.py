"""Transactions of many threads, committed together: one waits for the disk, and the others with
it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

import sqlalchemy as sa

from sluice.models.errors import BlockedError

COMMIT_POLL_SECONDS = 0.05
COMMIT_SECONDS = 10.0
MOST_TOGETHER = 32
WAITS = (0.2, 1.0, 3.0)  # seconds, before a write that the database refused is tried again
T = TypeVar("T")
Work = Callable[[sa.Connection], Any]


def write(engine: sa.Engine, work: Callable[[sa.Connection], T]) -> T:
    """Do the work in a transaction, committed when this returns.

    ``work`` may be called again after a rollback.

    Raises BlockedError when the database cannot be written (a full disk, a server that went away),
    after a few tries.
    """
    refused = (sa.exc.OperationalError, engine.dialect.loaded_dbapi.OperationalError)
    for wait in (*WAITS, None):
        done: list[tuple[T, int | None]] = []
        try:
            with engine.begin() as connection:
                done.append((work(connection), _transaction_id(connection)))
            return done[0][0]
        except refused as error:
            if done and _is_committed(
                engine, done[0][1]
            ):  # it was the answer to the commit that got lost
                return done[0][0]
            if wait is None:
                raise _cannot_write(error) from error
            time.sleep(wait)
    raise AssertionError("unreachable")


def _cannot_write(error: Exception) -> BlockedError:
    words = str(getattr(error, "orig", error)).splitlines()[0][:100]
    return BlockedError(
        f"the ledger cannot be written ({words})",
        "give its disk room, or bring its server back; what was in hand is listed by `sluice ledger"
        " unknown` after the next run",
    )


class GroupWriter:
    """Does the work of several threads one after another on a thread of its own, as much of it as
    waits in one transaction.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._waiting: SimpleQueue[tuple[Work, Future[Any]] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="ledger", daemon=True)
        self._thread.start()

    def do(self, work: Callable[[sa.Connection], T]) -> T:
        """Like ``write``: done and committed when this returns."""
        future: Future[T] = Future()
        self._waiting.put((work, future))
        return future.result()

    def close(self) -> None:
        """Finish what waits, and end the thread."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        is_open = True
        while is_open:
            group = [self._waiting.get()]
            while len(group) < MOST_TOGETHER and group[-1] is not None:
                try:
                    group.append(self._waiting.get_nowait())
                except Empty:
                    break
            is_open = group[-1] is not None
            self._write([one for one in group if one is not None])

    def _write(self, group: list[tuple[Work, Future[Any]]]) -> None:
        if not group:
            return
        try:
            done = write(self._engine, lambda connection: [work(connection) for work, _ in group])
        except Exception as error:
            self._write_apart(group, error)
            return
        for (_, future), result in zip(group, done, strict=True):
            future.set_result(result)

    def _write_apart(self, group: list[tuple[Work, Future[Any]]], error: Exception) -> None:
        """One of them is at fault, and it alone shall fail."""
        if len(group) == 1:
            group[0][1].set_exception(error)
            return
        for one in group:
            self._write([one])


def _transaction_id(connection: sa.Connection) -> int | None:
    """The id by which Postgres can be asked.

    SQLite needs none: there a commit that fails was not made.
    """
    if connection.dialect.name != "postgresql":
        return None
    return int(connection.execute(sa.select(sa.func.txid_current())).scalar_one())


def _is_committed(engine: sa.Engine, transaction: int | None) -> bool:
    """Ask on another connection, for as long as the server takes to come back or to make up its
    mind. False when it was not, or when nobody can be asked: then the caller's next try fails too.
    """
    until = time.monotonic() + COMMIT_SECONDS
    while transaction is not None and time.monotonic() < until:
        try:
            with engine.connect() as connection:
                status = connection.execute(sa.select(sa.func.txid_status(transaction))).scalar()
        except sa.exc.OperationalError:
            status = "in progress"
        if status != "in progress":
            return bool(status == "committed")
        time.sleep(COMMIT_POLL_SECONDS)
    return False
