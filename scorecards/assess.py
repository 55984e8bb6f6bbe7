"""How good a card is: area under the curve, and what rate of outcomes its points stand for."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import brentq
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

DECILES = 10


def area_under_curve(outcomes: npt.ArrayLike, scores: npt.ArrayLike) -> float:
    """How often a row with the outcome scores above one without, ties counting half; NaN when all
    outcomes are the same.
    """
    answers = np.asarray(outcomes)
    return float(roc_auc_score(answers, scores)) if len(np.unique(answers)) == 2 else math.nan


@dataclass(frozen=True)
class Calibration:
    """Points as a rate: a logistic map that never falls (Platt 1999), and the table of tenths it is
    to be read with.
    """

    slope: float
    intercept: float

    def rate(self, points: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """The expected share of rows with the outcome."""
        log_odds = self.slope * np.asarray(points, dtype=float) + self.intercept
        result: npt.NDArray[np.float64] = 1.0 / (1.0 + np.exp(-log_odds))
        return result

    def table(self, outcomes: npt.ArrayLike, points: npt.ArrayLike) -> pd.DataFrame:
        """Tenths of the rows from the most points down: points from and to, rows, outcomes, rate
        seen, rate expected.

        Rows of the same points stay together, so there may be fewer than ten.
        """
        frame = pd.DataFrame({"points": np.asarray(points), "outcome": np.asarray(outcomes)})
        ranks = frame["points"].rank(method="min", pct=True)
        frame["tenth"] = np.minimum((ranks * DECILES).apply(math.ceil), DECILES)
        frame["expected"] = self.rate(frame["points"])
        groups = frame.groupby("tenth").agg(
            points_from=("points", "min"),
            points_to=("points", "max"),
            rows=("outcome", "size"),
            outcomes=("outcome", "sum"),
            rate=("outcome", "mean"),
            expected=("expected", "mean"),
        )
        return groups.iloc[::-1].reset_index(drop=True)


def calibrate(outcomes: npt.ArrayLike, points: npt.ArrayLike) -> Calibration:
    """The map from points to rates, from rows with both outcomes; flat where more points do not
    mean more outcomes.
    """
    answers, values = np.asarray(outcomes), np.asarray(points, dtype=float)
    scale = float(values.std()) or 1.0
    model = LogisticRegression(C=1e6, max_iter=1000).fit((values / scale)[:, None], answers)
    slope = float(model.coef_[0][0]) / scale
    if slope >= 0:
        return Calibration(slope, float(model.intercept_[0]))
    mean = float(answers.mean())
    return Calibration(0.0, math.log(mean / (1 - mean)))


def recalibrate(
    calibration: Calibration, outcomes: npt.ArrayLike, points: npt.ArrayLike
) -> Calibration:
    """The same map raised or lowered until it expects as many outcomes as these rows had: the level
    moves with time sooner than the order of people. Without rows, or with one outcome only, it
    stays.
    """
    answers, values = np.asarray(outcomes, dtype=float), np.asarray(points, dtype=float)
    if not len(answers) or answers.min() == answers.max():
        return calibration
    log_odds, wanted = calibration.slope * values + calibration.intercept, float(answers.mean())

    def missing(shift: float) -> float:
        return float((1 / (1 + np.exp(-np.clip(log_odds + shift, -500, 500)))).mean()) - wanted

    reach = float(np.abs(log_odds).max()) + 50
    return replace(calibration, intercept=calibration.intercept + brentq(missing, -reach, reach))
