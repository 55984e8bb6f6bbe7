"""Experiments without an effect, looked at daily, and with one, of the planned size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sluice.experiments import Moments, Plan, always_valid, plan_size

Numbers = NDArray[Any]
DAYS = 30
CHUNK = 500  # tests whose values are in memory at once


@dataclass(frozen=True)
class Situation:
    """An outcome of ``daily`` new units an arm and day, with the effect that was planned for:
    ``rate`` of people who do it and, of values, what they spend (lognormal of that sigma).
    """

    rate: float
    daily: int
    effect: float
    sigma: float | None = None

    def days(self, chance: np.random.Generator, tests: int) -> tuple[Numbers, Numbers]:
        """Sums of outcomes and of their squares until each day: (test, arm, day)."""
        shape = (tests, 2, DAYS)
        if self.sigma is None:
            sums = chance.binomial(self.daily, self.rate, shape).astype(float).cumsum(axis=2)
            return sums, sums
        bought = chance.random((*shape, self.daily)) < self.rate
        values = bought * chance.lognormal(3, self.sigma, bought.shape)
        return values.sum(axis=3).cumsum(axis=2), (values**2).sum(axis=3).cumsum(axis=2)


SITUATIONS = {
    "rate_20": Situation(0.2, 50, 0.04),
    "rate_2": Situation(0.02, 100, 0.01),
    "rate_half": Situation(0.005, 40, 0.01),
    "spend": Situation(0.1, 50, 2.0, sigma=1.0),
}


def looks(sums: Numbers, squares: Numbers, daily: int) -> Iterator[tuple[Moments, Moments]]:
    """The cumulated arms of one test, day by day."""
    for day in range(sums.shape[1]):
        units = daily * (day + 1)
        control, arm = (
            Moments(units, total / units, square - total**2 / units)
            for total, square in zip(sums[:, day], squares[:, day], strict=True)
        )
        yield control, arm


def false_positives(situation: Situation, tests: int, seed: int = 7) -> float:
    """The share of experiments without an effect that the sequential test ever calls one."""
    chance = np.random.default_rng(seed)
    found = 0
    for done in range(0, tests, CHUNK):
        sums, squares = situation.days(chance, min(CHUNK, tests - done))
        for test in range(len(sums)):
            state = always_valid(
                looks(sums[test], squares[test], situation.daily),
                effect=situation.effect,
                is_rate=situation.sigma is None,
            )
            found += state.crossed_at is not None
    return found / tests


def false_positives_of_peeking(situation: Situation, tests: int, seed: int = 7) -> float:
    """The same of the fixed z test, asked every day as if each were the last."""
    sums, _ = situation.days(np.random.default_rng(seed), tests)
    units = situation.daily * np.arange(1, DAYS + 1)
    return float((z_test(sums[:, 0], units, sums[:, 1], units) < 0.05).any(axis=1).mean())


def z_test(first: Numbers, units: Numbers, second: Numbers, others: Numbers) -> Numbers:
    """p of the pooled test of many pairs of counts; 1 where there is no outcome."""
    rate = (first + second) / (units + others)
    error = np.sqrt(rate * (1 - rate) * (1 / units + 1 / others))
    z = np.divide(second / others - first / units, error, out=np.zeros_like(rate), where=error > 0)
    p: Numbers = 2 * stats.norm.sf(np.abs(z))
    return p


PLANS = (
    Plan(0.1, 0.02),
    Plan(0.02, 0.01, power=0.9),
    Plan(0.3, -0.05, ratio=0.5),
    Plan(20, 3, 15),
    Plan(20, 4, 30, power=0.9, ratio=2),
    Plan(0.15, 0.03, comparisons=2),
)


def simulated_power(plan: Plan, tests: int, seed: int = 11) -> float:
    """How often the fixed test finds the planned effect with the planned units. Values are gamma
    of the planned mean and deviation, as skewed as spend is.
    """
    chance, (control, arm) = np.random.default_rng(seed), plan_size(plan)
    alpha = plan.alpha / plan.comparisons
    if plan.deviation is None:
        first = chance.binomial(control, plan.baseline, tests)
        second = chance.binomial(arm, plan.baseline + plan.effect, tests)
        return float((z_test(first, control, second, arm) < alpha).mean())
    shape = (plan.baseline / plan.deviation) ** 2
    draws = [
        chance.gamma(shape, plan.baseline / shape, (tests, units)) + shift
        for units, shift in ((control, 0.0), (arm, plan.effect))
    ]
    return float((stats.ttest_ind(*draws, axis=1, equal_var=False).pvalue < alpha).mean())


def power_gap(tests: int) -> float:
    """The largest distance of simulated from promised power, as a share."""
    return max(abs(simulated_power(plan, tests) - plan.power) for plan in PLANS)
