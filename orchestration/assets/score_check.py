"""The monitor of fitted scores as a check of Dagster: it warns and stops nothing."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from sluice.orchestration.inspection.score_monitor import Measure, describe_scores

MONITOR = dg.AssetKey(["reports", "rpt_score_monitor"])
NAME = "fitted_scores_hold"
SCORES_HOLD = dg.AssetCheckSpec(
    NAME,
    asset=MONITOR,
    description=(
        "Contacts are like those that score models were fitted on, and have the outcomes that"
        " their points stand for."
    ),
)


def check_scores(measures: Sequence[Measure]) -> dg.AssetCheckResult:
    """Passed when nothing is over its bar; else what is, with the next step."""
    sentences = describe_scores(measures)
    models = sorted({one.score_model for one in measures})
    return dg.AssetCheckResult(
        asset_key=MONITOR,
        check_name=NAME,
        passed=not sentences,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "score_models": ", ".join(models) or "none was fitted",
            "measures": len(measures),
            "message": "\n".join(sentences) or "all as when the rules were fitted",
        },
    )
