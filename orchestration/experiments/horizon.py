"""Which people of an experiment are read, and when: the days until its horizon, and no later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sluice.models.experiment import ExperimentConfig
from sluice.orchestration.experiments.figures import Days


@dataclass(frozen=True)
class Window:
    """The ``days`` that count; ``is_over``: whether the horizon is reached and all of their people
    have had their days; ``ready_on``: the day when it is, None where that cannot be said yet;
    ``is_stopped``: whether a person ended it before.
    """

    days: Days
    is_over: bool
    ready_on: date | None
    is_stopped: bool = False


def window_of(
    config: ExperimentConfig, days: Days, today: date, decided_on: date | None = None
) -> Window:
    """The days before ``horizon.ends_on``, or those of the first ``horizon.units`` people; of an
    experiment that was stopped, none from ``stopped_on`` on; of one whose winner is rolled out,
    none from ``decided_on`` on: who came later was given it, and not by chance.
    """
    stopped_on = config.stopped_on
    ends = min((day for day in (stopped_on, decided_on) if day is not None), default=date.max)
    kept = {day: arms for day, arms in sorted(days.items()) if day < ends}
    is_stopped = stopped_on is not None and today >= stopped_on
    if config.horizon.units is not None:
        return _by_units(config, kept, config.horizon.units, today, is_stopped)
    ends_on = config.horizon.ends_on or date.max
    is_stopped = is_stopped and stopped_on is not None and stopped_on < ends_on
    ready_on = later(ends_on, config.metric.within_days)
    read = {day: arms for day, arms in kept.items() if day < ends_on}
    return Window(read, today >= ready_on and not is_stopped, ready_on, is_stopped)


def later(day: date, days: int) -> date:
    """So many days later; the last day of the calendar where that is beyond it."""
    return day + timedelta(days=min(days, (date.max - day).days))


def _by_units(
    config: ExperimentConfig, days: Days, wanted: int, today: date, is_stopped: bool
) -> Window:
    read: Days = {}
    total = 0
    for day, arms in days.items():
        read[day] = arms
        total += sum(arm.units for arm in arms.values())
        if total >= wanted:
            ready_on = later(day, config.metric.within_days + 1)
            return Window(read, today >= ready_on, ready_on)
    if not days or not total or is_stopped:
        return Window(read, False, None, is_stopped)
    a_day = total / max(1, (today - min(days)).days)
    more = config.metric.within_days + 1 + round((wanted - total) / a_day)
    return Window(read, False, later(today, more))
