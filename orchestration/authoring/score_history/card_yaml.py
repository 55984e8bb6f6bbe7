"""A fitted card in the format of ``models/scoring/scorecard_*.sql``: rules as data, with reasons in
English and Chinese.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from sluice.orchestration.authoring.score_history.features import MEASURES, Feature
from sluice.orchestration.authoring.score_history.guards import is_speakable
from sluice.scorecards import Card, Rule
from sluice.scorecards.levels import Between, Level, Missing, NoneOf, OneOf, number_text

HOT, WARM = 0.9, 0.7  # shares of the training contacts below these bands
COLUMNS = {
    "contact_id": "The person.",
    "score_model": "The score model.",
    "rule": "The rule that gave the points.",
    "kind": "base, fit, behaviour or negative.",
    "points": "Points given or taken.",
    "occurrences": "How many events the points are for; 1 for what a contact is.",
    "last_at": "The last of these events, UTC.",
    "reason_en": "The reason in English.",
    "reason_zh": "The reason in Chinese.",
}


def scorecard_of(
    card: Card, features: Sequence[Feature], present: Mapping[str, Any] | None, model: str
) -> dict[str, Any]:
    """The rules of the model, without bands; label and product line are the present card's.

    A rule on a value that is no word to show (it looks like an address or a number of a person) is
    left out.
    """
    by_name = {feature.name: feature for feature in features}
    names: Counter[str] = Counter()
    kept = present or {}
    scorecard = {
        "label": kept.get(
            "label", {"en": model.replace("_", " ").capitalize() + " score", "zh": f"{model} 评分"}
        ),
        "product_line": kept.get("product_line", "all"),
        **({"applies_to": kept["applies_to"]} if "applies_to" in kept else {}),
        "base": card.base,
        "floor": 0,
    }
    rules = [
        _rule(rule, by_name[rule.attribute], names)
        for rule in map(_speakable, card.rules)
        if rule is not None
    ]
    return scorecard | {"rules": rules}


def bands_of(totals: npt.NDArray[np.float64]) -> list[dict[str, Any]]:
    """The top tenth of these totals is hot, the next fifth warm."""
    warm = max(1, math.ceil(np.quantile(totals, WARM)))
    hot = max(warm + 1, math.ceil(np.quantile(totals, HOT)))
    return [
        {"band": "hot", "from": hot},
        {"band": "warm", "from": warm},
        {"band": "cold", "from": 0},
    ]


def model_text(model: str, scorecard: Mapping[str, Any]) -> str:
    """The .sql of the dbt model: its rules, a line each or nearly, and the macro that reads
    them.
    """
    rules = yaml.safe_dump(
        dict(scorecard), allow_unicode=True, sort_keys=False, width=130, default_flow_style=None
    )
    return (
        f"{{% set card %}}\n{rules}{{% endset %}}\n\n{{{{ sluice.scorecard('{model}', card) }}}}\n"
    )


def description_text(model: str, description: str) -> str:
    """The .yml of the dbt model: what it is, and its columns."""
    columns = [{"name": name, "description": text} for name, text in COLUMNS.items()]
    content = {"name": f"scorecard_{model}", "description": description, "columns": columns}
    return yaml.safe_dump(
        {"models": [content]},
        allow_unicode=True,
        sort_keys=False,
        width=130,
        default_flow_style=None,
    )


def _speakable(rule: Rule) -> Rule | None:
    level = rule.level
    if isinstance(level, NoneOf):
        return rule if all(map(is_speakable, level.values)) else None
    if not isinstance(level, OneOf):
        return rule
    values = tuple(value for value in level.values if is_speakable(value))
    return Rule(rule.attribute, OneOf(values), rule.points) if values else None


def _rule(rule: Rule, feature: Feature, names: Counter[str]) -> dict[str, Any]:
    positive = "behaviour" if feature.event or feature.name in MEASURES else "fit"
    name = _rule_name(feature, rule.level, names)
    head = {"rule": name, "kind": positive if rule.points > 0 else "negative"}
    reason = {"en": _english(feature, rule.level), "zh": _chinese(feature, rule.level)}
    if feature.event:
        how_often = _times(rule.level)
        condition = {"event": feature.event, **how_often, "within_days": feature.within_days}
    else:
        condition = {"contact": rule.level.sql(feature.name)}
    return {**head, **condition, "points": rule.points, "reason": reason}


def _times(level: Level) -> dict[str, int]:
    """at_least and at_most of a range of counts; a count of 0 has no points, so every range has a
    start.
    """
    if not isinstance(level, Between) or level.low is None:
        raise ValueError("a rule of events is a range of counts from 1")
    bounds = {"at_least": math.ceil(level.low)}
    return bounds if level.high is None else {**bounds, "at_most": math.ceil(level.high) - 1}


def _rule_name(feature: Feature, level: Level, names: Counter[str]) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", feature.name.lower()).strip("_") or "rule"
    if isinstance(level, Between) and level.low is not None:
        slug += "_from_" + re.sub(r"[^0-9]+", "_", number_text(level.low)).strip("_")
    names[slug] += 1
    return slug if names[slug] == 1 else f"{slug}_{names[slug]}"


def _english(feature: Feature, level: Level) -> str:
    if not feature.event:
        return f"{feature.name} {_whole(level, 'is', 'to') or level.words()}"
    times = _times(level)
    low, high = times["at_least"], times.get("at_most")
    often = f"at least {low}" if high is None else str(low) if low == high else f"{low} to {high}"
    what = (
        f"{feature.event_type} ({feature.subject})"
        if feature.subject is not None
        else f"{feature.event_type}"
    )
    return (
        f"{what}, {often} {'time' if (high or low) == 1 else 'times'} in the last"
        f" {feature.within_days} days"
    )


def _chinese(feature: Feature, level: Level) -> str:
    if feature.event:
        times = _times(level)
        low, high = times["at_least"], times.get("at_most")
        often = f"至少 {low}" if high is None else str(low) if low == high else f"{low} 至 {high}"
        what = (
            f"{feature.event_type}（{feature.subject}）"
            if feature.subject is not None
            else f"{feature.event_type}"
        )
        return f"最近 {feature.within_days} 天 {what} {often} 次"
    return f"{feature.name} {_whole(level, '为', '至') or _chinese_level(level)}"


def _whole(level: Level, verb: str, until: str) -> str | None:
    """A range of whole numbers as people say it, both ends in it; None when it is none."""
    if (
        not isinstance(level, Between)
        or level.low is None
        or level.high is None
        or not (level.low + level.high).is_integer()
    ):
        return None
    low, high = number_text(level.low), number_text(level.high - 1)
    return f"{verb} {low}" if low == high else f"{verb} {low} {until} {high}"


def _chinese_level(level: Level) -> str:
    match level:
        case Missing():
            return "未知"
        case NoneOf():
            return "为少见的值"
        case OneOf(values):
            return "为 " + " 或 ".join(map(str, values))
        case Between(low, high):
            parts = [
                f"不少于 {number_text(low)}" if low is not None else "",
                f"少于 {number_text(high)}" if high is not None else "",
            ]
            return "、".join(part for part in parts if part) or "已知"
