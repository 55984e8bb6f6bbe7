"""The expected rate of a fitted score model, set to the outcomes that its contacts had since. The
points stay; the card is written for review.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from sluice.models.errors import ConfigurationError
from sluice.orchestration.authoring.score_history.evaluate import read_scorecard
from sluice.orchestration.authoring.score_history.live import live_card
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.warehouse.reader import has_table, query
from sluice.scorecards import Calibration, recalibrate

RESULTS = """select total, contact_count, outcome_count from reports.rpt_score_calibration
where score_model = $1 order by total"""
INTERCEPT = re.compile(r"(\bintercept:\s*)[-+.\deE]+")


def recalibrate_score(settings: Settings, model: str) -> dict[str, Any]:
    """Write the live card with another intercept to ``scores/<model>/`` of the home.

    Returns figures and the file. Raises ConfigurationError for a model that was not fitted, and
    while no outcomes are known.
    """
    path = live_card(settings, f"scorecard_{model}.sql")
    trained = (read_scorecard(path) or {}).get("trained")
    if not trained:
        raise ConfigurationError(
            f"the score model {model} has no key trained: what its points stand for is not known",
            f"fit it: sluice scores fit {model} --target EVENT, and copy the card that it writes",
        )
    rows = _results(settings, model, trained)
    before = Calibration(float(trained["slope"]), float(trained["intercept"]))
    points = np.repeat([row[0] for row in rows], [row[1] for row in rows])
    outcomes = np.concatenate([np.arange(count) < had for _, count, had in rows]).astype(int)
    if outcomes.min() == outcomes.max():
        raise ConfigurationError(
            f"of {len(points):,} contacts that {model} scored, {outcomes.sum():,} had the outcome:"
            " no rate can be set to that",
            f"see whether {trained['target']} still arrives, else fit the card again",
        )
    after = recalibrate(before, outcomes, points)
    target = settings.home / "scores" / model / path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(with_intercept(path.read_text(encoding="utf-8"), after), encoding="utf-8")
    return {
        "contacts": len(points),
        "outcomes": int(outcomes.sum()),
        "rate_seen": round(float(outcomes.mean()), 4),
        "rate_expected_before": round(float(before.rate(points).mean()), 4),
        "rate_expected": round(float(after.rate(points).mean()), 4),
        "intercept_before": before.intercept,
        "intercept": round(after.intercept, 6),
        "card": str(target),
    }


def with_intercept(card: str, calibration: Calibration) -> str:
    """The text of a card with the intercept of a calibration."""
    return INTERCEPT.sub(rf"\g<1>{calibration.intercept:.6f}", card, count=1)


def _results(
    settings: Settings, model: str, trained: Mapping[str, Any]
) -> list[tuple[int, int, int]]:
    """Total, contacts and outcomes of the latest days whose outcomes are known."""
    is_built = has_table(settings.warehouse, "reports", "rpt_score_calibration")
    rows = query(settings.warehouse, RESULTS, [model]) if is_built else []
    if not rows:
        raise ConfigurationError(
            f"no outcomes of {model} are known yet",
            f"run it daily: {trained['horizon_days']} days after the first run with these rules"
            " their outcomes are counted",
        )
    return [(int(total), int(count), int(had)) for total, count, had in rows]
