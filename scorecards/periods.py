"""Rows in the order of their times: an early and a late part, periods, and folds that only look
back.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sluice.scorecards.attributes import Codes

EARLY = 0.7  # share of the rows that a measurement in time order is fitted with


def ranks_of(times: npt.ArrayLike | pd.Series) -> Codes | None:
    """The place of each row's time among the different times, 0 the earliest; None when all are the
    same. A row without a time counts as the earliest.
    """
    codes, found = pd.factorize(pd.Series(times).reset_index(drop=True), sort=True)
    ranks: Codes = np.where(codes < 0, 0, codes).astype(np.int64)
    return ranks if len(found) > 1 and len(np.unique(ranks)) > 1 else None


def is_early(ranks: Codes, share: float = EARLY) -> npt.NDArray[np.bool_]:
    """The earliest ``share`` of the rows; rows of one time stay together, and neither part is
    empty.
    """
    end = np.sort(ranks)[min(round(len(ranks) * share), len(ranks) - 1)]
    early: npt.NDArray[np.bool_] = ranks < max(end, ranks.min() + 1)
    return early


def periods(ranks: Codes, count: int) -> Codes:
    """The number of each row's period: ``count`` of about as many rows, rows of one time
    together.
    """
    starts = np.searchsorted(np.sort(ranks), ranks, side="left")
    result: Codes = np.minimum(starts * count // len(ranks), count - 1)
    return result


def forward_folds(ranks: Codes, outcomes: Codes, count: int) -> list[tuple[Codes, Codes]]:
    """Rows to fit with and later rows to measure on: each fold knows all periods before its own
    (Hyndman and Athanasopoulos, Forecasting, ch. 5.10). A fold with one outcome only is left out.
    """
    number = periods(ranks, count + 1)
    folds = [
        (np.flatnonzero(number < fold), np.flatnonzero(number == fold))
        for fold in range(1, count + 1)
    ]
    return [fold for fold in folds if all(len(np.unique(outcomes[rows])) == 2 for rows in fold)]
