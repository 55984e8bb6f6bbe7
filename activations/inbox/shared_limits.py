"""Rate limits that all processes on one inbox share, and that a restart keeps: counts in a small
SQLite file of the home, or in the Postgres that the inbox is in.

A key is kept as a hash under the home's key: neither an address nor a mailbox is on disk.
"""

from __future__ import annotations

import hmac
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from sluice.activations.database import lock_until_commit, open_engine
from sluice.activations.inbox.address_limits import SKEW_SECONDS, KeyedLimits, next_turn

log = logging.getLogger(__name__)
PRUNE_SECONDS = 60.0
MOST_REFUSED = 10_000
metadata = sa.MetaData()
counts = sa.Table(
    "inbox_limits",
    metadata,
    sa.Column("key_hash", sa.String(64), primary_key=True),
    sa.Column("paid_until", sa.Float(53), nullable=False),  # seconds since 1970
)


class SharedLimits:
    """As ``RateLimits`` says. Safe for threads and processes. ``clock``: seconds since 1970, the
    same for all. Where the counts cannot be read or written, this process counts for itself.
    """

    def __init__(self, url: str, key: str, clock: Callable[[], float] = time.time) -> None:
        self._engine = open_counts(url)
        self._key, self._clock = key.encode(), clock
        self._own = KeyedLimits(clock)
        self._refused: OrderedDict[str, float] = OrderedDict()  # until when: asks no database
        self._lock = threading.Lock()
        self._pruned_at: float | None = None
        self._is_told = False

    def try_take(self, key: str, per_second: float, burst: float, once: str = "") -> float:
        """As ``RateLimits`` says."""
        hashed, once = self._hash(key), once and self._hash(once)
        with self._lock:
            now = self._clock()
            known = self._refused.get(hashed, now) - now
            if not once and 0 < known <= burst / per_second + SKEW_SECONDS:
                return known
            try:
                wait = self._take(hashed, per_second, burst, once, now)
                self._is_told = False
            except sa.exc.SQLAlchemyError as error:
                self._pruned_at = None  # the table is made again where it was taken away
                self._tell(error)
                wait = self._own.try_take(hashed, per_second, burst, once)
            if wait:
                self._remember(hashed, now + wait)
            return wait

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _take(self, key: str, per_second: float, burst: float, once: str, now: float) -> float:
        self._begin(now)
        with self._engine.begin() as connection:
            lock_until_commit(connection, f"limit {key}")
            if once and _until(connection, once, now) > now:
                return 0.0
            after, wait = next_turn(_until(connection, key, now), now, per_second, burst)
            if not wait:
                _keep(connection, key, after)
                if once:
                    _keep(connection, once, now + burst / per_second)
            return wait

    def _begin(self, now: float) -> None:
        """Make the table, and delete now and then what has paid. In a transaction of its own that
        waits for no row: whoever takes holds the lock of a key, and then wants its row.
        """
        if self._pruned_at is not None and 0 <= now - self._pruned_at < PRUNE_SECONDS:
            return
        with self._engine.begin() as connection:
            lock_until_commit(connection, "inbox_limits")
            if self._pruned_at is None:
                metadata.create_all(connection)
            paid = sa.select(counts.c.key_hash).where(counts.c.paid_until <= now)
            free = paid.with_for_update(skip_locked=True)
            connection.execute(counts.delete().where(counts.c.key_hash.in_(free)))
        self._pruned_at = now

    def _remember(self, key: str, until: float) -> None:
        self._refused[key] = until
        if len(self._refused) > MOST_REFUSED:
            self._refused.popitem(last=False)

    def _tell(self, error: Exception) -> None:
        if not self._is_told:
            log.warning(
                "rate limits are counted in this process alone, since inbox_limits cannot be"
                " written (%s)",
                type(error).__name__,
            )
        self._is_told = True

    def _hash(self, key: str) -> str:
        return hmac.new(self._key, f"limit\0{key}".encode(), sha256).hexdigest()


def open_counts(url: str) -> sa.Engine:
    """An engine whose writers wait for no disk: what the power takes is a minute of counts. Raises
    ConfigurationError.
    """
    engine = open_engine(url, "SLUICE_INBOX_URL")
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _without_sync)
    else:
        sa.event.listen(engine, "begin", _without_waiting)
    return engine


def _until(connection: sa.Connection, key: str, now: float) -> float:
    query = sa.select(counts.c.paid_until).where(counts.c.key_hash == key)
    found = connection.execute(query).scalar()
    return now if found is None else float(found)


def _keep(connection: sa.Connection, key: str, until: float) -> None:
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = dialect.insert(counts).values(key_hash=key, paid_until=until)
    changed = {"paid_until": row.excluded.paid_until}
    connection.execute(row.on_conflict_do_update(index_elements=["key_hash"], set_=changed))


def _without_sync(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("pragma synchronous = normal")  # the log is synced when it is written back
    cursor.close()


def _without_waiting(connection: sa.Connection) -> None:
    connection.exec_driver_sql("set local synchronous_commit = off")
