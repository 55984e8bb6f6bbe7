"""Reading in the order of change, where a search gives one page and a record that changes meanwhile
moves to its end: no page is turned, each search begins at the moment where the one before ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Search:
    """How one vendor is searched. Moments are whole numbers of the vendor's smallest step of time.

    ``since``: the first ``size`` rows changed at or after a moment, by the time of the change.
    ``at``: those changed at one moment, by id, after the id of the row that is given (None: all).
    """

    size: int
    since: Callable[[int], list[Row]]
    at: Callable[[int, Row | None], list[Row]]
    id_of: Callable[[Row], str]
    moment_of: Callable[[Row], int]


def by_change(search: Search, start: int) -> Iterator[list[Row]]:
    """Pages of rows changed at or after ``start``, each version once, the oldest change first."""
    seen = set[tuple[str, int]]()
    while True:
        rows = search.since(start)
        marks = [(search.id_of(row), search.moment_of(row)) for row in rows]
        yield [row for row, mark in zip(rows, marks, strict=True) if mark not in seen]
        if len(rows) < search.size:
            return
        last = marks[-1][1]
        seen = {mark for mark in marks if mark[1] == last}
        if last == start:  # a page full of one moment: all of it by id, then on
            yield from _of_moment(search, start)
            start += 1
        else:
            start = last


def _of_moment(search: Search, moment: int) -> Iterator[list[Row]]:
    last: Row | None = None
    while True:
        rows = search.at(moment, last)
        yield rows
        if len(rows) < search.size:
            return
        last = rows[-1]
