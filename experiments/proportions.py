"""Shares of people who did something: test, intervals, and the probability that one is better."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from sluice.experiments.comparing import Comparison, Interval, alone, sentence, without_units
from sluice.experiments.moments import Moments

FEW = 5  # an expected count below it is too few for the normal approximation (Cochran 1954)
FEW_FOR_WALD = 10  # successes or failures of an arm
NODES, WEIGHTS = np.polynomial.legendre.leggauss(512)
TAIL = 1e-15


def compare_proportions(control: Moments, arm: Moments, *, alpha: float = 0.05) -> Comparison:
    """The pooled two-proportion z test, Fisher's exact test where an expected count is below 5.

    The interval of the difference is Wald's, or Newcombe's (1998, method 10) where a side has under
    10 successes or failures; that of the relative lift is Katz's (1978), on the log of the ratio.
    """
    if (nothing := without_units(control, arm)) is not None:
        return nothing
    difference = arm.mean - control.mean
    relative, relative_interval = relative_lift(control, arm, alpha)
    z, p, test = _tested(control, arm)
    return Comparison(
        difference,
        _interval(control, arm, alpha),
        relative,
        relative_interval,
        z,
        p,
        probability_better(control, arm),
        test,
        sentence([_no_outcome(control, arm), _no_lift(control), _few(test), alone(control, arm)]),
    )


def _tested(control: Moments, arm: Moments) -> tuple[float | None, float | None, str | None]:
    units = control.units + arm.units
    done = control.successes + arm.successes
    if done in (0, units):
        return None, None, None
    rate = done / units
    error = math.sqrt(rate * (1 - rate) * (1 / control.units + 1 / arm.units))
    z = (arm.mean - control.mean) / error
    if min(control.units, arm.units) * min(done, units - done) / units < FEW:
        table = [[side.successes, side.failures] for side in (control, arm)]
        return z, float(stats.fisher_exact(table).pvalue), "fisher"
    return z, float(2 * stats.norm.sf(abs(z))), "z"


def _no_outcome(control: Moments, arm: Moments) -> str | None:
    done = control.successes + arm.successes
    if done == 0:
        return "no one has the outcome in either arm: there is no difference to test yet"
    if done == control.units + arm.units:
        return "everyone has the outcome in both arms: there is no difference to test"
    return None


def _no_lift(control: Moments) -> str | None:
    return None if control.successes else "the control has no outcome: no relative lift"


def _few(test: str | None) -> str | None:
    return "few outcomes: p is of Fisher's exact test" if test == "fisher" else None


def _interval(control: Moments, arm: Moments, alpha: float) -> Interval:
    if min(control.successes, control.failures, arm.successes, arm.failures) >= FEW_FOR_WALD:
        return wald(control, arm, alpha)
    return newcombe(control, arm, alpha)


def wald(control: Moments, arm: Moments, alpha: float) -> Interval:
    """The difference, give or take its unpooled standard error."""
    reach = float(stats.norm.isf(alpha / 2)) * math.sqrt(_error(control) + _error(arm))
    difference = arm.mean - control.mean
    return difference - reach, difference + reach


def _error(side: Moments) -> float:
    return side.mean * (1 - side.mean) / side.units


def newcombe(control: Moments, arm: Moments, alpha: float) -> Interval:
    """From Wilson's interval of each share: never empty, and never outside -1 to 1."""
    low, high = wilson(control, alpha)
    arm_low, arm_high = wilson(arm, alpha)
    difference = arm.mean - control.mean
    return (
        difference - math.hypot(arm.mean - arm_low, high - control.mean),
        difference + math.hypot(arm_high - arm.mean, control.mean - low),
    )


def wilson(side: Moments, alpha: float) -> Interval:
    """Wilson's score interval (1927) of one share."""
    z = float(stats.norm.isf(alpha / 2))
    units, rate = side.units, side.mean
    middle = (rate + z**2 / (2 * units)) / (1 + z**2 / units)
    reach = z * math.sqrt(rate * (1 - rate) / units + z**2 / (4 * units**2)) / (1 + z**2 / units)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def relative_lift(
    control: Moments, arm: Moments, alpha: float
) -> tuple[float | None, Interval | None]:
    """The difference as a share of the control's rate; its interval only where both have some.
    Where everyone of an arm has it, the logarithm has no variance to go by: the interval is MOVER-R
    of Wilson's (Donner and Zou 2012, Statistical Methods in Medical Research 21, equation 9).
    """
    if not control.successes:
        return None, None
    lift = arm.mean / control.mean - 1
    if not arm.successes:
        return lift, None
    if not (arm.failures and control.failures):
        low, high = ratio_by_wilson(control, arm, alpha)
        return lift, (low - 1, high - 1)
    error = math.sqrt((1 - arm.mean) / arm.successes + (1 - control.mean) / control.successes)
    reach = math.exp(float(stats.norm.isf(alpha / 2)) * error)
    return lift, ((1 + lift) / reach - 1, (1 + lift) * reach - 1)


def ratio_by_wilson(control: Moments, arm: Moments, alpha: float) -> Interval:
    """The arm's rate over the control's, from the interval of each."""
    low, high = wilson(control, alpha)
    arm_low, arm_high = wilson(arm, alpha)
    middle = control.mean * arm.mean

    above, below = arm_low * (2 * arm.mean - arm_low), high * (2 * control.mean - high)
    lower = above / (middle + math.sqrt(max(0.0, middle**2 - above * below)))
    above, below = arm_high * (2 * arm.mean - arm_high), low * (2 * control.mean - low)
    upper = (middle + math.sqrt(max(0.0, middle**2 - above * below))) / below
    return lower, upper


def probability_better(control: Moments, arm: Moments) -> float:
    """That the arm's true rate is above the control's, under uniform priors.

    The posteriors are Beta(1 + successes, 1 + failures). The integral of the arm's density times
    the control's distribution function is taken by Gauss-Legendre where neither is flat, so the
    result has no chance in it and more than ten digits.
    """
    other = stats.beta(1 + control.successes, 1 + control.failures)
    own = stats.beta(1 + arm.successes, 1 + arm.failures)
    low = max(other.ppf(TAIL), own.ppf(TAIL))
    high = min(other.isf(TAIL), own.isf(TAIL))
    if low >= high:
        return float(arm.mean > control.mean)
    half = (high - low) / 2
    points = low + half * (NODES + 1)
    inside = half * float(WEIGHTS @ (own.pdf(points) * other.cdf(points)))
    return min(1.0, float(inside + own.sf(high)))
