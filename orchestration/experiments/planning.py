"""Whether an experiment can find what it looks for: the people it takes against those who come."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sluice.experiments import Plan, Unreachable, minimum_effect, plan_size
from sluice.models.errors import ConfigurationError
from sluice.models.experiment import ExperimentConfig
from sluice.orchestration.experiments.catalog import today_of
from sluice.orchestration.experiments.deciding import plan_of
from sluice.orchestration.experiments.definitions import Experiment
from sluice.orchestration.experiments.figures import (
    RECENT_DAYS,
    entries_a_day,
    read_days,
    units_since,
)
from sluice.orchestration.experiments.horizon import later, window_of
from sluice.orchestration.installation.settings import Settings

LONGEST_DAYS = 365


@dataclass(frozen=True)
class Coming:
    """The people there are ``so_far``, and those who come a day from ``start`` on."""

    so_far: int
    a_day: float
    start: date

    def days_to(self, people: int) -> int:
        """The days until there are so many."""
        return math.ceil(max(0, people - self.so_far) / self.a_day)

    def day_of(self, people: int) -> date:
        """The day when there are so many."""
        return later(self.start, self.days_to(people))

    def until_horizon(self, config: ExperimentConfig) -> int:
        """The people there will be at the horizon."""
        if config.horizon.units is not None:
            return config.horizon.units
        days = ((config.horizon.ends_on or self.start) - self.start).days
        return self.so_far + math.floor(self.a_day * max(0, days))


def plan_experiment(
    settings: Settings, one: Experiment, per_day: float | None = None
) -> dict[str, Any]:
    """The people an experiment takes and the days until it can be read. ``per_day``: people who
    enter, instead of those of the last four weeks. Raises ConfigurationError where it cannot be
    reached, with what would be.
    """
    config = one.checked
    known = read_days(settings, [one])[one.name]
    plan = _plan(one)
    needed = _needed(one, plan)
    total = sum(needed.values())
    today = today_of(settings, known)
    entering = per_day if per_day is not None else entries_a_day(settings, one, known, today)
    if not entering or entering <= 0:
        raise ConfigurationError(
            f"{one.name} takes {total:,} people, and no one entered in the last"
            f" {RECENT_DAYS} days: how long it takes cannot be computed",
            "give the people you expect: --per-day N",
        )
    so_far = units_since(window_of(config, known.days, today).days)
    come = Coming(so_far, entering, max(today, config.starts_on or today))
    _refuse(one, plan, total, come)
    people = come.until_horizon(config)
    return {
        "experiment": one.name,
        "about": one.about,
        "baseline": config.baseline,
        "minimum_effect": config.minimum_effect,
        "alpha": config.alpha,
        "power": config.power,
        "test": config.test,
        "needed": needed,
        "needed_in_all": total,
        "per_day": entering,
        "people_so_far": come.so_far,
        "days": come.days_to(total),
        "from": come.start,
        "ready_on": later(come.day_of(total), config.metric.within_days),
        "people_at_horizon": people,
        "effect_at_horizon": _effect_with(one, plan, people),
    }


def _plan(one: Experiment) -> Plan:
    try:
        return plan_of(one)
    except Unreachable as error:
        raise ConfigurationError(f"{one.name}: {error}", f"correct it in {one.file}") from error


def _needed(one: Experiment, plan: Plan) -> dict[str, int]:
    """People of each arm, where the smallest has as many as it takes."""
    try:
        control, _ = plan_size(plan)
    except Unreachable as error:
        raise ConfigurationError(
            f"{one.name}: {error}", f"raise minimum_effect in {one.file}"
        ) from error
    whole = control / one.shares[one.checked.control]
    return {name: math.ceil(whole * share - 1e-9) for name, share in one.shares.items()}


def _refuse(one: Experiment, plan: Plan, total: int, come: Coming) -> None:
    """Raises ConfigurationError where the people until the horizon are too few."""
    config = one.checked
    people, days = come.until_horizon(config), come.days_to(total)
    if people >= total and days <= LONGEST_DAYS:
        return
    lack = f"{people:,} until its horizon" if people < total else f"it would take {days:,} days"
    raise ConfigurationError(
        f"{one.name} cannot be reached: finding {config.minimum_effect:+.4g} takes {total:,}"
        f" people; there are {come.so_far:,}, {come.a_day:,.1f} enter a day: {lack}",
        f"write in {one.file} {', or '.join(_ways(one, plan, total, come))}",
    )


def _ways(one: Experiment, plan: Plan, total: int, come: Coming) -> Iterator[str]:
    """What would be reached instead."""
    config = one.checked
    most = come.so_far + math.floor(come.a_day * LONGEST_DAYS)
    found = _effect_with(one, plan, min(come.until_horizon(config), most))
    yield f"minimum_effect: {found:.4g}" if found is not None else "a larger minimum_effect"
    if come.days_to(total) <= LONGEST_DAYS:
        horizon = config.horizon
        yield (
            f"horizon: {{units: {total}}}"
            if horizon.units is not None
            else f"horizon: {{ends_on: {come.day_of(total)}}}"
        )
    yield f"power below {config.power:g}"


def _effect_with(one: Experiment, plan: Plan, people: int) -> float | None:
    """The smallest effect, in the direction that is planned, that so many people find."""
    units = people * one.shares[one.checked.control]
    sign = 1 if plan.effect > 0 else -1
    baseline = plan.baseline if sign > 0 or plan.deviation is not None else 1 - plan.baseline
    found = minimum_effect(
        units,
        baseline,
        deviation=plan.deviation,
        alpha=plan.alpha,
        power=plan.power,
        ratio=plan.ratio,
        comparisons=plan.comparisons,
        is_sequential=plan.is_sequential,
    )
    return None if found is None else sign * found
