"""How many units an experiment needs before it starts, and what it can find with those it gets."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats
from scipy.optimize import brentq

from sluice.experiments.sequential import around

MOST = 10**10  # units of an arm
MANY, FAR = 1e4, 5.0  # degrees of freedom, standard errors


class Unreachable(ValueError):
    """No number of units shows such an effect; ``str`` says why and what to change."""


@dataclass(frozen=True)
class Plan:
    """What is to be found, and how surely: ``baseline`` is the control's expected rate or mean,
    ``effect`` the smallest difference worth finding, in the same unit; ``deviation`` the standard
    deviation of a value, None for a rate. ``ratio``: units of an arm for each of the control.
    ``comparisons``: arms besides the control; alpha is shared among them (Bonferroni, which is
    Holm's first step).
    """

    baseline: float
    effect: float
    deviation: float | None = None
    alpha: float = 0.05
    power: float = 0.8
    ratio: float = 1.0
    comparisons: int = 1
    is_sequential: bool = False

    def __post_init__(self) -> None:
        if self.effect == 0:
            raise Unreachable("an effect of 0 cannot be found: give the smallest that matters")
        if self.deviation is None and not 0 < self.baseline < 1:
            raise Unreachable("the control's rate must be above 0 and below 1")
        if self.deviation is None and not 0 <= self.baseline + self.effect <= 1:
            raise Unreachable(
                f"a rate of {self.baseline:.4g} and an effect of {self.effect:+.4g} give no rate"
                " between 0 and 1: give a smaller effect"
            )
        if self.deviation is not None and self.deviation <= 0:
            raise Unreachable("a standard deviation must be above 0")


def plan_size(plan: Plan) -> tuple[int, int]:
    """The units of the control and of an arm that find the effect with the power."""
    if power_of(plan, MOST) < plan.power:
        raise Unreachable("the effect is too small for any number of people")
    low = 2.0
    if power_of(plan, low) >= plan.power:
        return 2, max(2, math.ceil(2 * plan.ratio))
    units = brentq(lambda n: power_of(plan, n) - plan.power, low, MOST, xtol=1e-6)
    control = math.ceil(round(units, 6))
    return control, math.ceil(round(units * plan.ratio, 6))


def power_of(plan: Plan, units: float) -> float:
    """The chance that the test finds the effect with so many units of the control.

    Of rates: the pooled z test, normal approximation with the variance of each hypothesis (Fleiss,
    Levin and Paik 2003, 4.14). Of values: the t test of equal variances, noncentral t. Of a
    sequential test: the chance to find it at the last look, which the looks before only raise.
    """
    alpha = plan.alpha / plan.comparisons
    if plan.is_sequential:
        return _of_sequence(plan, units, alpha)
    if plan.deviation is None:
        return _of_rates(plan, units, alpha)
    return _of_values(plan.effect / plan.deviation, units, units * plan.ratio, alpha)


def _of_rates(plan: Plan, units: float, alpha: float) -> float:
    first, second = plan.baseline, plan.baseline + plan.effect
    arm = units * plan.ratio
    pooled = (first * units + second * arm) / (units + arm)
    null = math.sqrt(pooled * (1 - pooled) * (1 / units + 1 / arm))
    real = math.sqrt(first * (1 - first) / units + second * (1 - second) / arm)
    reach = float(stats.norm.isf(alpha / 2)) * null
    upper = stats.norm.sf((reach - plan.effect) / real)
    return float(upper + stats.norm.cdf((-reach - plan.effect) / real))


def _of_sequence(plan: Plan, units: float, alpha: float) -> float:
    first, second = plan.baseline, plan.baseline + plan.effect
    if plan.deviation is None:
        spread = first * (1 - first), second * (1 - second)
    else:
        spread = plan.deviation**2, plan.deviation**2
    variance = spread[0] / units + spread[1] / (units * plan.ratio)
    _, reach = around(0.0, variance, plan.effect, alpha)
    error, effect = math.sqrt(variance), abs(plan.effect)
    return float(
        stats.norm.sf((reach - effect) / error) + stats.norm.cdf((-reach - effect) / error)
    )


def _of_values(size: float, control: float, arm: float, alpha: float) -> float:
    freedom = control + arm - 2
    shift = abs(size) * math.sqrt(control * arm / (control + arm))
    reach = float(stats.t.isf(alpha / 2, freedom))
    if freedom > MANY or shift > reach + FAR:  # normal to four digits, and not a number in nct
        return float(stats.norm.sf(reach - shift) + stats.norm.cdf(-reach - shift))
    lower = stats.nct.cdf(-reach, freedom, shift) if shift < FAR else 0.0  # below 1e-9 there
    return float(stats.nct.sf(reach, freedom, shift) + lower)


def minimum_effect(
    units: float,
    baseline: float,
    *,
    deviation: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
    comparisons: int = 1,
    is_sequential: bool = False,
) -> float | None:
    """The smallest increase that so many units of the control find with the power; None where they
    find none, however large.
    """
    most = (1 - baseline) * (1 - 1e-9) if deviation is None else deviation * 1e6
    least = most * 1e-9 if deviation is None else deviation * 1e-9

    def lacking(effect: float) -> float:
        plan = Plan(baseline, effect, deviation, alpha, power, ratio, comparisons, is_sequential)
        return power_of(plan, units) - power

    if units < 2 or lacking(most) < 0:
        return None
    return float(brentq(lacking, least, most, xtol=least * 1e-3))
