"""An arm against the control: what a comparison gives, whichever outcome it is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sluice.experiments.moments import Moments

Interval = tuple[float, float]
EMPTY = "{} no units yet: there is nothing to compare"


@dataclass(frozen=True)
class Comparison:
    """The arm minus the control. What cannot be said is None, and ``notes`` says why.

    ``difference`` is in the outcome's unit (a share, or money per unit), ``relative`` its share of
    the control's mean. ``probability_better``: that the arm's true mean is above the control's.
    ``test``: ``z``, ``fisher`` or ``welch``.
    """

    difference: float | None = None
    interval: Interval | None = None
    relative: float | None = None
    relative_interval: Interval | None = None
    statistic: float | None = None
    p: float | None = None
    probability_better: float | None = None
    test: str | None = None
    notes: tuple[str, ...] = ()


def without_units(control: Moments, arm: Moments) -> Comparison | None:
    """The comparison where a side has no unit; None where both have some."""
    sides = ("the control", control), ("the arm", arm)
    empty = [name for name, side in sides if not side.units]
    if not empty:
        return None
    words = f"{' and '.join(empty)} {'has' if len(empty) == 1 else 'have'}"
    return Comparison(notes=(EMPTY.format(words),))


def alone(control: Moments, arm: Moments) -> str | None:
    """That a side is one unit, in words; None where both are more."""
    if min(control.units, arm.units) > 1:
        return None
    side = "the control" if control.units < 2 else "the arm"
    return f"{side} has one unit only: nothing follows from it"


def sentence(parts: Sequence[str | None]) -> tuple[str, ...]:
    """The notes that there are."""
    return tuple(part for part in parts if part)
