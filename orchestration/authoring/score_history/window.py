"""The moment a score is learnt at, and the outcome of each contact in the days after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from sluice.models.errors import ConfigurationError

EVENTS = "contacts.contact_events"
CHANGES = "segments.segment_changes"


@dataclass(frozen=True)
class Window:
    """Learnt from what was recorded before ``cut_off``; the outcome is ``target`` in [cut_off,
    cut_off + days).

    ``latest`` is the end of what the warehouse knows. UTC, naive.
    """

    target: str
    is_segment: bool
    cut_off: datetime
    days: int
    latest: datetime

    @property
    def is_over(self) -> bool:
        """Whether the warehouse knows all of the window, but for its last day."""
        return self.end <= self.latest + timedelta(days=1)

    @property
    def end(self) -> datetime:
        """The first moment that is no longer looked at."""
        return self.cut_off + timedelta(days=self.days)

    @property
    def start_sql(self) -> str:
        """The cut-off in SQL."""
        return f"timestamp '{self.cut_off}'"

    def sql(self, column: str) -> str:
        """Whether a time is inside, in SQL."""
        return f"({column} >= {self.start_sql} and {column} < timestamp '{self.end}')"


def find_window(
    connection: duckdb.DuckDBPyConnection, target: str, days: int, cut_off: datetime | None
) -> Window:
    """The window of an event type or segment; by default it ends with what the warehouse knows.

    Raises ConfigurationError when the warehouse has no such target.
    """
    if days < 1:
        raise ConfigurationError(
            "--horizon-days is less than a day",
            "write a whole number of days, as in --horizon-days 30",
        )
    is_segment = _is_segment(connection, target)
    latest = _latest(connection, is_segment)
    start = (
        cut_off.astimezone(UTC).replace(tzinfo=None) if cut_off else latest - timedelta(days=days)
    )
    return Window(target, is_segment, start, days, latest)


def outcomes_sql(window: Window) -> str:
    """Contacts with the outcome."""
    if window.is_segment:
        return f"""select distinct contact_id from {CHANGES}
            where segment = $target and change = 'entered' and {window.sql("changed_at")}"""
    return f"""select distinct contact_id from {EVENTS}
        where event_type = $target and not coalesce(is_machine, false)
            and {window.sql("occurred_at")}"""


def left_out_sql(window: Window) -> str:
    """Contacts that cannot have the outcome, since they were in the segment already."""
    if not window.is_segment:
        return f"select contact_id from {EVENTS} where event_type = $target and false"
    return f"""select contact_id from {CHANGES}
        where segment = $target and changed_at < {window.start_sql}
        group by contact_id having arg_max(change, changed_at) = 'entered'"""


def starts_inside(connection: duckdb.DuckDBPyConnection, window: Window) -> bool:
    """Whether a segment's history begins in the window: then all its members entered at once, for
    no reason of theirs.
    """
    if not window.is_segment:
        return False
    first = _value(
        connection, f"select min(changed_at) from {CHANGES} where segment = $1", [window.target]
    )
    return bool(window.cut_off <= first < window.end)


def _is_segment(connection: duckdb.DuckDBPyConnection, target: str) -> bool:
    events = _names(connection, f"select distinct event_type from {EVENTS} order by 1")
    segments = _names(connection, f"select distinct segment from {CHANGES} order by 1")
    if target not in {*events, *segments}:
        raise ConfigurationError(
            f"the warehouse has no event type or segment '{target}'",
            f"set --target to an event type ({', '.join(events)}) or a segment"
            f" ({', '.join(segments)})",
        )
    return target not in events


def _names(connection: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    try:
        return [name for (name,) in connection.execute(sql).fetchall() if name is not None]
    except duckdb.CatalogException:
        return []


def _latest(connection: duckdb.DuckDBPyConnection, is_segment: bool) -> datetime:
    """The end of what is known; a segment is as new as its last run."""
    latest: datetime = _value(connection, f"select max(occurred_at) from {EVENTS}", [])
    if not is_segment:
        return latest
    changed: datetime = _value(
        connection, f"select max(changed_at) + interval 1 second from {CHANGES}", []
    )
    return max(latest or changed, changed)


def _value(connection: duckdb.DuckDBPyConnection, sql: str, parameters: list[Any]) -> Any:
    row = connection.execute(sql, parameters).fetchone()
    return row[0] if row else None
