"""Whether what a card learns from holds over time: shift of the distribution, sign of the effect by
period, and columns that tell the day rather than the person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from sluice.scorecards.attributes import Codes, Floats, cut_attribute
from sluice.scorecards.columns import tidy
from sluice.scorecards.config import CardConfig
from sluice.scorecards.periods import is_early, periods, ranks_of

PERIODS = 4
CALENDAR = 0.8  # of the variation that goes away between neighbours in time: a column of the day
SHIFTED = 0.25  # PSI from which a distribution counts as another (Siddiqi 2006, ch. 8)
CLEAR = 2.0  # standard errors from which an effect has a sign


@dataclass(frozen=True)
class Stability:
    """Of one column: PSI from the early to the late rows, the share of late rows outside the range
    of the early ones, the sign of the effect in each period (+, -, 0 for not clear), and the share
    of its variation that is the time's.
    """

    name: str
    psi: float
    outside: float
    signs: str
    calendar: float

    @property
    def is_calendar(self) -> bool:
        """Whether it is nearly the same for all people of a time."""
        return self.calendar >= CALENDAR

    @property
    def is_stable(self) -> bool:
        """Neither shifted nor of both signs."""
        return self.psi < SHIFTED and not {"+", "-"} <= set(self.signs)


def stability(
    frame: pd.DataFrame, outcomes: Codes, times: npt.ArrayLike, config: CardConfig | None = None
) -> list[Stability]:
    """Every usable column, the least stable first; nothing where all rows are of one time."""
    table, ranks = tidy(frame)[0], ranks_of(times)
    if ranks is None:
        return []
    found = [
        _column(table[name].reset_index(drop=True), outcomes, ranks, config or CardConfig())
        for name in table.columns
    ]
    return sorted(found, key=lambda column: (-column.psi, column.name))


def calendar_columns(table: pd.DataFrame, ranks: Codes, insist: frozenset[str]) -> dict[str, str]:
    """The columns of ``tidy`` that tell the day, with why they are left out; those insisted on
    stay.
    """
    shares = {
        name: calendar_share(table[name], ranks) for name in table.columns if name not in insist
    }
    return {
        name: f"tells the day, not the person: {share:.0%} of its variation is that of the time"
        for name, share in shares.items()
        if share >= CALENDAR
    }


def calendar_share(values: pd.Series, ranks: Codes) -> float:
    """1 less the difference of neighbours in time over that of any two rows (von Neumann 1941, on
    ranks); 0 for a column of people, 1 for one that is the same for all people of a day. Rows of
    one time are taken in a random order.
    """
    order = np.lexsort((np.random.default_rng(0).permutation(len(ranks)), ranks))
    if types.is_float_dtype(values):
        places = values.rank().fillna(0).to_numpy()[order]
        among, beside = _mean_difference(places), float(np.abs(np.diff(places)).mean())
    else:
        codes = pd.factorize(values)[0][order]
        shares = np.unique(codes, return_counts=True)[1] / len(codes)
        among, beside = 1 - float((shares**2).sum()), float((np.diff(codes) != 0).mean())
    return 1 - beside / among if among > 0 else 0.0


def _mean_difference(numbers: Floats) -> float:
    """The mean absolute difference of two rows (Gini)."""
    count = len(numbers)
    weights = 2 * np.arange(1, count + 1) - count - 1
    return float(2 * (weights * np.sort(numbers)).sum() / (count * (count - 1)))


def _column(values: pd.Series, outcomes: Codes, ranks: Codes, config: CardConfig) -> Stability:
    early = is_early(ranks)
    attribute = cut_attribute(str(values.name), values[early], config)
    if attribute is None:
        psi = 0.0
    else:
        codes = attribute.codes(values) + 1
        psi = population_stability(codes[early], codes[~early], len(attribute.levels) + 1)
    return Stability(
        str(values.name),
        psi,
        _outside(values, early),
        _signs(values, outcomes, periods(ranks, PERIODS)),
        calendar_share(values, ranks),
    )


def population_stability(early: Codes, late: Codes, count: int) -> float:
    """PSI of two samples of numbers below ``count``: the sum of (p - q) ln(p / q), each level half
    a row more.
    """
    p, q = (
        (np.bincount(codes, minlength=count) + 0.5) / (len(codes) + count / 2)
        for codes in (early, late)
    )
    return float(((q - p) * np.log(q / p)).sum())


def _outside(values: pd.Series, early: npt.NDArray[np.bool_]) -> float:
    """The share of the late rows beyond the early range, or of a value never seen early."""
    known, late = values[early].dropna(), values[~early].dropna()
    if not len(known) or not len(late):
        return 0.0
    if types.is_float_dtype(values):
        return float((~late.between(known.min(), known.max())).mean())
    return float((~late.isin(set(known))).mean())


def _signs(values: pd.Series, outcomes: Codes, number: Codes) -> str:
    """The sign of the correlation with the outcome in each period; a category counts as its overall
    rate of outcomes.
    """
    answers = pd.Series(np.asarray(outcomes, dtype=float))
    numbers = values if types.is_float_dtype(values) else answers.groupby(values).transform("mean")
    places = numbers.rank()
    signs = []
    for period in range(PERIODS):
        rows = (number == period) & places.notna().to_numpy()
        x, y = places[rows], answers[rows]
        flat = len(x) < 3 or x.std() == 0 or y.std() == 0
        z = 0.0 if flat else float(np.corrcoef(x, y)[0, 1]) * np.sqrt(len(x))
        signs.append("0" if abs(z) < CLEAR else "+" if z > 0 else "-")
    return "".join(signs)
