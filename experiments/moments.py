"""What an arm is to the statistics: sums that add up over days, so that units need not be read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Self

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Moments:
    """Units of an arm, the mean of their outcome and its squared deviations from it, summed; the
    same of a value from before the assignment (``before``), and their products. Squares are about
    the mean, so that large values lose no digits.
    """

    units: int = 0
    mean: float = 0.0
    squares: float = 0.0
    before_mean: float = 0.0
    before_squares: float = 0.0
    products: float = 0.0

    @classmethod
    def of(cls, values: npt.ArrayLike, before: npt.ArrayLike | None = None) -> Self:
        """Of one outcome a unit (0 and 1 where it is a conversion), without missing ones."""
        outcomes = np.asarray(values, dtype=float)
        if not len(outcomes):
            return cls()
        earlier = np.zeros(len(outcomes)) if before is None else np.asarray(before, dtype=float)
        apart, apart_before = outcomes - outcomes.mean(), earlier - earlier.mean()
        return cls(
            len(outcomes),
            float(outcomes.mean()),
            float(apart @ apart),
            float(earlier.mean()),
            float(apart_before @ apart_before),
            float(apart @ apart_before),
        )

    @classmethod
    def counted(cls, successes: int, units: int) -> Self:
        """Of ``units`` people of whom ``successes`` did it."""
        rate = successes / units if units else 0.0
        return cls(units, rate, units * rate * (1 - rate))

    @property
    def successes(self) -> int:
        """How many did it, where the outcome is 0 or 1."""
        return round(self.mean * self.units)

    @property
    def failures(self) -> int:
        """How many did not."""
        return self.units - self.successes

    @property
    def variance(self) -> float:
        """The sample variance; 0 where there is none, of fewer than two units."""
        return max(self.squares, 0.0) / (self.units - 1) if self.units > 1 else 0.0

    def __add__(self, other: Moments) -> Moments:
        """Both together (Chan, Golub and LeVeque 1983)."""
        units = self.units + other.units
        if not units:
            return self
        share = other.units / units
        weight = self.units * share
        apart, apart_before = other.mean - self.mean, other.before_mean - self.before_mean
        return Moments(
            units,
            self.mean + apart * share,
            self.squares + other.squares + apart**2 * weight,
            self.before_mean + apart_before * share,
            self.before_squares + other.before_squares + apart_before**2 * weight,
            self.products + other.products + apart * apart_before * weight,
        )


def together(parts: list[Moments]) -> Moments:
    """All of them."""
    return reduce(Moments.__add__, parts, Moments())
