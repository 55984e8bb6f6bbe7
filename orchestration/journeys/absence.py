"""Why a contact is not in a journey, where rows say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sluice.models.journey import JourneyConfig, Trigger
from sluice.orchestration.journeys.figures import Row
from sluice.orchestration.journeys.reading import Journey
from sluice.orchestration.journeys.words import condition_words, trigger_words
from sluice.orchestration.warehouse.base import Session, UnknownNameError

Reason = tuple[str, str]  # its code, and a sentence
IS_DELETED = "select is_deleted from contacts.dim_contacts where contact_id = $1"
SEGMENT = "select entered_at from segments.segment_members where contact_id = $1 and segment = $2"
EVENTS = """
select occurred_at from contacts.contact_events
where contact_id = $1 and event_type = $2 and not is_machine{filters}
order by occurred_at
"""
SUBJECTS = frozenset({"page", "form", "campaign", "product", "stage"})  # names of the subject
COLUMNS = frozenset({"subject", "utm_source", "utm_medium", "utm_campaign", "qr_code", "source"})


def why_not(
    session: Session,
    journey: Journey,
    is_built: bool,
    zone: str,
    contact_id: int,
    past: Sequence[Row],
) -> Reason:
    """The reason and a sentence. ``past``: the contact's enrolments, all ended, by ``entered_at``;
    ``zone``: the project's time zone, in which ``starts_on`` is a day.
    """
    newest = journey.newest
    if newest.config is None:
        return "cannot_run", f"the journey cannot run: {newest.problem}; see `sluice lint`"
    if not is_built:
        return "not_run_yet", "the last run did not have this journey; run `sluice run`"
    if any(row[0] for row in session.execute(IS_DELETED, [contact_id]).rows):
        return "deleted", "the contact is deleted"
    config = newest.config
    if past and config.reentry == "never":
        return "entered_before", f"entered before, on {_day(past)}, and reentry is never"
    moments = _triggers(session, config.trigger, contact_id)
    if moments is None:
        return "unknown", "its trigger cannot be read back from rows"
    return _of_triggers(config, newest.written, zone, moments, past)


def _of_triggers(
    config: JourneyConfig,
    written: Mapping[str, Any],
    zone: str,
    moments: Sequence[datetime],
    past: Sequence[Row],
) -> Reason:
    trigger = trigger_words(written["trigger"], "en")
    if not moments:
        return "no_trigger", f"no trigger: {trigger}"
    started = [moment for moment in moments if moment >= _midnight(config.starts_on, zone)]
    if not started:
        last = f"{moments[-1]:%Y-%m-%d %H:%M} UTC"
        return "before_starts_on", f"last triggered {last}, before {config.starts_on}, its start"
    again = _again_from(config, past)
    if again is not None and started[-1] < again:
        return (
            "not_again_yet",
            f"entered before, on {_day(past)}; no trigger from {again:%Y-%m-%d %H:%M} UTC on",
        )
    if config.entry_condition is not None:
        condition = condition_words(written["entry_condition"], "en")
        return (
            "entry_condition",
            f"triggered, but the entry condition held at no run since: {condition}",
        )
    return "unknown", f"triggered {started[-1]:%Y-%m-%d %H:%M} UTC; no row says why it is not in"


def _again_from(config: JourneyConfig, past: Sequence[Row]) -> datetime | None:
    """From when a trigger takes the contact in again; None before the first entry."""
    if not past:
        return None
    entered: datetime = past[-1]["entered_at"]
    days = getattr(config.reentry, "after_days", 0)
    return entered + (timedelta(days=days) if days else timedelta(microseconds=1))


def _triggers(session: Session, trigger: Trigger, contact_id: int) -> list[datetime] | None:
    """The moments that could take the contact in, by time; None where no row says so."""
    try:
        if trigger.segment:
            rows = session.execute(SEGMENT, [contact_id, trigger.segment]).rows
        elif trigger.event and trigger.where.keys() <= SUBJECTS | COLUMNS:
            sql, values = _event_query(trigger)
            rows = session.execute(sql, [contact_id, *values]).rows
        else:
            return None
    except UnknownNameError:
        return None
    return [row[0] for row in rows]


def _event_query(trigger: Trigger) -> tuple[str, list[str]]:
    named = ["subject" if column in SUBJECTS else column for column in trigger.where]
    filters = "".join(f" and {column} = ${n}" for n, column in enumerate(named, start=3))
    return EVENTS.format(filters=filters), [str(trigger.event), *trigger.where.values()]


def _midnight(day: date, zone: str) -> datetime:
    """The beginning of a day there, in naive UTC."""
    local = datetime.combine(day, time(), ZoneInfo(zone))
    return local.astimezone(UTC).replace(tzinfo=None)


def _day(past: Sequence[Row]) -> str:
    return f"{past[-1]['entered_at']:%Y-%m-%d}"
