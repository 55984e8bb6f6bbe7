"""What a card was fitted on, in the form it is kept in: the key ``trained`` of its rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sluice.orchestration.authoring.score_history.features import Feature, Features
from sluice.orchestration.authoring.score_history.guards import is_speakable
from sluice.orchestration.authoring.score_history.population import Population
from sluice.orchestration.authoring.score_history.window import Window
from sluice.scorecards import Calibration, Card, CardConfig
from sluice.scorecards.levels import NoneOf, OneOf
from sluice.scorecards.trained import (
    TOTAL,
    TrainedInput,
    only,
    trained_inputs,
    trained_total,
)


def trained_on(
    card: Card, features: Features, people: Population, config: CardConfig
) -> list[dict[str, Any]]:
    """The inputs of a card, over the contacts it was fitted on. A value that is no word to show
    counts among the others.
    """
    rows = people.is_train
    hidden = {name: mask[rows] for name, mask in features.hidden.items()}
    by_name = {feature.name: feature for feature in features.features}
    found = trained_inputs(card, features.table[rows], config, hidden)
    return [
        _written(_speakable(one), by_name[one.name], number)
        for number, one in enumerate(found, start=1)
    ]


def with_trained(
    scorecard: Mapping[str, Any],
    window: Window,
    people: Population,
    totals: pd.Series,
    calibration: Calibration,
    inputs: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The rules with what they were learnt from: target, days, rate of outcomes, what points stand
    for, and the distribution of inputs and total.
    """
    total = trained_total(totals.to_numpy())
    written = [] if total is None else [_written(total, Feature(TOTAL), 0)]
    trained = {
        "cut_off": f"{window.cut_off:%Y-%m-%d %H:%M:%S}",
        "target": window.target,
        "is_segment": window.is_segment,
        "horizon_days": window.days,
        "contacts": int(people.is_train.sum()),
        "rate": round(float(people.outcomes.mean()), 6),
        "slope": round(calibration.slope, 8),
        "intercept": round(calibration.intercept, 6),
        "inputs": [*inputs, *written],
    }
    return {**scorecard, "trained": trained}


def _speakable(found: TrainedInput) -> TrainedInput:
    keeps = [
        all(map(is_speakable, level.values)) if isinstance(level, OneOf | NoneOf) else True
        for level in found.levels
    ]
    return only(found, keeps)


def _written(found: TrainedInput, feature: Feature, number: int) -> dict[str, Any]:
    """An input with the SQL condition and the contacts of each level."""
    column = f"occurrences_{number}" if feature.event else feature.name
    asked = {"event": feature.event, "within_days": feature.within_days} if feature.event else {}
    span = {} if found.low is None else {"low": found.low, "high": found.high}
    levels = [
        {"when": level.sql(column), "contacts": rows}
        for level, rows in zip(found.levels, found.rows, strict=True)
    ]
    known = {"known_only": True} if found.is_known_only else {}
    head = {"input": feature.name, "column": column, **asked, **span, **known}
    return {**head, "others": found.others, "levels": levels}
