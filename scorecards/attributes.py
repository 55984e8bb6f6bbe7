"""An attribute cut into levels, and the columns a regression sees of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from sluice.scorecards.config import CardConfig
from sluice.scorecards.levels import Between, Level, Missing, NoneOf, OneOf, Value, cut_between

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
UNSEEN = -1  # the code of a row that fits no level, or of which nothing may be learnt


@dataclass(frozen=True)
class Attribute:
    """A column and its levels, disjoint; ``places`` are where its numeric levels stand on a line,
    standardised. ``trained``: the lowest and the highest number learnt from.
    """

    name: str
    levels: tuple[Level, ...]
    places: Floats | None
    trained: tuple[float, float] | None = None

    def codes(self, values: pd.Series) -> Codes:
        """The number of each row's level."""
        found = np.full(len(values), UNSEEN, dtype=np.int64)
        for number, level in enumerate(self.levels):
            found[level.mask(values)] = number
        return found

    def basis(self, jump: float) -> Floats:
        """One row a level. A category is one column; numeric levels are a straight line plus a step
        of size ``jump`` at each cut.

        A ridge penalty on steps makes neighbours alike (Gertheiss and Tutz 2009, Penalized
        regression with ordinal predictors).
        """
        if self.places is None:
            return np.eye(len(self.levels))
        count = len(self.places)
        steps = jump * np.tril(np.ones((count, count)))[:, 1:]
        numeric = np.hstack([self.places[:, None], steps])
        if count == len(self.levels):
            return numeric
        basis = np.zeros((count + 1, numeric.shape[1] + 1))
        basis[:count, :-1], basis[count, -1] = numeric, 1.0
        return basis


def cut_attribute(name: str, values: pd.Series, config: CardConfig) -> Attribute | None:
    """The levels of a column of ``tidy``, from training rows; None when there is nothing to tell
    apart.
    """
    is_number = types.is_float_dtype(values)
    levels: list[Level] = list(
        _ranges(values.dropna().to_numpy(), config) if is_number else _values(values, config)
    )
    count = len(levels)
    if values.isna().any():
        levels.append(Missing())
    if len(levels) < 2:
        return None
    if not is_number:
        return Attribute(name, tuple(levels), None)
    known = values.dropna()
    trained = (float(known.min()), float(known.max())) if len(known) else None
    return Attribute(name, tuple(levels), _places(levels[:count], values), trained)


def _ranges(numbers: Floats, config: CardConfig) -> list[Between]:
    cuts = _cuts(np.sort(numbers), config)
    bounds: Sequence[float | None] = [None, *cuts, None]
    return [Between(low, high) for low, high in pairwise(bounds)]


def _cuts(numbers: Floats, config: CardConfig) -> list[float]:
    """Where to cut sorted numbers: at quantiles, between two values that occur, with enough rows on
    each side of a cut.
    """
    if not len(numbers):
        return []
    cuts: list[float] = []
    start = 0
    for low in np.unique(np.quantile(numbers, config.quantiles(), method="inverted_cdf")):
        end = int(np.searchsorted(numbers, low, side="right"))
        if end - start < config.min_rows or len(numbers) - end < config.min_rows:
            continue
        cut = cut_between(float(low), float(numbers[end]))
        if cut is not None:
            cuts.append(cut)
            start = end
    return cuts


def _places(levels: Sequence[Level], values: pd.Series) -> Floats:
    """The median of each level, standardised over the rows."""
    masks = [level.mask(values) for level in levels]
    medians = np.array(
        [np.median(values.to_numpy()[mask]) if mask.any() else 0.0 for mask in masks]
    )
    rows = np.array([mask.sum() for mask in masks], dtype=float)
    mean = np.average(medians, weights=rows) if rows.sum() else 0.0
    spread = np.sqrt(np.average((medians - mean) ** 2, weights=rows)) if rows.sum() else 0.0
    return (medians - mean) / spread if spread > 0 else np.zeros(len(medians))


def _values(values: pd.Series, config: CardConfig) -> list[Level]:
    """A level for each frequent value, one for all the rest."""
    counts = values.dropna().value_counts()
    frequent: list[Value] = sorted(counts.index[counts >= config.min_rows], key=str)
    levels: list[Level] = [OneOf((value,)) for value in frequent]
    return [*levels, NoneOf(tuple(frequent))] if len(frequent) < len(counts) else levels
