"""From rows with known outcomes to a card of integer points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits

from sluice.scorecards.attributes import UNSEEN, Attribute, Codes, Floats, cut_attribute
from sluice.scorecards.card import Card, Rule
from sluice.scorecards.columns import tidy
from sluice.scorecards.config import CardConfig
from sluice.scorecards.levels import Between, Level, Mask, OneOf, cut_between
from sluice.scorecards.periods import ranks_of
from sluice.scorecards.points import Cut, fit_points
from sluice.scorecards.stability import calendar_columns


def fit_card(
    frame: pd.DataFrame,
    outcomes: Codes,
    config: CardConfig | None = None,
    hidden: Mapping[str, Mask] | None = None,
    times: npt.ArrayLike | None = None,
) -> Card:
    """Fit a card on all columns of ``frame``; ``outcomes`` are 0 and 1. The same rows in the same
    order give the same card.

    ``hidden`` marks rows of an attribute of which nothing may be learnt, neither from its value nor
    from its absence: they count as average. With ``times`` of the rows the penalty is chosen on
    later rows than it is fitted with, and columns that tell the day are left out.

    The lowest training row has 0 points, base included. Raises ValueError without both outcomes.
    """
    settings = config or CardConfig()
    answers = np.asarray(outcomes, dtype=np.int64)
    if len(answers) != len(frame) or set(np.unique(answers)) != {0, 1}:
        raise ValueError("a card needs rows of both outcomes, 0 and 1, one outcome a row")
    table, dropped = tidy(frame)
    ranks = None if times is None else ranks_of(times)
    if ranks is not None:
        dropped |= (calendar := calendar_columns(table, ranks, settings.insist))
        table = table.drop(columns=list(calendar))
    cut, not_cut = _cut(table, hidden or {}, settings)
    dropped |= not_cut
    if not cut:
        return Card(0, (), 0.0, dropped)
    with threadpool_limits(
        1
        # the matrices are thin: more threads wait for each other, ten times as long on a busy
        # machine
    ):
        found = fit_points(cut, answers, settings, ranks)
    rules = [
        rule
        for (attribute, _), values in zip(found.cut, found.points, strict=True)
        for rule in _rules(*bounded(attribute, values, attribute.name in settings.baselines))
    ]
    used = {rule.attribute for rule in rules}
    dropped |= {
        attribute.name: "tells next to nothing"
        for attribute, _ in cut
        if attribute.name not in used
    }
    trained = {
        attribute.name: attribute.trained
        for attribute, _ in found.cut
        if attribute.name in used and attribute.trained
    }
    return Card(-int(found.totals.min()), tuple(rules), found.factor, dropped, trained)


def _cut(
    table: pd.DataFrame, hidden: Mapping[str, Mask], config: CardConfig
) -> tuple[list[Cut], dict[str, str]]:
    """Each usable column in levels, with the level of each row; and why others are not usable."""
    found, dropped = [], {}
    for name in table.columns:
        is_hidden = hidden.get(name, np.zeros(len(table), dtype=bool))
        attribute = cut_attribute(name, table[name][~is_hidden], config)
        if attribute is None:
            dropped[name] = "nothing to tell apart: no value is frequent enough"
        else:
            found.append((attribute, np.where(is_hidden, UNSEEN, attribute.codes(table[name]))))
    return found, dropped


def bounded(
    attribute: Attribute, points: Floats, is_count: bool = False
) -> tuple[Attribute, Floats]:
    """The attribute with two more levels, below and above the numbers learnt from, of the points of
    the nearest inner bin: an end bin tells of the extremes that were seen, not of what lies beyond.

    Without an inner bin, of what is no number, and below a count, there are none.
    """
    count = 0 if attribute.places is None else len(attribute.places)
    if count < 3 or attribute.trained is None:
        return attribute, points
    low, high = attribute.trained
    margin = max((high - low) / 100, abs(high) * 1e-9, 1e-12)
    below, above = cut_between(low - margin, low), cut_between(high, high + margin)
    levels, values = list(attribute.levels), list(points)
    last = levels[count - 1]
    if above is not None and isinstance(last, Between):
        levels[count - 1 : count] = [Between(last.low, above), Between(above, None)]
        values[count - 1 : count] = [values[count - 1], values[count - 2]]
    first = levels[0]
    if below is not None and isinstance(first, Between) and not is_count:
        levels[:1] = [Between(None, below), Between(below, first.high)]
        values[:1] = [values[1], values[0]]
    return replace(attribute, levels=tuple(levels)), np.array(values)


def _rules(attribute: Attribute, points: Floats) -> list[Rule]:
    """Levels of the same points in one rule; levels of 0 points in none."""
    merged: dict[int, list[Level]] = defaultdict(list)
    rules: list[Rule] = []
    for level, value in zip(attribute.levels, map(int, points), strict=True):
        if isinstance(level, OneOf):
            merged[value].append(level)
        elif isinstance(level, Between) and rules and _is_next(rules[-1], level, value):
            last = rules.pop().level
            rules.append(
                Rule(attribute.name, Between(getattr(last, "low", None), level.high), value)
            )
        else:
            rules.append(Rule(attribute.name, level, value))
    for value, levels in merged.items():
        values = tuple(
            item for level in levels if isinstance(level, OneOf) for item in level.values
        )
        rules.append(Rule(attribute.name, OneOf(values), value))
    return [rule for rule in rules if rule.points]


def _is_next(rule: Rule, level: Between, points: int) -> bool:
    return (
        isinstance(rule.level, Between) and rule.level.high == level.low and rule.points == points
    )
