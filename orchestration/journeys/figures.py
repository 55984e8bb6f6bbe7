"""Counts of the people in journeys, from the warehouse. All times are naive UTC."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sluice.activations.ledger.store import Ledger
from sluice.models.journey import PREFIX
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.warehouse.base import Session, UnknownNameError
from sluice.orchestration.warehouse.reader import open_warehouse

Row = dict[str, Any]
TABLES = ("journey_enrolments", "journey_positions", "journey_transitions")
RECORDED = "select max(recorded_at) from journeys.journey_transitions"
SUMMARY = """
select
    journey,
    count(*) as entered,
    count(*) filter (where ended_at is null) as inside,
    count(*) filter (where entered_at > $1) as entered_7_days,
    count(*) filter (where entered_at > $2) as entered_30_days,
    count(*) filter (where ended_at > $1) as ended_7_days,
    count(*) filter (where ended_at > $2) as ended_30_days,
    count(*) filter (where end_reason = 'goal') as goal_reached
from journeys.journey_enrolments
group by journey
"""
STOPPED = """
select journey, count(*) as stopped
from journeys.journey_positions
where is_stopped
group by journey
"""
STANDING = """
select
    version,
    node,
    is_stopped,
    count(*) as here,
    count(*) filter (where due_at <= $2) as overdue
from journeys.journey_positions
where journey = $1
group by version, node, is_stopped
order by version, node
"""
MOVES = """
select version, from_node, to_node, reason, count(*) as passed
from journeys.journey_transitions
where journey = $1 and from_node is not null
group by version, from_node, to_node, reason
order by passed desc, reason
"""
ENDS = """
select version, end_reason, count(*) as enrolments
from journeys.journey_enrolments
where journey = $1
group by version, end_reason
order by enrolments desc, end_reason
"""


def last_run(settings: Settings, session: Session) -> datetime | None:
    """The logical time of the last run that the ledger or the histories of journeys know of."""
    known = [session.execute(RECORDED).rows[0][0]]
    if (ledger := Ledger(settings.ledger).last_as_of()) is not None:
        known.append(ledger.replace(tzinfo=None))
    return max((one for one in known if one is not None), default=None)


def read_summaries(settings: Settings) -> tuple[dict[str, Row], set[str]] | None:
    """{journey: counts over its versions}, and the models of journeys that the last run built;
    None where no run has built the tables of journeys yet.
    """
    if not settings.warehouse.exists():
        return None
    with open_warehouse(settings.warehouse) as session:
        try:
            rows = _summaries(session, last_run(settings, session))
        except UnknownNameError:  # not built yet, or by an earlier version
            return None
        return rows, built_journeys(session)


def _summaries(session: Session, now: datetime | None) -> dict[str, Row]:
    since = [None if now is None else now - timedelta(days=days) for days in (7, 30)]
    found = {row.pop("journey"): row for row in session.execute(SUMMARY, since).records()}
    for journey, count in session.execute(STOPPED).rows:
        found[journey]["stopped"] = count
    return found


def built_journeys(session: Session) -> set[str]:
    """The models of journeys that are in the warehouse, in whatever schema the project has them."""
    return {name for _, name in session.tables() if name.startswith(PREFIX)}


def read_figures(
    settings: Settings, journey: str, as_of: datetime | None = None
) -> dict[str, Any] | None:
    """``as_of`` of the last run, or as given, the ``models`` it built, and ``standing``, ``moves``,
    ``ends`` as rows by version; None where no run has built the tables of journeys yet.
    """
    if not settings.warehouse.exists():
        return None
    with open_warehouse(settings.warehouse) as session:
        try:
            now = as_of or last_run(settings, session)
            return {
                "as_of": now,
                "models": built_journeys(session),
                "standing": session.execute(STANDING, [journey, now]).records(),
                "moves": session.execute(MOVES, [journey]).records(),
                "ends": session.execute(ENDS, [journey]).records(),
            }
        except UnknownNameError:  # not built yet, or by an earlier version
            return None
