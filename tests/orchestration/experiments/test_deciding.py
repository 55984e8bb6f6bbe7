"""A decision is made at the horizon, or when the sequential test has found something; never before,
and never past a broken assignment or a guardrail.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sluice.orchestration.experiments.deciding import Decision, decide, state_without_people
from sluice.orchestration.experiments.figures import Days
from sluice.orchestration.experiments.horizon import window_of
from sluice.orchestration.experiments.reading import read_arms
from tests.orchestration.experiments.made import FIRST, days, experiment

BETTER = {"plain": (200, 20), "named": (200, 40)}
WORSE = {"plain": (200, 40), "named": (200, 20)}
SAME = {"plain": (200, 20), "named": (200, 20)}
FEW = {"plain": (20, 2), "named": (20, 2)}
OVER, BEFORE = date(2026, 6, 18), date(2026, 6, 17)
SEQUENTIAL = {"test": "sequential"}


def decided(known: Days, today: date, **changes: Any) -> Decision:
    one = experiment(**changes)
    window = window_of(one.checked, known, today)
    return decide(one, window, read_arms(one, window.days))


@pytest.mark.parametrize(
    ("known", "today", "changes", "state", "arm", "words"),
    [
        pytest.param(days(10, BETTER), OVER, {}, "decided", "named", "it is better", id="better"),
        pytest.param(days(10, WORSE), OVER, {}, "decided", "plain", "keep plain", id="worse"),
        pytest.param(days(10, SAME), OVER, {}, "decided", "plain", "no arm is better", id="same"),
        pytest.param(
            days(10, BETTER), BEFORE, {}, "running", None, "too early: it is read on 2026-06-18",
            id="peeking",
        ),
        pytest.param(
            days(3, FEW), OVER, {}, "underpowered", None, "60 of the 686 people", id="too few"
        ),
        pytest.param(
            days(10, BETTER), OVER, {"stopped_on": "2026-06-05"}, "stopped early", None,
            "before its horizon: no decision", id="stopped, whatever day it is",
        ),
        pytest.param(
            days(10, BETTER), BEFORE, {"stopped_on": "2026-06-30"}, "running", None, "too early",
            id="to be stopped",
        ),
        pytest.param(
            days(10, BETTER), BEFORE, SEQUENTIAL | {"stopped_on": "2026-06-08"}, "decided", "named",
            "better", id="sequential, stopped for what was found",
        ),
        pytest.param(
            days(10, WORSE), BEFORE, SEQUENTIAL | {"stopped_on": "2026-06-08"}, "stopped early", None,
            "stopped on 2026-06-08", id="sequential, stopped for harm",
        ),
        pytest.param(
            days(10, BETTER), BEFORE, {"stopped_on": "2026-06-05"}, "stopped early", None,
            "stopped on 2026-06-05, before its horizon", id="stopped early",
        ),
        pytest.param(
            days(10, {"plain": (200, 20), "named": (300, 60)}), OVER, {}, "wrong", None,
            "no decision: the arms do not have the sizes", id="sample ratio",
        ),
        pytest.param(
            days(10, BETTER, unsubscribed=9), OVER, {}, "decided", "plain",
            "named breaches a guardrail", id="guardrail",
        ),
        pytest.param(
            days(10, WORSE), OVER, {"minimum_effect": -0.05}, "decided", "named", "better",
            id="less is better",
        ),
        pytest.param(
            days(10, SAME), OVER, {"adopt": "not_worse"}, "decided", "named", "not worse",
            id="not worse",
        ),
        pytest.param(
            days(10, WORSE), OVER, {"adopt": "not_worse"}, "decided", "plain", "keep plain",
            id="worse is not not worse",
        ),
        pytest.param(
            days(9, BETTER, mature=6), FIRST, SEQUENTIAL, "decided", "named", "better",
            id="sequential, early",
        ),
        pytest.param(
            days(9, SAME, mature=6), FIRST, SEQUENTIAL, "running", None, "too early",
            id="sequential, nothing found yet",
        ),
        pytest.param(
            days(9, WORSE, mature=6), FIRST, SEQUENTIAL, "running", None, "no arm is better",
            id="sequential, worse",
        ),
        pytest.param(
            days(10, SAME), OVER, SEQUENTIAL, "decided", "plain", "keep plain",
            id="sequential, at the horizon",
        ),
        pytest.param(
            days(10, BETTER), OVER, {"horizon": {"units": 1200}}, "decided", "named", "better",
            id="by units",
        ),
        pytest.param(
            days(10, BETTER), date(2026, 6, 10), {"horizon": {"units": 1200}}, "running", None,
            "it is read on 2026-06-11", id="by units, too early",
        ),
        pytest.param(
            days(10, BETTER), date(2026, 6, 10), {"horizon": {"units": 8000}}, "running", None,
            "it is read on 2026-06-27", id="by units, not yet there",
        ),
    ],
)  # fmt: skip
def test_a_decision_by_the_declared_rule(
    known: Days, today: date, changes: dict[str, Any], state: str, arm: str | None, words: str
) -> None:
    found = decided(known, today, **changes)
    assert (found.state, found.arm) == (state, arm), found.words
    assert words in found.words


def test_without_people_it_is_planned_or_has_no_data() -> None:
    later = experiment(starts_on="2026-06-05")
    assert state_without_people(later, FIRST, True).state == "planned"
    assert state_without_people(later, OVER, True).state == "no data yet"
    assert state_without_people(later, OVER, False).words == (
        "no run has built it yet: run `sluice run`"
    )


def test_only_the_days_until_the_horizon_are_read() -> None:
    late = days(10, BETTER) | {date(2026, 6, 12): days(1, WORSE)[FIRST]}
    one = experiment()
    window = window_of(one.checked, late, OVER)
    assert max(window.days) == date(2026, 6, 10)


def test_a_reading_warns_of_what_may_mislead() -> None:
    early = days(5, {"plain": (400, 40), "named": (400, 120)}, in_several_arms=2)
    rest = {date(2026, 6, 6): days(1, {"plain": (2000, 200), "named": (2000, 210)})[FIRST]}
    gone = {date(2026, 6, 7): days(1, {"blue": (9, 1)})[FIRST]}
    reading = read_arms(experiment(), early | rest | gone)
    words = "; ".join(reading.warnings)
    assert "10 of 8,009 people were given more than one arm" in words
    assert "9 people are in arm blue, which split ab of journey welcome does not have" in words
    assert "it may be novelty" in words
    assert "baseline" not in words
    other = read_arms(experiment(baseline=0.3), early)
    (unlike,) = (one for one in other.warnings if "baseline" in one)
    assert unlike.startswith("plain has 10.00%, and the size was planned for a baseline of 30.00%")
    assert reading.units == {"plain": 4000, "named": 4000}


def test_an_arm_without_people_is_a_sentence_and_no_zero() -> None:
    reading = read_arms(experiment(), days(3, {"plain": (20, 2)}))
    (named,) = reading.readout.others
    assert named.mean is None
    assert named.comparison is not None
    assert named.comparison.notes == ("the arm has no units yet: there is nothing to compare",)
    assert {rail.rate for rail in reading.guardrails["named"]} == {None}
