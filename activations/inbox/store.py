"""The inbox's database: a file of its own beside the ledger, or the Postgres that the ledger is in.

Its events are only appended to. Rows are landed by their number, as those of the ledger are.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from sluice.activations.database import compact, lock_until_commit, open_engine
from sluice.activations.inbox import outbox, short_links
from sluice.activations.inbox.events import Event

log = logging.getLogger(__name__)
metadata = sa.MetaData()
BLANK = "{}"
Row = dict[str, Any]
# SQLite counts up, and keeps in the order of its key, only a table with an INTEGER key
COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
events = sa.Table(
    "inbox_events",
    metadata,
    sa.Column("event_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("event_key", sa.String(64), nullable=False, unique=True),
    sa.Column("source", sa.String(50), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("occurred_at", sa.DateTime, nullable=False),
    sa.Column("received_at", sa.DateTime, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sqlite_autoincrement=True,  # a number is never given twice, also after rows were erased
)

NAMES = ("event_key", "source", "kind", "occurred_at", "received_at", "body")
APPEND = (
    f"insert into inbox_events ({', '.join(NAMES)}) values (?, ?, ?, ?, ?, ?)"
    " on conflict do nothing"
)


class Inbox:
    """Keeps events, each once. Safe for threads and processes."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url, "SLUICE_INBOX_URL")
        metadata.create_all(self._engine)
        outbox.metadata.create_all(self._engine)
        short_links.metadata.create_all(self._engine)
        self.outbox = outbox.Outbox(self._engine)
        self.short_links = short_links.ShortLinks(self._engine)
        database = self._engine.url.database
        if self._engine.dialect.name == "sqlite" and database:
            Path(database).chmod(0o600)

    def keep(self, rows: Sequence[Event], now: datetime) -> int:
        """Keep events, and the mails that they ask for, committed to disk when this returns.
        Returns how many were new.
        """
        if not rows:
            return 0
        at = now.replace(tzinfo=None)
        values = [
            (
                one.event_key,
                one.source,
                one.kind,
                one.occurred_at.replace(tzinfo=None),
                at,
                one.encoded(),
            )
            for one in rows
        ]
        with self._engine.begin() as connection:
            outbox.queue(connection, rows, now)
            if connection.dialect.name == "sqlite":
                return _append_quickly(connection, values)
            # landed by number: on Postgres a smaller one must not be committed after a greater one
            lock_until_commit(connection, "inbox_events")
            named = [dict(zip(NAMES, one, strict=True)) for one in values]
            insert = postgresql.insert(events).on_conflict_do_nothing()
            return max(connection.execute(insert, named).rowcount, 0)

    def events_after(self, event_id: int, size: int = 5_000) -> Iterator[list[Row]]:
        """Events with a greater event_id, in order, in batches."""
        while True:
            query = sa.select(events).where(events.c.event_id > event_id)
            with self._engine.connect() as connection:
                ordered = query.order_by(events.c.event_id).limit(size)
                batch = [dict(row) for row in connection.execute(ordered).mappings()]
            if not batch:
                return
            event_id = batch[-1]["event_id"]
            yield batch

    def with_key(self, beginning: str) -> Row | None:
        """The event whose key begins so; None where there is none. At least 16 hex digits."""
        if len(beginning) < 16:
            return None
        key = events.c.event_key
        query = sa.select(events).where(key >= beginning, key < f"{beginning}g").limit(1)
        with self._engine.connect() as connection:
            found = connection.execute(query).mappings().first()
        return dict(found) if found is not None else None

    def of_kind(self, kind: str, size: int = 5_000, since: datetime | None = None) -> Iterator[Row]:
        """All events of a kind, in order, or those that came at or after an aware moment; a batch
        is in memory.
        """
        last, at = 0, since and since.astimezone(UTC).replace(tzinfo=None)
        while True:
            query = sa.select(events).where(events.c.event_id > last, events.c.kind == kind)
            if at is not None:
                query = query.where(events.c.received_at >= at)
            with self._engine.connect() as connection:
                batch = list(
                    connection.execute(query.order_by(events.c.event_id).limit(size)).mappings()
                )
            if not batch:
                return
            last = batch[-1]["event_id"]
            yield from (dict(row) for row in batch)

    def has(self, event_id: int, event_key: str) -> bool:
        """Whether an event has this number here."""
        query = sa.select(events.c.event_key).where(events.c.event_id == event_id)
        with self._engine.connect() as connection:
            return bool(connection.execute(query).scalar() == event_key)

    def count(self) -> int:
        """How many events there are."""
        with self._engine.connect() as connection:
            return int(
                connection.execute(sa.select(sa.func.count()).select_from(events)).scalar_one()
            )

    def erase(self, is_theirs: Callable[[str], bool]) -> int:
        """Delete the events whose body is of a person, bytes included. Returns how many."""
        query = sa.select(events.c.event_id, events.c.body)
        with self._engine.connect() as connection:
            rows = connection.execution_options(yield_per=1_000).execute(query).mappings()
            ids = [int(row["event_id"]) for row in rows if is_theirs(str(row["body"]))]
        with self._engine.begin() as connection:
            for start in range(0, len(ids), 1_000):
                chunk = ids[start : start + 1_000]
                connection.execute(events.delete().where(events.c.event_id.in_(chunk)))
        if ids:
            compact(self._engine, [events.name])
        return len(ids)

    def blank(self, event_ids: Sequence[int]) -> None:
        """Take what these events say out of them: that there was one stays, and its number."""
        with self._engine.begin() as connection:
            connection.execute(
                events.update()
                .where(events.c.event_id == sa.bindparam("number"))
                .values(body=BLANK),
                [{"number": event_id} for event_id in event_ids],
            )

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def _append_quickly(connection: sa.Connection, values: Sequence[tuple[Any, ...]]) -> int:
    """Past SQLAlchemy's handling of each value, which is most of the time; times as it has them."""

    def text(moment: datetime) -> str:
        return moment.isoformat(" ", "microseconds")

    rows = [(*one[:3], text(one[3]), text(one[4]), one[5]) for one in values]
    return max(connection.exec_driver_sql(APPEND, rows).rowcount, 0)
