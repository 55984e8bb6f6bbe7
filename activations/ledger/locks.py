"""One push at a time to a destination.

The lock is the operating system's or the database's: a dead process does not keep it.
"""

from __future__ import annotations

import fcntl
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from sluice.models.errors import BlockedError

POLL_SECONDS = 0.1
FAST = "fast"  # how the owner of what the fast lane claims begins: others are hexadecimal


class Stopped(Exception):
    """Somebody asked to stop while there was a wait."""


@contextmanager
def alone_at(
    engine: sa.Engine,
    destination: str,
    wait_seconds: float,
    on_wait: Callable[[], object] | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Iterator[None]:
    """Be the only one who sends to a destination while the block runs.

    ``on_wait`` is called once, if there is a wait.

    Raises BlockedError when another process has it for longer than ``wait_seconds``, Stopped when
    the wait is to end.
    """
    until = time.monotonic() + wait_seconds
    with (
        _file_lock(engine, destination)
        if engine.dialect.name == "sqlite"
        else _server_lock(engine, destination)
    ) as take:
        while not take():
            if is_stopped():
                raise Stopped
            if time.monotonic() >= until:
                raise BlockedError(
                    f"another run is sending to {destination}",
                    "wait for it to end; `sluice pause` stops it within one batch",
                )
            if on_wait is not None:
                on_wait()
                on_wait = None
            time.sleep(POLL_SECONDS)
        yield


@contextmanager
def _file_lock(engine: sa.Engine, destination: str) -> Iterator[Callable[[], bool]]:
    """A file beside the ledger; it stays there, since removing it would let two in."""
    path = Path(str(engine.url.database))
    with path.with_name(f"{path.name}.{destination}.lock").open("a") as file:

        def take() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        yield take


@contextmanager
def _server_lock(engine: sa.Engine, destination: str) -> Iterator[Callable[[], bool]]:
    """An advisory lock of a session, on a connection of its own; a ledger in another schema has
    others.
    """
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        schema = connection.execute(sa.select(sa.func.current_schema())).scalar()
        key = zlib.crc32(f"sluice push {schema} {destination}".encode())
        yield lambda: bool(
            connection.execute(sa.select(sa.func.pg_try_advisory_lock(key))).scalar()
        )
    finally:
        connection.invalidate()  # the session ends, and the lock with it
        connection.close()
