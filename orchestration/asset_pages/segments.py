"""The page of a segment after it was built: its size, who came and went, how it grew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sluice.orchestration.asset_pages.charts import MOST_COLUMNS, Point, bars, columns
from sluice.orchestration.asset_pages.people import SEGMENTS, samples
from sluice.orchestration.asset_pages.tables import Metadata, given, table
from sluice.orchestration.authoring.segments.catalog import CHANGES, SIZES, segment_nodes
from sluice.orchestration.warehouse.base import Session

DAYS = 180  # that a history is read of
NO_ONE = {"members": 0, "held_out": 0, "outranked": 0}
BY_RUN = """
select
    segment, changed_at, count(*) filter (where change = 'entered') as entered,
    count(*) filter (where change = 'exited') as exited
from segments.segment_changes
where changed_at > $1
group by segment, changed_at
order by segment, changed_at
"""
Row = Mapping[str, Any]


def describe_segments(
    session: Session, manifest: Mapping[str, Any], as_of: datetime
) -> dict[str, Metadata]:
    """{unique_id: the page of each segment}. ``as_of``: logical time of the run, naive UTC."""
    sizes = {row["segment"]: row for row in session.execute(SIZES).records()}
    changes = {row["segment"]: row for row in session.execute(CHANGES).records()}
    by_run: dict[str, list[Row]] = {}
    for row in session.execute(BY_RUN, [as_of - timedelta(days=DAYS)]).records():
        by_run.setdefault(row["segment"], []).append(row)
    people = samples(session, SEGMENTS)
    return {
        str(node["unique_id"]): _page(
            sizes.get(name, NO_ONE),
            changes.get(name, {}),
            sizes_by_run(sizes.get(name, NO_ONE)["members"], by_run.get(name, ())),
            people.get(name, ()),
            as_of,
        )
        for name, node in segment_nodes(manifest).items()
    }


def sizes_by_run(size: int, changes: Iterable[Row]) -> list[Point]:
    """The size after each run that changed it, the last one ``size``, by the day."""
    found: dict[str, int] = {}
    for row in reversed(list(changes)):
        found.setdefault(_day(row["changed_at"]), size)
        size += row["exited"] - row["entered"]
    return [(day, float(found[day])) for day in sorted(found)]


def _page(
    size: Row, change: Row, history: list[Point], people: Iterable[Row], as_of: datetime
) -> Metadata:
    is_now = change.get("changed_at") == as_of
    now = {
        "size": int(size["members"]),
        "entered": int(change.get("entered", 0)) if is_now else 0,
        "exited": int(change.get("exited", 0)) if is_now else 0,
    }
    history_chart = columns(list(_every_day(history, as_of.date())))
    return given(
        chart=history_chart or bars(list(now.items())),
        **now,
        held_out=size["held_out"],
        outranked=size["outranked"],
        last_change=str(change["changed_at"]) if change else None,
        sample=table(people),
    )


def _every_day(history: list[Point], today: date) -> Iterator[Point]:
    """A point a day, the last MOST_COLUMNS: between two runs that changed nothing the size is as
    before.
    """
    sizes = dict(history)
    if not sizes:
        return
    day, size = date.fromisoformat(history[0][0]), 0.0
    while day <= today:
        size = sizes.get(day.isoformat(), size)
        if (today - day).days < MOST_COLUMNS:
            yield day.isoformat(), size
        day += timedelta(days=1)


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
