"""Whose turn it is: people who scan one code are shared among its targets, evenly, each up to its
limit of the day.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from sluice.activations.inbox.codes.definition import Code

Taken = Iterable[tuple[str, int]]  # code, and the place of the target, of each person of today


class PeopleOfDay(Protocol):
    """Counts people by code and target for one day."""

    def take(self, name: str, code: Code, now: datetime) -> int | None:
        """The target of the next person, and counts it; None where no target has room."""

    def give_back(self, name: str, place: int, now: datetime) -> None:
        """The scan was not kept: it is as if nobody came."""


def next_target(code: Code, people: Mapping[int, int]) -> int | None:
    """The place of the target that has fewest people of those with room; None where none has."""
    free = [
        (people.get(place, 0), place)
        for place, one in enumerate(code.targets)
        if one.daily is None or people.get(place, 0) < one.daily
    ]
    return min(free)[1] if free else None


class Turns:
    """Counts in this process; ``taken_since`` gives the people of before it began. Safe for
    threads.
    """

    def __init__(self, taken_since: Callable[[datetime], Taken], zone: str) -> None:
        self._taken_since, self._zone = taken_since, ZoneInfo(zone)
        self._day: date | None = None
        self._counts: Counter[tuple[str, int]] = Counter()
        self._lock = threading.Lock()

    def take(self, name: str, code: Code, now: datetime) -> int | None:
        """As ``PeopleOfDay`` says."""
        with self._lock:
            self._begin_day(now)
            people = {place: self._counts[name, place] for place in range(len(code.targets))}
            place = next_target(code, people)
            if place is not None:
                self._counts[name, place] += 1
            return place

    def give_back(self, name: str, place: int, now: datetime) -> None:
        """As ``PeopleOfDay`` says."""
        with self._lock:
            self._counts[name, place] -= 1

    def _begin_day(self, now: datetime) -> None:
        today = now.astimezone(self._zone).date()
        if today != self._day:
            start = datetime(today.year, today.month, today.day, tzinfo=self._zone)
            self._counts, self._day = Counter(self._taken_since(start)), today
