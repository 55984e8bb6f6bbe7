"""Whether a card would have held: fitted on the contacts known longest, measured on the newest."""

from __future__ import annotations

import math
import warnings

import numpy as np

from sluice.orchestration.authoring.score_history.features import MEASURES, Features
from sluice.orchestration.authoring.score_history.population import Population
from sluice.scorecards import (
    CardConfig,
    OutsideTrainedRange,
    Stability,
    area_under_curve,
    fit_card,
    outside,
    score,
    stability,
)
from sluice.scorecards.columns import tidy
from sluice.scorecards.periods import is_early, ranks_of
from sluice.scorecards.stability import SHIFTED


def area_in_time(
    features: Features, people: Population, config: CardConfig
) -> tuple[float, dict[str, int]]:
    """Area under the curve on the newest contacts of a card fitted on the others; NaN where it
    cannot be said. Beside it, how many of the newest are outside the trained range, by column.
    """
    ranks = ranks_of(people.times)
    if ranks is None:
        return math.nan, {}
    early = is_early(ranks)
    if len(np.unique(people.outcomes[early])) < 2:
        return math.nan, {}
    table, _ = tidy(features.table)
    hidden = {name: mask[early] for name, mask in features.hidden.items()}
    card = fit_card(table[early], people.outcomes[early], config, hidden, people.times[early])
    late = table[~early]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OutsideTrainedRange)  # they are counted below
        points = score(card, late)
    return area_under_curve(people.outcomes[~early], points), outside(card, late)


def stability_lines(features: Features, people: Population) -> list[str]:
    """A table of the columns in Markdown, the least stable first. What follows from how long a
    contact is known is no shift.
    """
    columns = stability(features.table, people.outcomes, people.times)
    shown = [column for column in columns if column.name not in MEASURES]
    if not shown:
        return ["All contacts were first known at one time: nothing can be said."]
    head = ["| column | PSI | outside | effect by period | |", "|---|---:|---:|---|---|"]
    return head + [_line(column) for column in shown]


def _line(column: Stability) -> str:
    signs = " ".join(column.signs)
    words = [
        "tells the day, not the person" if column.is_calendar else "",
        "shifted" if column.psi >= SHIFTED else "",
        "effect of both signs" if {"+", "-"} <= set(column.signs) else "",
    ]
    return (
        f"| `{column.name}` | {column.psi:.2f} | {column.outside:.1%} | {signs} "
        f"| {', '.join(word for word in words if word)} |"
    )
