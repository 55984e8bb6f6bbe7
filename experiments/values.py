"""Values such as revenue per person: Welch's t test, and the adjustment by an earlier value."""

from __future__ import annotations

import math
from dataclasses import replace

from scipy import stats

from sluice.experiments.comparing import Comparison, Interval, alone, sentence, without_units
from sluice.experiments.moments import Moments


def compare_values(control: Moments, arm: Moments, *, alpha: float = 0.05) -> Comparison:
    """Welch's t test of two means (1947), whatever their variances.

    ``probability_better`` is that of the t distribution of the difference, which is the posterior
    under flat priors. The interval of the relative lift is by the delta method.
    """
    if (nothing := without_units(control, arm)) is not None:
        return nothing
    difference = arm.mean - control.mean
    relative = difference / control.mean if control.mean > 0 else None
    no_lift = None if control.mean > 0 else "the control's mean is not above 0: no relative lift"
    if (why := untestable(control, arm)) is not None:
        return Comparison(difference, relative=relative, notes=sentence([why, no_lift]))
    error, freedom = welch(control, arm)
    t = difference / error
    reach = float(stats.t.isf(alpha / 2, freedom)) * error
    return Comparison(
        difference,
        (difference - reach, difference + reach),
        relative,
        _relative_interval(control, arm, reach / error),
        t,
        float(2 * stats.t.sf(abs(t), freedom)),
        float(stats.t.cdf(t, freedom)),
        "welch",
        sentence([no_lift]),
    )


def untestable(control: Moments, arm: Moments) -> str | None:
    """Why two means cannot be tested, in words; None where they can."""
    if (one := alone(control, arm)) is not None:
        return one
    if not control.variance and not arm.variance:
        return "all values of each arm are the same: there is no variance to test with"
    return None


def welch(control: Moments, arm: Moments) -> tuple[float, float]:
    """The standard error of the difference, and its degrees of freedom (Satterthwaite 1946)."""
    own, other = arm.variance / arm.units, control.variance / control.units
    freedom = (own + other) ** 2 / (own**2 / (arm.units - 1) + other**2 / (control.units - 1))
    return math.sqrt(own + other), freedom


def _relative_interval(control: Moments, arm: Moments, quantile: float) -> Interval | None:
    if control.mean <= 0:
        return None
    ratio = arm.mean / control.mean
    own, other = arm.variance / arm.units, control.variance / control.units
    reach = quantile * math.sqrt(own + ratio**2 * other) / control.mean
    return ratio - 1 - reach, ratio - 1 + reach


def adjusted_by_before(arms: list[Moments]) -> tuple[list[Moments], float]:
    """The arms with what the earlier value explains taken out (CUPED: Deng, Xu, Kohavi and Walker,
    WSDM 2013), and the share of variance that went with it; 0 where the earlier value says nothing.

    theta = cov(outcome, before) / var(before), over all arms, within them; each mean becomes
    mean - theta (before mean - before mean of all).
    """
    before = sum(arm.before_squares for arm in arms)
    total = sum(arm.squares for arm in arms)
    if before <= 0 or total <= 0:
        return arms, 0.0
    theta = sum(arm.products for arm in arms) / before
    units = sum(arm.units for arm in arms)
    middle = sum(arm.units * arm.before_mean for arm in arms) / units
    found = [_adjusted(arm, theta, middle) for arm in arms]
    return found, 1 - sum(arm.squares for arm in found) / total


def _adjusted(arm: Moments, theta: float, middle: float) -> Moments:
    if not arm.units:
        return arm
    squares = arm.squares - 2 * theta * arm.products + theta**2 * arm.before_squares
    return replace(
        arm,
        mean=arm.mean - theta * (arm.before_mean - middle),
        squares=max(squares, 0.0),
    )
