"""Integer points of the levels of some attributes: from log odds, as coarse and as few as costs
next to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sluice.scorecards.assess import area_under_curve
from sluice.scorecards.attributes import UNSEEN, Attribute, Codes, Floats
from sluice.scorecards.config import CardConfig
from sluice.scorecards.regression import find_penalty, level_weights

FINEST = 64  # times the coarsest points
Cut = tuple[Attribute, Codes]


@dataclass(frozen=True)
class Points:
    """Attributes with the level of each training row, the points of their levels, and the area
    under the curve.
    """

    cut: list[Cut]
    points: list[Floats]
    factor: float
    area: float

    @property
    def totals(self) -> Floats:
        """The points of each training row, without a base."""
        return _totals(self.points, [code for _, code in self.cut])


def fit_points(
    cut: list[Cut], outcomes: Codes, config: CardConfig, ranks: Codes | None = None
) -> Points:
    """Points of all attributes, or of those that move most, where leaving out the others costs next
    to nothing.
    """
    shape = find_penalty(*_sides(cut), outcomes, config, ranks)
    everything = _fit(cut, outcomes, config, shape)
    for least in range(config.least_points, 1, -1):
        strong = [
            pair
            for pair, values in zip(cut, everything.points, strict=True)
            if np.ptp(values) >= least
        ]
        if strong and len(strong) < len(cut):
            fewer = _fit(strong, outcomes, config, shape)
            if fewer.area >= everything.area - config.pruning_loss:
                return fewer
    return everything


def _fit(cut: list[Cut], outcomes: Codes, config: CardConfig, shape: tuple[float, float]) -> Points:
    codes = [code for _, code in cut]
    points, factor = _rounded(_log_odds(cut, outcomes, config, shape), codes, outcomes, config)
    return Points(cut, points, factor, area_under_curve(outcomes, _totals(points, codes)))


def _sides(cut: list[Cut]) -> tuple[list[Attribute], list[Codes]]:
    return [attribute for attribute, _ in cut], [code for _, code in cut]


def _log_odds(
    cut: list[Cut], outcomes: Codes, config: CardConfig, shape: tuple[float, float]
) -> list[Floats]:
    """The log odds of each level of each attribute, shifted so that one place of it is 0."""
    weights, neutral = level_weights(*_sides(cut), outcomes, *shape)
    return [
        weight - _zero(attribute, code, weight, mean, config)
        for (attribute, code), weight, mean in zip(cut, weights, neutral, strict=True)
    ]


def _zero(
    attribute: Attribute, codes: Codes, weights: Floats, neutral: float, config: CardConfig
) -> float:
    """The log odds that become 0 points: of the asked value, of hidden rows where there are some,
    else of the commonest level.
    """
    if attribute.name in config.baselines:
        asked = attribute.codes(pd.Series([config.baselines[attribute.name]], dtype=float))[0]
        return float(weights[asked])
    if (codes == UNSEEN).any():
        return neutral
    return float(weights[np.bincount(codes).argmax()])


def _rounded(
    log_odds: list[Floats], codes: list[Codes], outcomes: Codes, config: CardConfig
) -> tuple[list[Floats], float]:
    """points = round(factor * log odds), factor = points to double the odds / ln 2 (Siddiqi 2006,
    Credit Risk Scorecards, ch. 6).

    The factor is the coarsest, by doubling, at which rounding costs next to nothing.
    """
    exact = _totals(log_odds, codes)
    span = float(exact.max() - exact.min())
    if span < 1e-9:
        return [np.zeros(len(values)) for values in log_odds], 0.0
    wanted = area_under_curve(outcomes, exact) - config.rounding_loss
    times = 1
    while True:
        factor = times * config.span / span
        points = [np.round(factor * values) for values in log_odds]
        if times >= FINEST or area_under_curve(outcomes, _totals(points, codes)) >= wanted:
            return points, factor
        times *= 2


def _totals(values: list[Floats], codes: list[Codes]) -> Floats:
    padded = [
        np.append(value, 0.0)[code] for value, code in zip(values, codes, strict=True)
    ]  # the last one is that of UNSEEN
    total: Floats = np.sum(padded, axis=0)
    return total
