"""From rows with known outcomes to a card of integer points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import pandas as pd

from scorecards.assess import area_under_curve
from scorecards.attributes import UNSEEN, Attribute, Codes, Floats, cut_attribute
from scorecards.card import Card, Rule
from scorecards.columns import tidy
from scorecards.config import CardConfig
from scorecards.levels import Between, Level, Mask, OneOf
from scorecards.regression import find_penalty, level_weights

FINEST = 64  # times the coarsest points


def fit_card(
    frame: pd.DataFrame, outcomes: Codes, config: CardConfig | None = None, hidden: Mapping[str, Mask] | None = None
) -> Card:
    """Fit a card on all columns of ``frame``; ``outcomes`` are 0 and 1. The same rows in the same order give the same card.

    ``hidden`` marks rows of an attribute of which nothing may be learnt, neither from its value nor from its absence: they count
    as average. The lowest training row has 0 points, base included. Raises ValueError without both outcomes.
    """
    settings = config or CardConfig()
    answers = np.asarray(outcomes, dtype=np.int64)
    if len(answers) != len(frame) or set(np.unique(answers)) != {0, 1}:
        raise ValueError("a card needs rows of both outcomes, 0 and 1, one outcome a row")
    table, dropped = tidy(frame)
    cut, not_cut = _cut(table, hidden or {}, settings)
    dropped |= not_cut
    shape = find_penalty(*_sides(cut), answers, settings) if cut else (0.0, 0.0)
    while cut:
        codes = [code for _, code in cut]
        points, factor = _rounded(_log_odds(cut, answers, settings, shape), codes, answers, settings)
        is_weak = [np.ptp(values) < settings.least_points for values in points]
        if not any(is_weak):
            rules = [rule for (attribute, _), values in zip(cut, points, strict=True) for rule in _rules(attribute, values)]
            return Card(-int(_totals(points, codes).min()), tuple(rules), factor, dropped)
        dropped |= {cut[number][0].name: "tells next to nothing" for number in np.flatnonzero(is_weak)}
        cut = [pair for pair, weak in zip(cut, is_weak, strict=True) if not weak]
    return Card(0, (), 0.0, dropped)


def _cut(
    table: pd.DataFrame, hidden: Mapping[str, Mask], config: CardConfig
) -> tuple[list[tuple[Attribute, Codes]], dict[str, str]]:
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


def _sides(cut: list[tuple[Attribute, Codes]]) -> tuple[list[Attribute], list[Codes]]:
    return [attribute for attribute, _ in cut], [code for _, code in cut]


def _log_odds(
    cut: list[tuple[Attribute, Codes]], outcomes: Codes, config: CardConfig, shape: tuple[float, float]
) -> list[Floats]:
    """The log odds of each level of each attribute, shifted so that one place of it is 0."""
    weights, neutral = level_weights(*_sides(cut), outcomes, *shape)
    return [
        weight - _zero(attribute, code, weight, mean, config)
        for (attribute, code), weight, mean in zip(cut, weights, neutral, strict=True)
    ]


def _zero(attribute: Attribute, codes: Codes, weights: Floats, neutral: float, config: CardConfig) -> float:
    """The log odds that become 0 points: of the asked value, of hidden rows where there are some, else of the commonest level."""
    if attribute.name in config.baselines:
        asked = attribute.codes(pd.Series([config.baselines[attribute.name]], dtype=float))[0]
        return float(weights[asked])
    if (codes == UNSEEN).any():
        return neutral
    return float(weights[np.bincount(codes).argmax()])


def _rounded(log_odds: list[Floats], codes: list[Codes], outcomes: Codes, config: CardConfig) -> tuple[list[Floats], float]:
    """points = round(factor * log odds), factor = points to double the odds / ln 2 (Siddiqi 2006, Credit Risk Scorecards, ch. 6).

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
    padded = [np.append(value, 0.0)[code] for value, code in zip(values, codes, strict=True)]  # the last one is that of UNSEEN
    total: Floats = np.sum(padded, axis=0)
    return total


def _rules(attribute: Attribute, points: Floats) -> list[Rule]:
    """Levels of the same points in one rule; levels of 0 points in none."""
    merged: dict[int, list[Level]] = defaultdict(list)
    rules: list[Rule] = []
    for level, value in zip(attribute.levels, map(int, points), strict=True):
        if isinstance(level, OneOf):
            merged[value].append(level)
        elif isinstance(level, Between) and rules and _is_next(rules[-1], level, value):
            last = rules.pop().level
            rules.append(Rule(attribute.name, Between(getattr(last, "low", None), level.high), value))
        else:
            rules.append(Rule(attribute.name, level, value))
    for value, levels in merged.items():
        values = tuple(item for level in levels if isinstance(level, OneOf) for item in level.values)
        rules.append(Rule(attribute.name, OneOf(values), value))
    return [rule for rule in rules if rule.points]


def _is_next(rule: Rule, level: Between, points: int) -> bool:
    return isinstance(rule.level, Between) and rule.level.high == level.low and rule.points == points
