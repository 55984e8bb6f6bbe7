"""Whole runs in the process that Dagster's daemon launches for the schedule are killed again and
again, in every step: each time one more run ends by itself, and in the end nothing is lost, and
nothing reached a person twice.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.orchestration.runs.kills.story import FEW, MANY, Story


@pytest.mark.long
def test_killed_runs_are_continued(story: Callable[..., Story]) -> None:
    history = story(by="schedule")
    history.kill(FEW)
    history.check()


@pytest.mark.long
@pytest.mark.parametrize("ledger", ["sqlite", "postgres"])
def test_runs_killed_many_times_are_continued(
    story: Callable[..., Story], ledger: str, request: pytest.FixtureRequest
) -> None:
    history = story(
        by="schedule",
        ledger_url=request.getfixturevalue("postgres") if ledger == "postgres" else "",
        seed=2,
    )
    history.kill(MANY)
    history.check()
