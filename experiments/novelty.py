"""Whether an effect fades: what is new is looked at because it is new."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

from sluice.experiments.moments import Moments, together

ALARM = 0.05


@dataclass(frozen=True)
class Novelty:
    """The differences by period of assignment, the oldest first (None where a side has no unit),
    and the p of the first half of the periods having the effect of the second.
    """

    differences: tuple[float | None, ...]
    p: float | None
    is_fading: bool


def novelty(periods: Sequence[tuple[Moments, Moments]]) -> Novelty:
    """Compare the effect, (control, arm) a period, of the first half of the periods with that of
    the rest. ``is_fading``: they differ (two-sided z test at 5 %), and the later is nearer to 0.
    """
    differences = tuple(
        arm.mean - control.mean if control.units and arm.units else None for control, arm in periods
    )
    middle = len(periods) // 2
    first, rest = _effect(periods[:middle]), _effect(periods[middle:])
    if first is None or rest is None:
        return Novelty(differences, None, False)
    early, error = first
    late, other = rest
    if not error + other:
        return Novelty(differences, None, False)
    p = float(2 * stats.norm.sf(abs(early - late) / math.sqrt(error + other)))
    return Novelty(differences, p, p < ALARM and abs(late) < abs(early))


def _effect(periods: Sequence[tuple[Moments, Moments]]) -> tuple[float, float] | None:
    """The difference over these periods and its variance; None where it cannot be estimated."""
    control = together([one for one, _ in periods])
    arm = together([one for _, one in periods])
    if min(control.units, arm.units) < 2:
        return None
    error = control.variance / control.units + arm.variance / arm.units
    return arm.mean - control.mean, error
