"""Whether the fast lane keeps up."""

from __future__ import annotations

from collections.abc import Iterator

from sluice.activations.ledger.store import Ledger
from sluice.orchestration.doctor.finding import Finding
from sluice.orchestration.fast.waiting import minutes_behind
from sluice.orchestration.installation.settings import Settings

CHECK = "fast lane"


def check_fast(settings: Settings) -> Iterator[Finding]:
    """The first event that waits does not wait for longer than fast_lane.behind_minutes."""
    lane = settings.project.config.fast_lane
    if not lane.enabled:
        yield Finding(check=CHECK, state="ok", words="off: runs alone decide")
        return
    minutes = int(minutes_behind(settings, Ledger(settings.ledger)))
    if minutes <= lane.behind_minutes:
        yield Finding(check=CHECK, state="ok", words="it keeps up", figure=minutes)
        return
    yield Finding(
        check=CHECK,
        state="warning",
        words=f"an event of the inbox has waited for {minutes} minutes",
        figure=minutes,
        fix="start `sluice fast --every 5`, or the sensor fast_lane in Dagster (docs/fast_lane.md)",
    )
