"""What the warehouse knows of experiments: sums a day and arm. Days are of the project's zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sluice.experiments import Moments
from sluice.orchestration.experiments.definitions import Experiment
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.journeys.figures import last_run
from sluice.orchestration.warehouse.base import Session, UnknownNameError
from sluice.orchestration.warehouse.reader import open_warehouse

RECENT_DAYS = 28
UNITS = """
select
    arm,
    assigned_date as day,
    count(*) as units,
    sum(case when is_mature then 1 else 0 end) as mature,
    sum(case when is_in_several_arms then 1 else 0 end) as in_several_arms,
    sum(case when is_mature and has_unsubscribed then 1 else 0 end) as unsubscribed,
    sum(case when is_mature and has_complained then 1 else 0 end) as complained,
    avg(case when is_mature then outcome end) as mean,
    var_pop(case when is_mature then outcome end) as variance,
    avg(case when is_mature then outcome_before end) as before_mean,
    var_pop(case when is_mature then outcome_before end) as before_variance,
    covar_pop(case when is_mature then outcome end, case when is_mature then outcome_before end)
        as covariance
from reports.experiment_units
where experiment = $1
group by arm, assigned_date
order by assigned_date, arm
"""
DECIDED = (
    "select arm, words, decided_at from ledger.experiment_decisions where experiment = $1"
    " order by decided_at limit 1"
)
SENT = (
    "select variant, sum(sent_count) from reports.rpt_message_funnel"
    " where campaign = $1 and variant is not null group by variant"
)
ENTRIES = {
    "journey": (
        "select count(*), min(entered_at) from journeys.journey_enrolments"
        " where journey = $1 and entered_at > $2 and entered_at <= $3"
    ),
    # the first run finds all members at once: they did not enter on one day
    "segment": (
        "select count(*), min(changed_at) from segments.segment_changes"
        " where segment = $1 and change = 'entered' and changed_at > $2 and changed_at <= $3"
        " and changed_at > (select min(changed_at) from segments.segment_changes"
        " where segment = $1)"
    ),
}


@dataclass(frozen=True)
class ArmDay:
    """The people whom a day put into an arm: ``outcome`` is of those whose days are over, as are
    the guardrails.
    """

    units: int
    outcome: Moments
    unsubscribed: int = 0
    complained: int = 0
    in_several_arms: int = 0

    @property
    def is_mature(self) -> bool:
        """Whether the days of all of them are over."""
        return self.outcome.units == self.units


@dataclass(frozen=True)
class Decided:
    """The arm that the rule of an experiment decided for and rolls out, why, and after which run
    (naive UTC).
    """

    arm: str
    words: str
    decided_at: datetime


Days = dict[date, dict[str, ArmDay]]


@dataclass(frozen=True)
class Known:
    """All that is known of one experiment: ``as_of`` of the last run (naive UTC), and its days in
    order. ``is_built``: whether a run has built the table of experiments. ``decided``: what is
    rolled out. ``sent``: messages of each variant of its campaign; None where that was not asked.
    """

    as_of: datetime | None
    days: Days
    is_built: bool = True
    decided: Decided | None = None
    sent: Mapping[str, int] | None = None


def read_days(settings: Settings, found: Iterable[Experiment]) -> dict[str, Known]:
    """What is known of these experiments."""
    wanted = list(found)
    if not settings.warehouse.exists():
        return {one.name: Known(None, {}, is_built=False) for one in wanted}
    with open_warehouse(settings.warehouse) as session:
        return {
            one.name: replace(
                _known(settings, session, one.name),
                decided=_decided(session, one),
                sent=_sent(session, one),
            )
            for one in wanted
        }


def _decided(session: Session, one: Experiment) -> Decided | None:
    if one.config is None or one.config.on_win == "keep":
        return None
    try:
        rows = session.execute(DECIDED, [one.name]).rows
    except UnknownNameError:  # of an earlier version
        return None
    return Decided(*rows[0]) if rows else None


def _sent(session: Session, one: Experiment) -> dict[str, int] | None:
    if one.campaign is None:
        return None
    try:
        return {str(arm): int(count) for arm, count in session.execute(SENT, [one.campaign]).rows}
    except UnknownNameError:
        return None


def _known(settings: Settings, session: Session, name: str) -> Known:
    try:
        now = last_run(settings, session)
        rows = session.execute(UNITS, [name]).records()
    except UnknownNameError:  # not built yet, or by an earlier version
        return Known(None, {}, is_built=False)
    days: Days = {}
    for row in rows:
        days.setdefault(row["day"], {})[row["arm"]] = _arm(row)
    return Known(now, days)


def _arm(row: Mapping[str, Any]) -> ArmDay:
    mature = int(row["mature"])
    values = [float(row[name] or 0) for name in ("mean", "before_mean")]
    spread = [
        float(row[name] or 0) * mature for name in ("variance", "before_variance", "covariance")
    ]
    outcome = Moments(mature, values[0], spread[0], values[1], spread[1], spread[2])
    counts = (int(row[name]) for name in ("unsubscribed", "complained", "in_several_arms"))
    return ArmDay(int(row["units"]), outcome, *counts)


def units_since(days: Days, first: date = date.min) -> int:
    """The people of all arms from a day on."""
    return sum(arm.units for day, arms in days.items() if day >= first for arm in arms.values())


def entries_a_day(settings: Settings, one: Experiment, known: Known, today: date) -> float | None:
    """People who enter per day, over the last four weeks until ``today``: into a split or the
    variants of a campaign, else into the journey or segment; into a segment, but for those whom its
    first run found in it. None where no one has.
    """
    if known.as_of is None:
        return None
    first = today - timedelta(days=RECENT_DAYS - 1)
    if (one.journey or one.campaign) and (units := units_since(known.days, first)):
        return units / ((today - max(first, min(known.days))).days + 1)
    kind, name = ("journey", one.journey) if one.journey else ("segment", one.segment)
    since = known.as_of - timedelta(days=RECENT_DAYS)
    with open_warehouse(settings.warehouse) as session:
        try:
            count, first_at = session.execute(ENTRIES[kind], [name, since, known.as_of]).rows[0]
        except UnknownNameError:
            return None
    if not count:
        return None
    return float(count / max(1.0, (known.as_of - first_at).total_seconds() / 86400))
