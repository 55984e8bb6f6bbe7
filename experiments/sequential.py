"""A test that holds however often one looks: an asymptotic confidence sequence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from sluice.experiments.comparing import Interval
from sluice.experiments.moments import Moments

FEWEST = 20  # units of each side before the first look: the sequence is asymptotic


@dataclass(frozen=True)
class SequentialState:
    """After the last look: the always-valid interval and p; ``crossed_at``: the number of the first
    look, from 1, at which p was at most alpha, None where none was. None for too few units.
    """

    interval: Interval | None = None
    p: float | None = None
    crossed_at: int | None = None
    looks: int = 0


def always_valid(
    looks: Iterable[tuple[Moments, Moments]],
    *,
    effect: float,
    is_rate: bool,
    alpha: float = 0.05,
) -> SequentialState:
    """The mixture sequential probability ratio test of the difference of means, over looks at
    (control, arm), each of all units until then, in the order of time.

    With d the difference, v its estimated variance and tau the ``effect`` that was planned, the
    ratio of a normal mixture N(0, tau^2) of effects to none is

        L = sqrt(v / (v + tau^2)) exp(d^2 tau^2 / (2 v (v + tau^2)))

    p is the lowest min(1, 1 / L) so far, and the interval is d -+ sqrt(v (v + tau^2) / tau^2
    (2 log(1 / alpha) + log((v + tau^2) / v))): true at all looks together with probability
    1 - alpha, as units grow. Source: Robbins (1970); Johari, Koomen, Pekelis and Walsh, Operations
    Research 70 (2022); with estimated variances Waudby-Smith et al., Annals of Statistics 52
    (2024). tau comes from the plan: chosen after a look it would hold no longer. Of rates, v takes
    one outcome and one more unit of each kind (Agresti and Caffo 2000), so that early looks
    without an outcome do not pass for certainty.
    """
    state, lowest = SequentialState(), 1.0
    for number, (control, arm) in enumerate(looks, start=1):
        crossed, p, interval = state.crossed_at, state.p, state.interval
        variance = _variance(control, arm, is_rate)
        if min(control.units, arm.units) >= FEWEST and variance > 0:
            difference = arm.mean - control.mean
            lowest = p = min(lowest, math.exp(-log_ratio(difference, variance, effect)))
            interval = around(difference, variance, effect, alpha)
            crossed = crossed or (number if p <= alpha else None)
        state = SequentialState(interval, p, crossed, number)
    return state


def log_ratio(difference: float, variance: float, effect: float) -> float:
    """log L of the docstring above."""
    both = variance + effect**2
    return 0.5 * math.log(variance / both) + (difference * effect) ** 2 / (2 * variance * both)


def around(difference: float, variance: float, effect: float, alpha: float) -> Interval:
    """The differences that L does not refuse at alpha."""
    both = variance + effect**2
    bound = 2 * math.log(1 / alpha) + math.log(both / variance)
    reach = math.sqrt(variance * both / effect**2 * bound)
    return difference - reach, difference + reach


def _variance(control: Moments, arm: Moments, is_rate: bool) -> float:
    if not control.units or not arm.units:
        return 0.0
    if not is_rate:
        return control.variance / control.units + arm.variance / arm.units
    return sum(_of_rate(side) / side.units for side in (control, arm))


def _of_rate(side: Moments) -> float:
    rate = (side.successes + 1) / (side.units + 2)
    return rate * (1 - rate)
