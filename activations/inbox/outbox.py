"""Mails that wait to be sent, in the inbox's database: written in the commit of the event that asks
for them, so that a restart loses none.

A row names its event and holds nothing of a person: what an erasure takes from the event, no mail
says any more. It is claimed before it is sent, and recorded after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from sluice.activations.database import lock_until_commit
from sluice.activations.inbox.events import Event

WAITING, SENDING = "waiting", "sending"
LEASE = timedelta(minutes=10)  # longer than any try: whoever claimed it and is not back was killed
KEPT = timedelta(days=30)  # after the link's end; a page may be sent again for as long
metadata = sa.MetaData()
mails = sa.Table(
    "inbox_mails",
    metadata,
    sa.Column("event_key", sa.String(64), primary_key=True),
    sa.Column("form", sa.String(100), nullable=False),
    sa.Column("language", sa.String(20), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("due_at", sa.DateTime, nullable=False, index=True),
    sa.Column("expires_at", sa.DateTime, nullable=False),
)


@dataclass(frozen=True)
class WaitingMail:
    """A mail that was claimed. ``tries``: with this one. ``expires_at``: aware, the link's end."""

    event_key: str
    form: str
    language: str
    tries: int
    expires_at: datetime


def queue(connection: sa.Connection, events: Sequence[Event], now: datetime) -> None:
    """Write the mails that events ask for, each once, in the events' transaction."""
    rows = [
        {
            "event_key": one.event_key,
            "form": one.mail.form,
            "language": one.mail.language,
            "state": WAITING,
            "tries": 0,
            "due_at": _naive(now),
            "expires_at": _naive(one.mail.expires_at),
        }
        for one in events
        if one.mail is not None
    ]
    if rows:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        connection.execute(dialect.insert(mails).on_conflict_do_nothing(), rows)


class Outbox:
    """The mails of an inbox. Safe for threads and processes: each try is of one of them."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def claim(self, now: datetime, most: int) -> list[WaitingMail]:
        """Mails that are due, the oldest first; nobody else gets them."""
        due = sa.select(mails).where(mails.c.state == WAITING, mails.c.due_at <= _naive(now))
        with self._engine.begin() as connection:
            lock_until_commit(connection, mails.name)
            found = connection.execute(due.order_by(mails.c.due_at).limit(most)).mappings().all()
            if found:
                keys = [row["event_key"] for row in found]
                connection.execute(
                    mails.update()
                    .where(mails.c.event_key.in_(keys))
                    .values(state=SENDING, tries=mails.c.tries + 1, due_at=_naive(now + LEASE))
                )
        return [_mail(row, now) for row in found]

    def finish(self, event_key: str, state: str) -> None:
        """Record how it ended, an outcome or a reason of ``sweep``: it is not sent again."""
        self._update(mails.c.event_key == event_key, state=state)

    def postpone(self, event_key: str, until: datetime) -> None:
        """Have it tried again."""
        self._update(mails.c.event_key == event_key, state=WAITING, due_at=_naive(until))

    def sweep(self, now: datetime) -> dict[str, int]:
        """End what can't be sent: ``unknown`` where the process was killed while it sent, since
        the mail may have arrived; ``expired`` where the link no longer works. Returns how many.
        """
        at = _naive(now)
        is_lost = sa.and_(mails.c.state == SENDING, mails.c.due_at <= at)
        is_late = sa.and_(mails.c.state == WAITING, mails.c.expires_at <= at)
        counts: dict[str, int] = {
            "unknown": self._update(is_lost, state="unknown"),
            "expired": self._update(is_late, state="expired"),
        }
        is_old = sa.and_(mails.c.state.not_in([WAITING, SENDING]), mails.c.expires_at <= at - KEPT)
        with self._engine.begin() as connection:
            connection.execute(mails.delete().where(is_old))
        return counts

    def seconds_to_next(self, now: datetime) -> float | None:
        """Until one is due; None where none waits."""
        query = sa.select(sa.func.min(mails.c.due_at)).where(mails.c.state == WAITING)
        with self._engine.connect() as connection:
            first = connection.execute(query).scalar()
        return None if first is None else max((first - _naive(now)).total_seconds(), 0.0)

    def _update(self, which: sa.ColumnElement[bool], **values: Any) -> int:
        with self._engine.begin() as connection:
            return connection.execute(mails.update().where(which).values(**values)).rowcount


def _mail(row: sa.RowMapping, now: datetime) -> WaitingMail:
    until = row["expires_at"].replace(tzinfo=now.tzinfo)
    return WaitingMail(row["event_key"], row["form"], row["language"], row["tries"] + 1, until)


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
