"""Whether the arms have the sizes they were given."""

from __future__ import annotations

from collections.abc import Sequence

from scipy import stats

ALARM = 0.001  # Fabijan et al., KDD 2019: below it the assignment, or its log, is broken


def sample_ratio(units: Sequence[int], shares: Sequence[float]) -> float | None:
    """The p of a chi-square test of the arms' units against their shares (which need not sum to 1);
    None with fewer than two arms that should have any, or no unit.
    """
    planned = [share for share in shares if share > 0]
    if len(planned) < 2 or not sum(units):
        return None
    expected = [sum(units) * share / sum(planned) for share in planned]
    seen = [count for count, share in zip(units, shares, strict=True) if share > 0]
    if sum(seen) != sum(units):
        return 0.0  # people in an arm that should have none
    return float(stats.chisquare(seen, expected).pvalue)
