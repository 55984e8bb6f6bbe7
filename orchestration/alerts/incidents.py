"""Which incidents open and which close, from what was measured: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sluice.orchestration.alerts.checks import Check

OVER = "over"  # measured again, and within the limit
NOT_MEASURED = "not_measured"  # nothing is left that could be measured


def to_open(checks: Iterable[Check], standing: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of incidents for what is breached and not open already."""
    known = {(row["rule"], row["subject"]) for row in standing}
    return [
        {
            "rule": one.rule,
            "subject": one.subject[:200],
            "owner": one.owner[:100],
            "channel": one.channel,
            "measured": one.measured,
            "limit_value": one.limit_value,
        }
        for one in checks
        if one.is_breached and (one.rule, one.subject[:200]) not in known
    ]


def to_close(checks: Iterable[Check], standing: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Why each of these open incidents is closed. One that cannot be checked stays open: too few
    messages say nothing.
    """
    state = {(one.rule, one.subject[:200]): one.is_breached for one in checks}
    found: dict[int, str] = {}
    for row in standing:
        key = (row["rule"], row["subject"])
        if key not in state:
            found[row["alert_id"]] = OVER if row["rule"] == "never_sent" else NOT_MEASURED
        elif state[key] is False:
            found[row["alert_id"]] = OVER
    return found
