"""What an experiment shows: its arms against the control, guardrails, warnings."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from sluice.experiments import (
    Comparison,
    Moments,
    Readout,
    SequentialState,
    always_valid,
    compare_proportions,
    read_out,
)
from sluice.experiments.moments import together
from sluice.experiments.novelty import Novelty, novelty
from sluice.models.experiment import ExperimentConfig
from sluice.orchestration.experiments.definitions import Experiment
from sluice.orchestration.experiments.figures import ArmDay, Days

PERIODS = 4
ENOUGH, SURELY = 100, 3.3  # people of the control, standard errors: one chance in 1,000
GUARDRAILS: dict[str, Callable[[ArmDay], int]] = {
    "unsubscribed": lambda arm: arm.unsubscribed,
    "complained": lambda arm: arm.complained,
}


@dataclass(frozen=True)
class Guardrail:
    """One guardrail of an arm: the rates, and the rise over the control; ``is_breached`` where it
    is above the ``limit``, whether by chance or not. A rate of no one is None.
    """

    name: str
    rate: float | None
    control_rate: float | None
    comparison: Comparison
    limit: float

    @property
    def is_breached(self) -> bool:
        """Whether the rise is above its limit."""
        return self.comparison.difference is not None and self.comparison.difference > self.limit


@dataclass(frozen=True)
class Reading:
    """All that is said of an experiment but for the decision. ``units``: people assigned, by arm;
    the rest is of those whose days are over.
    """

    units: Mapping[str, int]
    readout: Readout
    guardrails: Mapping[str, tuple[Guardrail, ...]]
    sequential: Mapping[str, SequentialState]
    novelty: Mapping[str, Novelty]
    warnings: tuple[str, ...]


def read_arms(one: Experiment, days: Days, sent: Mapping[str, int] | None = None) -> Reading:
    """Everything of these days, which are all of one arm or more. ``sent``: messages by variant."""
    config = one.checked
    arms = {name: _over(days, name) for name in one.shares}
    outcomes = {name: together([day.outcome for day in found]) for name, found in arms.items()}
    units = {name: sum(day.units for day in found) for name, found in arms.items()}
    readout = read_out(
        outcomes, config.control, is_rate=config.is_rate, shares=one.shares, alpha=config.alpha
    )
    others = [arm.arm for arm in readout.others]
    fading = {name: novelty(_periods(days, config.control, name)) for name in others}
    guardrails = {name: _guardrails(config, arms[config.control], arms[name]) for name in others}
    return Reading(
        units,
        readout,
        guardrails,
        {name: _sequential(config, days, name, len(others)) for name in others},
        fading,
        (
            *_warnings(one, days, guardrails, fading),
            *_without_people(one, units),
            *_without_messages(units, sent),
            *_unlike_the_plan(config, outcomes[config.control]),
            *readout.notes,
        ),
    )


def _over(days: Days, arm: str) -> list[ArmDay]:
    return [arms[arm] for arms in days.values() if arm in arms]


def _guardrails(
    config: ExperimentConfig, control: list[ArmDay], arm: list[ArmDay]
) -> tuple[Guardrail, ...]:
    return tuple(
        _guardrail(name, counted, control, arm, getattr(config.guardrails, name))
        for name, counted in GUARDRAILS.items()
    )


def _guardrail(
    name: str,
    counted: Callable[[ArmDay], int],
    control: list[ArmDay],
    arm: list[ArmDay],
    limit: float,
) -> Guardrail:
    first, second = (
        Moments.counted(sum(map(counted, days)), sum(day.outcome.units for day in days))
        for days in (control, arm)
    )
    rate, other = (side.mean if side.units else None for side in (second, first))
    return Guardrail(name, rate, other, compare_proportions(first, second), limit)


def _sequential(config: ExperimentConfig, days: Days, arm: str, arms: int) -> SequentialState:
    """A look a day, of the days whose people have all had theirs."""
    over = [arms for arms in days.values() if all(one.is_mature for one in arms.values())]
    pairs = [_pair(arms, config.control, arm) for arms in over]
    looks = zip(
        accumulate(control for control, _ in pairs),
        accumulate(other for _, other in pairs),
        strict=True,
    )
    return always_valid(
        looks, effect=config.minimum_effect, is_rate=config.is_rate, alpha=config.alpha / arms
    )


def _pair(arms: Mapping[str, ArmDay], control: str, arm: str) -> tuple[Moments, Moments]:
    first, second = (arms[name].outcome if name in arms else Moments() for name in (control, arm))
    return first, second


def _periods(days: Days, control: str, arm: str) -> list[tuple[Moments, Moments]]:
    """The days in four parts of as many days each."""
    if not days:
        return []
    first, last = min(days), max(days)
    length = (last - first).days + 1
    parts: list[list[tuple[Moments, Moments]]] = [[] for _ in range(min(PERIODS, length))]
    for day, arms in days.items():
        parts[(day - first).days * len(parts) // length].append(_pair(arms, control, arm))
    return [
        (together([one for one, _ in part]), together([two for _, two in part])) for part in parts
    ]


def _without_people(one: Experiment, units: Mapping[str, int]) -> Iterator[str]:
    for name in one.shares:
        if not units[name]:
            yield f"no one has been given {name} yet: nothing is said of it"


def _without_messages(units: Mapping[str, int], sent: Mapping[str, int] | None) -> Iterator[str]:
    for name, count in units.items() if sent is not None else ():
        if count and not (sent or {}).get(name):
            yield (
                f"{count:,} people were given {name}, and no message of it has gone out:"
                " reports.rpt_held_back says why"
            )


def _unlike_the_plan(config: ExperimentConfig, control: Moments) -> Iterator[str]:
    if control.units < ENOUGH:
        return
    reach = SURELY * math.sqrt(control.variance / control.units)
    if abs(control.mean - config.baseline) > reach and control.variance:
        shown = "{:.2%}" if config.is_rate else "{:,.4g}"
        yield (
            f"{config.control} has {shown.format(control.mean)}, and the size was planned for a"
            f" baseline of {shown.format(config.baseline)}: plan again with what is seen"
        )


def _warnings(
    one: Experiment,
    days: Days,
    guardrails: Mapping[str, tuple[Guardrail, ...]],
    fading: Mapping[str, Novelty],
) -> Iterator[str]:
    people = [arm for arms in days.values() for arm in arms.values()]
    units, several = sum(arm.units for arm in people), sum(arm.in_several_arms for arm in people)
    if several:
        yield (
            f"{several:,} of {units:,} people were given more than one arm; the first counts, and"
            " the effect looks smaller than it is"
        )
    for name in sorted({arm for arms in days.values() for arm in arms} - set(one.shares)):
        count = sum(arm.units for arm in _over(days, name))
        yield f"{count:,} people are in arm {name}, which {one.about} does not have: not read"
    for name, found in fading.items():
        if found.is_fading:
            yield (
                f"the effect of {name} was larger at the start (p {found.p:.2g}): it may be"
                " novelty, and fade"
            )
    for name, rails in guardrails.items():
        for rail in rails:
            if rail.is_breached:
                yield (
                    f"{name}: {rail.rate:.2%} {rail.name} against {rail.control_rate:.2%}, a rise"
                    f" above the guardrail of {rail.limit:.2%}"
                )
