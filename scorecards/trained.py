"""What a card was fitted on, as data to keep with it: how many rows had which level of each input,
and of the total. Later rows are compared with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sluice.scorecards.attributes import Attribute, cut_attribute
from sluice.scorecards.card import Card
from sluice.scorecards.columns import tidy
from sluice.scorecards.config import CardConfig
from sluice.scorecards.levels import Level, Mask

TOTAL = "total"
TENTHS = CardConfig(bins=10, has_tails=False)


@dataclass(frozen=True)
class TrainedInput:
    """The rows of each level of an input, disjoint; ``others`` fit none. ``low`` and ``high`` are
    the least and the greatest number, None of what is no number. ``is_known_only``: rows without a
    value say nothing, here and later.
    """

    name: str
    levels: tuple[Level, ...]
    rows: tuple[int, ...]
    others: int
    low: float | None
    high: float | None
    is_known_only: bool


def trained_inputs(
    card: Card, frame: pd.DataFrame, config: CardConfig, hidden: Mapping[str, Mask] | None = None
) -> list[TrainedInput]:
    """The inputs that the rules of a card ask, over the rows it was fitted on."""
    table, masks = tidy(frame)[0], hidden or {}
    used = list(dict.fromkeys(rule.attribute for rule in card.rules))
    found = []
    for name in used:
        is_hidden = masks.get(name, np.zeros(len(table), dtype=bool))
        values = table[name][~is_hidden]
        attribute = cut_attribute(name, values, config)
        if attribute is not None:
            found.append(_counted(attribute, values, bool(is_hidden.any())))
    return found


def trained_total(totals: npt.ArrayLike) -> TrainedInput | None:
    """The total of the rows, in tenths; None where all are the same."""
    values = pd.Series(np.asarray(totals, dtype=float))
    attribute = cut_attribute(TOTAL, values, TENTHS)
    return None if attribute is None else _counted(attribute, values, False)


def _counted(attribute: Attribute, values: pd.Series, is_known_only: bool) -> TrainedInput:
    kept = values.dropna() if is_known_only else values
    codes = attribute.codes(kept)
    low, high = attribute.trained or (None, None)
    rows = tuple(int((codes == number).sum()) for number in range(len(attribute.levels)))
    others = len(codes) - sum(rows)
    return TrainedInput(attribute.name, attribute.levels, rows, others, low, high, is_known_only)


def only(found: TrainedInput, keeps: Sequence[bool]) -> TrainedInput:
    """The same with some levels counted among the others."""
    pairs = zip(found.levels, found.rows, keeps, strict=True)
    kept = [(level, rows) for level, rows, is_kept in pairs if is_kept]
    others = found.others + sum(found.rows) - sum(rows for _, rows in kept)
    return TrainedInput(
        found.name,
        tuple(level for level, _ in kept),
        tuple(rows for _, rows in kept),
        others,
        found.low,
        found.high,
        found.is_known_only,
    )
