"""A card: base points and rules of points. The same total in Python and in SQL."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
import numpy.typing as npt
import pandas as pd

from sluice.scorecards.levels import Level, number_text, quoted


class OutsideTrainedRange(UserWarning):
    """Rows were scored of which the card knows no neighbours."""


@dataclass(frozen=True)
class Rule:
    """Points for rows of which an attribute has a level."""

    attribute: str
    level: Level
    points: int

    @property
    def condition(self) -> str:
        """In SQL, over a table that has the attribute as a column."""
        return self.level.sql(quoted(self.attribute))

    @property
    def reason(self) -> str:
        """In words."""
        return f"{self.attribute} {self.level.words()}"


@dataclass(frozen=True)
class Card:
    """Points = ``base`` + those of all rules that hold; rules of one attribute are disjoint and
    stand together.

    ``factor`` is points per unit of log odds: points that double the odds are factor * ln 2.
    ``dropped``: columns, why not used. ``trained``: of a number, the lowest and the highest learnt
    from; beyond them the points of the nearest inner bin hold.
    """

    base: int
    rules: tuple[Rule, ...]
    factor: float
    dropped: dict[str, str] = field(default_factory=dict)
    trained: dict[str, tuple[float, float]] = field(default_factory=dict)


def score(card: Card, frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Points of each row of a table that ``tidy`` made. Warns of rows outside the trained range."""
    for name, count in outside(card, frame).items():
        low, high = (number_text(bound) for bound in card.trained[name])
        warnings.warn(
            f"{count:,} of {len(frame):,} rows have a {name} outside {low} to {high}, what the card"
            " was fitted on: they get the points of the nearest inner bin; fit the card again",
            OutsideTrainedRange,
            stacklevel=2,
        )
    totals = np.full(len(frame), card.base, dtype=np.int64)
    for rule in card.rules:
        totals[rule.level.mask(frame[rule.attribute])] += rule.points
    return totals


def outside(card: Card, frame: pd.DataFrame) -> dict[str, int]:
    """How many rows have a number outside the trained range, by attribute of the rules; those of
    none are left out.
    """
    used = {rule.attribute for rule in card.rules}
    counts = {
        name: int(((frame[name] < low) | (frame[name] > high)).sum())
        for name, (low, high) in card.trained.items()
        if name in used
    }
    return {name: count for name, count in counts.items() if count}


def card_sql(card: Card, table: str, keep: Sequence[str] = ()) -> str:
    """A select of ``points``, and of the columns to keep, from a table or relation written as in
    SQL.

    Standard SQL: one sum of case expressions. A missing number is null there, not NaN.
    """
    parts = [str(card.base)]
    for _, rules in groupby(card.rules, key=lambda rule: rule.attribute):
        cases = " ".join(f"when {rule.condition} then {rule.points}" for rule in rules)
        parts.append(f"case {cases} else 0 end")
    columns = "".join(f"{quoted(name)}, " for name in keep)
    return f"select {columns}" + "\n  + ".join(parts) + f" as points\nfrom {table}"
