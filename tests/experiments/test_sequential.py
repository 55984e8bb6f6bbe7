"""The sequential test may be looked at daily; a fixed test that is looked at daily may not."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.experiments_simulated import (
    PLANS,
    SITUATIONS,
    false_positives,
    false_positives_of_peeking,
    power_gap,
)
from sluice.experiments import Moments, Plan, always_valid, plan_size


@pytest.mark.parametrize("name", SITUATIONS)
def test_daily_looks_find_hardly_anything_where_there_is_nothing(name: str) -> None:
    assert false_positives(SITUATIONS[name], 150, seed=3) <= 0.05


def test_the_fixed_test_finds_far_too_much_when_it_is_asked_daily() -> None:
    assert false_positives_of_peeking(SITUATIONS["rate_20"], 300) > 0.2


def test_power_is_as_promised() -> None:
    assert len(PLANS) == 6
    assert power_gap(1000) < 0.045  # 0.02 in the benchmark, with 10,000


def test_a_sequential_plan_keeps_its_promise() -> None:
    plan = Plan(0.1, 0.05, power=0.8, is_sequential=True)
    control, arm = plan_size(plan)
    daily, chance, found = -(-control // 15), np.random.default_rng(5), 0
    assert control == arm
    for _ in range(300):
        first, second = (chance.binomial(daily, rate, 15).cumsum() for rate in (0.1, 0.15))
        looks = steps(*((daily * (n + 1), int(first[n]), int(second[n])) for n in range(15)))
        found += always_valid(looks, effect=0.05, is_rate=True).crossed_at is not None
    assert found / 300 > 0.75


def steps(*counts: tuple[int, int, int]) -> list[tuple[Moments, Moments]]:
    """(units, successes of the control, of the arm)."""
    return [
        (Moments.counted(control, units), Moments.counted(arm, units))
        for units, control, arm in counts
    ]


def test_an_effect_is_found_early_and_stays_found() -> None:
    looks = steps((100, 10, 12), (1000, 100, 200), (2000, 200, 300), (9000, 900, 950))
    found = always_valid(looks, effect=0.05, is_rate=True)
    assert found.crossed_at == 2
    assert found.p is not None
    assert found.p < 1e-6
    assert found.interval is not None
    assert found.interval[0] < 50 / 9000 < found.interval[1]
    assert found.looks == 4


@pytest.mark.parametrize(
    "looks",
    [
        pytest.param([], id="no look"),
        pytest.param(steps((0, 0, 0)), id="no unit"),
        pytest.param(steps((19, 0, 19)), id="too few to look"),
        pytest.param([(Moments.counted(1, 90), Moments())], id="an empty arm"),
    ],
)
def test_without_units_nothing_is_found(looks: list[tuple[Moments, Moments]]) -> None:
    found = always_valid(looks, effect=0.05, is_rate=True)
    assert (found.p, found.interval, found.crossed_at) == (None, None, None)


def test_values_that_are_all_the_same_are_no_certainty() -> None:
    same = Moments.of([5.0] * 50)
    found = always_valid([(same, same)], effect=1.0, is_rate=False)
    assert (found.p, found.interval) == (None, None)
    rates = always_valid(steps((50, 0, 0)), effect=0.05, is_rate=True)
    assert rates.interval is not None
    assert rates.interval[1] > 0.05


def test_the_interval_and_p_agree() -> None:
    for arm in range(100, 200, 5):
        found = always_valid(steps((1000, 100, arm)), effect=0.05, is_rate=True)
        assert found.p is not None
        assert found.interval is not None
        assert (found.p <= 0.05) == (found.interval[0] >= 0)
