"""Why a contact is not in a journey, where rows say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sluice.models.journey import JourneyConfig
from sluice.orchestration.journeys.figures import Row
from sluice.orchestration.journeys.reading import Journey
from sluice.orchestration.journeys.sentences import sentence
from sluice.orchestration.journeys.words import (
    Language,
    Written,
    condition_words,
    duration,
    moment_words,
    trigger_words,
)
from sluice.orchestration.warehouse.base import Session, UnknownNameError

Reason = tuple[str, str]  # its code, and a sentence
IS_DELETED = "select is_deleted from contacts.dim_contacts where contact_id = $1"
SEGMENT = "select entered_at from segments.segment_members where contact_id = $1 and segment = $2"
EVENTS = """
select occurred_at from contacts.contact_events
where contact_id = $1 and event_type = $2 and not is_machine{filters}
order by occurred_at
"""
# of a contact and who was merged into it
HISTORY = """
select h.{at} from {table} as h
where {condition}
    and (h.contact_id = $1 or h.contact_id in (
        select a.retired_contact_id from identity.contact_aliases as a where a.contact_id = $1))
order by 1
"""
SCORES = HISTORY.format(
    at="changed_at",
    table="scoring.score_changes",
    condition="h.score_model = $2 and h.previous_total < $3 and h.total >= $3",
)
TAGS = HISTORY.format(
    at="changed_at", table="tags.tag_changes", condition="h.tag = $2 and h.change = 'entered'"
)
STAGES = HISTORY.format(
    at="transitioned_at",
    table="lifecycle.lifecycle_transitions",
    condition="h.lifecycle = $2 and h.to_stage in (select unnest($3::varchar[]))",
)
REFERRALS = """
select r.triggered_at from (
    select case when $2 = 'bought' then bought_at else identified_at end as triggered_at,
        row_number() over (order by case when $2 = 'bought' then bought_at else identified_at end,
            contact_id) as referral_count
    from contacts.referrals
    where referrer_id = $1 and ($2 <> 'bought' or bought_at is not null)
) as r
where r.referral_count % $3 = 0 order by 1
"""
# what lets into every journey: by hand, and by the action `enter` of another one
SENT = """
select o.ordered_at as sent_at, null as recorded_at from journeys.int_journey_orders as o
where o.contact_id = $1 and o.action = 'start' and o.journey = $2
union
select j.acted_at, j.recorded_at from journeys.journey_actions as j
where j.action = 'enter' and j.subject = $2
    and (j.contact_id = $1 or j.contact_id in (
        select a.retired_contact_id from identity.contact_aliases as a where a.contact_id = $1))
order by 1
"""
HANDED_OVER = "select handed_over_at from journeys.int_journey_handovers where contact_id = $1"
# names of the subject
SUBJECTS = frozenset({"page", "form", "campaign", "product", "stage", "menu_key", "message_kind"})
COLUMNS = frozenset({"subject", "utm_source", "utm_medium", "utm_campaign", "qr_code", "source"})


@dataclass(frozen=True)
class Asked:
    """The question. ``past``: the contact's enrolments, all ended, by ``entered_at``; ``zone``: the
    project's time zone, in which ``starts_on`` is a day; ``as_of``: of the last run, naive UTC.
    """

    contact_id: int
    past: Sequence[Row]
    zone: str
    as_of: datetime
    language: Language

    def say(self, key: str, *values: object) -> Reason:
        """The reason of a key."""
        return key, sentence(key, self.language, *values)


def why_not(session: Session, journey: Journey, is_built: bool, asked: Asked) -> Reason:
    """The reason and a sentence, as far as rows say it."""
    config = journey.newest.config
    if config is None:
        return asked.say("cannot_run", journey.newest.problem)
    if not is_built:
        return asked.say("not_run_yet")
    if any(row[0] for row in session.execute(IS_DELETED, [asked.contact_id]).rows):
        return asked.say("deleted")
    if any(row[0] for row in _rows(session, HANDED_OVER, [asked.contact_id]) or ()):
        return asked.say("handed_over")
    if asked.past and config.reentry == "never":
        return asked.say("entered_before", _day(asked.past))
    return _by_moments(session, journey, config, asked)


def _by_moments(session: Session, journey: Journey, config: JourneyConfig, asked: Asked) -> Reason:
    """By what could have let the contact in: the journey's own trigger, and what lets into any."""
    sent = _rows(session, SENT, [asked.contact_id, journey.name]) or []
    if any(at is not None and at >= asked.as_of for _, at in sent):
        return asked.say("sent_here", moment_words(sent[-1][0]))
    trigger = journey.newest.written["trigger"]
    if trigger.get("by_hand") and not sent:
        return asked.say("by_hand")
    moments = [] if trigger.get("by_hand") else trigger_moments(session, trigger, asked.contact_id)
    if moments is None and not sent:
        return asked.say("unreadable")
    every = sorted([*(moments or []), *(sent_at for sent_at, _ in sent)])
    return _of_triggers(config, journey.newest.written, every, asked)


def _of_triggers(
    config: JourneyConfig, written: Written, moments: Sequence[datetime], asked: Asked
) -> Reason:
    if not moments:
        return asked.say("no_trigger", trigger_words(written["trigger"], asked.language))
    started = [one for one in moments if one >= _midnight(config.starts_on, asked.zone)]
    if not started:
        return asked.say("before_starts_on", moment_words(moments[-1]), config.starts_on)
    fresh = [one for one in started if one > asked.as_of - _length(config.enters_within)]
    if not fresh:
        window = duration(config.enters_within, asked.language)
        return asked.say("too_long_ago", moment_words(started[-1]), window)
    again = _again_from(config, asked.past)
    if again is not None and started[-1] < again:
        return asked.say("not_again_yet", _day(asked.past), moment_words(again))
    if config.entry_condition is not None:
        condition = condition_words(written["entry_condition"], asked.language)
        return asked.say("entry_condition", condition)
    return asked.say("unknown", moment_words(started[-1]))


def _again_from(config: JourneyConfig, past: Sequence[Row]) -> datetime | None:
    """From when a trigger takes the contact in again; None before the first entry."""
    if not past:
        return None
    entered: datetime = past[-1]["entered_at"]
    days = getattr(config.reentry, "after_days", 0)
    ended: datetime = past[-1]["ended_at"] or entered
    return max(entered + timedelta(days=days), ended + timedelta(microseconds=1))


def trigger_moments(session: Session, trigger: Written, contact_id: int) -> list[datetime] | None:
    """The moments that could take the contact in, by time; None where no row says so."""
    found = _query(trigger)
    rows = None if found is None else _rows(session, found[0], [contact_id, *found[1]])
    return None if rows is None else [row[0] for row in rows]


def _rows(session: Session, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]] | None:
    """None where the table is not there."""
    try:
        return session.execute(sql, values).rows
    except UnknownNameError:
        return None


def _query(trigger: Written) -> tuple[str, list[Any]] | None:
    """The SQL of a trigger's moments and its values after the contact's id."""
    if trigger.get("segment"):
        return SEGMENT, [trigger["segment"]]
    if trigger.get("event"):
        return _event_query(trigger)
    if score := trigger.get("score"):
        return SCORES, list(score)
    if trigger.get("tag"):
        return TAGS, [trigger["tag"]]
    if brought := trigger.get("referrals"):
        return REFERRALS, [brought.get("who", "came"), brought["at_least"]]
    if stage := trigger.get("stage"):
        return STAGES, [stage[0], list(stage[1:])]
    return None


def _event_query(trigger: Written) -> tuple[str, list[Any]] | None:
    where = trigger.get("where") or {}
    if not where.keys() <= SUBJECTS | COLUMNS:
        return None
    named = ["subject" if column in SUBJECTS else column for column in where]
    filters = "".join(f" and {column} = ${n}" for n, column in enumerate(named, start=3))
    return EVENTS.format(filters=filters), [trigger["event"], *map(str, where.values())]


def _length(window: str) -> timedelta:
    count, unit = window.split()
    return timedelta(**{f"{unit.removesuffix('s')}s": int(count)})


def _midnight(day: date, zone: str) -> datetime:
    """The beginning of a day there, in naive UTC."""
    local = datetime.combine(day, time(), ZoneInfo(zone))
    return local.astimezone(UTC).replace(tzinfo=None)


def _day(past: Sequence[Row]) -> str:
    return f"{past[-1]['entered_at']:%Y-%m-%d}"
