"""Whose turn it is, for all processes on one inbox together, and over a restart: counts beside
those of rate limits. They name codes and numbers of targets, and nobody.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from sluice.activations.database import lock_until_commit
from sluice.activations.inbox.codes.definition import Code
from sluice.activations.inbox.codes.turns import Taken, Turns, next_target
from sluice.activations.inbox.shared_limits import open_counts

log = logging.getLogger(__name__)
BEGUN = ""  # the code of the row that says that a day's people of before were counted
metadata = sa.MetaData()
turns = sa.Table(
    "inbox_turns",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("code", sa.String(50), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("people", sa.Integer, nullable=False),
)


class SharedTurns:
    """As ``PeopleOfDay`` says. Safe for threads and processes. Where the counts cannot be written,
    this process counts for itself. ``taken_since`` gives the people of before there were counts.
    """

    def __init__(self, url: str, taken_since: Callable[[datetime], Taken], zone: str) -> None:
        self._engine, self._taken_since = open_counts(url), taken_since
        self._zone, self._own = ZoneInfo(zone), Turns(taken_since, zone)
        self._lock = threading.Lock()
        self._day: date | None = None

    def take(self, name: str, code: Code, now: datetime) -> int | None:
        """As ``PeopleOfDay`` says."""
        try:
            with self._lock, self._engine.begin() as connection:
                day = self._begin_day(connection, now)
                found = connection.execute(
                    sa.select(turns.c.place, turns.c.people).where(
                        turns.c.day == day, turns.c.code == name
                    )
                )
                place = next_target(code, {int(row[0]): int(row[1]) for row in found})
                if place is not None:
                    _add(connection, day, name, place, 1)
            self._day = day
            return place
        except sa.exc.SQLAlchemyError as error:
            self._day = None  # the table is made again where it was taken away
            log.warning("people of a code are counted in this process (%s)", type(error).__name__)
            return self._own.take(name, code, now)

    def give_back(self, name: str, place: int, now: datetime) -> None:
        """As ``PeopleOfDay`` says."""
        try:
            with self._lock, self._engine.begin() as connection:
                _add(connection, self._begin_day(connection, now), name, place, -1)
        except sa.exc.SQLAlchemyError:
            self._own.give_back(name, place, now)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _begin_day(self, connection: sa.Connection, now: datetime) -> date:
        lock_until_commit(connection, "inbox_turns")
        today = now.astimezone(self._zone).date()
        if today == self._day:
            return today
        metadata.create_all(connection)
        is_begun = sa.select(turns.c.people).where(turns.c.day == today, turns.c.code == BEGUN)
        if connection.execute(is_begun).scalar() is None:
            connection.execute(turns.delete().where(turns.c.day < today))
            start = datetime(today.year, today.month, today.day, tzinfo=self._zone)
            counted = {(BEGUN, 0): 0, **Counter(self._taken_since(start))}
            connection.execute(
                turns.insert(),
                [
                    {"day": today, "code": code, "place": place, "people": people}
                    for (code, place), people in counted.items()
                ],
            )
        return today


def _add(connection: sa.Connection, day: date, code: str, place: int, people: int) -> None:
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = dialect.insert(turns).values(day=day, code=code, place=place, people=max(people, 0))
    added = {"people": turns.c.people + people}
    keys = ["day", "code", "place"]
    connection.execute(row.on_conflict_do_update(index_elements=keys, set_=added))
