"""The reference: BG/NBD by maximum likelihood, with scipy.

Fader, Hardie, Lee, "Counting your customers the easy way: an alternative to the Pareto/NBD model",
Marketing Science 24 (2005). ``x`` repeat purchases, ``t_x`` time of the last and ``T`` time now,
both since the first purchase.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln, hyp2f1

Numbers = NDArray[np.float64]
# a = 1 is a pole of equation (10): a start there would stay, where nobody comes back
STARTS = ([0, 0, -0.1, 0.1], [-1, 1, 0, 1], [-1, 2, -1, 0], [0.5, 1, -2, 2])


@dataclass(frozen=True)
class BgNbd:
    """The four parameters; the time unit is that of ``t_x`` and ``T``."""

    r: float
    alpha: float
    a: float
    b: float

    def log_likelihood(self, x: Numbers, t_x: Numbers, T: Numbers) -> Numbers:
        """Equation (6), of each customer."""
        terms = (
            gammaln(self.r + x)
            - gammaln(self.r)
            + self.r * np.log(self.alpha)
            - (self.r + x) * np.log(self.alpha + T)
        )
        terms += (
            gammaln(self.a + self.b)
            + gammaln(self.b + x)
            - gammaln(self.b)
            - gammaln(self.a + self.b + x)
        )
        return np.asarray(terms + np.logaddexp(0, self._log_odds_gone(x, t_x, T)))

    def p_alive(self, x: Numbers, t_x: Numbers, T: Numbers) -> Numbers:
        """The chance that a customer has not dropped out."""
        return np.asarray(1 / (1 + np.exp(self._log_odds_gone(x, t_x, T))))

    def expected_purchases(self, weeks: float, x: Numbers, t_x: Numbers, T: Numbers) -> Numbers:
        """Equation (10): purchases in (T, T + weeks] of a customer with that history."""
        ends = self.alpha + T + weeks
        series = hyp2f1(self.r + x, self.b + x, self.a + self.b + x - 1, weeks / ends)
        active = 1 - ((self.alpha + T) / ends) ** (self.r + x) * series
        return np.asarray(
            (self.a + self.b + x - 1) / (self.a - 1) * active * self.p_alive(x, t_x, T)
        )

    def _log_odds_gone(self, x: Numbers, t_x: Numbers, T: Numbers) -> Numbers:
        odds = np.log(self.a) - np.log(self.b + np.maximum(x, 1) - 1)
        odds = odds + (self.r + x) * np.log((self.alpha + T) / (self.alpha + t_x))
        return np.where(x > 0, odds, -np.inf)


def fit(x: Numbers, t_x: Numbers, T: Numbers) -> BgNbd:
    """The most likely parameters, the best of four starts."""

    def cost(logs: Numbers) -> float:
        return -float(BgNbd(*np.exp(logs)).log_likelihood(x, t_x, T).mean())

    found = [minimize(cost, start, method="L-BFGS-B", bounds=[(-9, 9)] * 4) for start in STARTS]
    return BgNbd(*(float(number) for number in np.exp(min(found, key=lambda end: end.fun).x)))
