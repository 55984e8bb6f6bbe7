"""The statistics give what scipy and statsmodels give, and say so where they can give nothing."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from benchmarks.experiments_cases import Case, cases, is_equal, reference
from sluice.experiments import (
    Moments,
    Plan,
    Unreachable,
    compare_proportions,
    compare_values,
    holm,
    minimum_effect,
    plan_size,
    power_of,
    probability_better,
    read_out,
    sample_ratio,
)
from sluice.experiments.moments import together
from sluice.experiments.novelty import novelty
from sluice.experiments.values import adjusted_by_before

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_a_result_is_that_of_the_reference(case: Case) -> None:
    assert is_equal(case[1], case[2])


def test_there_are_twenty_cases() -> None:
    assert len(CASES) == len({name for name, _, _ in CASES}) == 20


@pytest.mark.parametrize(
    ("name", "value", "digits"),
    [
        ("z", 2.102741, 1e-6),
        ("p", 0.03548845, 1e-8),
        ("probability_better", 0.982165, 1e-6),
        ("sample_ratio_p", 1.8217929e-06, 1e-13),
    ],
)
def test_the_given_figures_are_found(name: str, value: float, digits: float) -> None:
    assert reference()[name] == pytest.approx(value, abs=digits)


@pytest.mark.parametrize(
    ("one", "two", "probability"),
    [
        ((0, 1), (0, 1), 0.5),
        ((0, 1), (1, 1), 5 / 6),
        ((10, 20), (5_000_000, 10_000_000), 0.5),
        ((1, 10), (9_000_000, 10_000_000), 1.0),
        ((9_000_000, 10_000_000), (1_000_000, 10_000_000), 0.0),
    ],
)
def test_a_probability_holds_for_few_and_for_many(
    one: tuple[int, int], two: tuple[int, int], probability: float
) -> None:
    found = probability_better(Moments.counted(*one), Moments.counted(*two))
    assert found == pytest.approx(probability, abs=1e-6)


@pytest.mark.parametrize("arms", [((1, 1), (1, 1)), ((30, 100), (100, 100)), ((9, 9), (2, 9))])
def test_where_everyone_has_it_the_lift_is_not_certain(
    arms: tuple[tuple[int, int], tuple[int, int]],
) -> None:
    found = compare_proportions(*(Moments.counted(*one) for one in arms))
    assert found.relative is not None
    assert found.relative_interval is not None
    low, high = found.relative_interval
    assert low < found.relative < high
    assert low > -1


def test_days_add_up_to_the_whole() -> None:
    chance = np.random.default_rng(1)
    values, before = chance.normal(1e6, 1, 1000), chance.normal(50, 3, 1000)
    days = [Moments.of(values[n : n + 100], before[n : n + 100]) for n in range(0, 1000, 100)]
    whole = Moments.of(values, before)
    assert astuple(together([Moments(), *days])) == pytest.approx(astuple(whole), rel=1e-9)
    assert together(days).variance == pytest.approx(values.var(ddof=1), rel=1e-9)


@pytest.mark.parametrize(
    ("is_rate", "control", "arm", "note"),
    [
        (True, Moments(), Moments.counted(1, 9), "the control has no units yet"),
        (True, Moments(), Moments(), "the control and the arm have no units yet"),
        (False, Moments.of([1, 2]), Moments(), "the arm has no units yet"),
        (True, Moments.counted(0, 90), Moments.counted(0, 80), "no one has the outcome"),
        (True, Moments.counted(9, 9), Moments.counted(8, 8), "everyone has the outcome"),
        (True, Moments.counted(0, 90), Moments.counted(9, 80), "no relative lift"),
        (True, Moments.counted(9, 90), Moments.counted(1, 1), "the arm has one unit only"),
        (False, Moments.of([1, 2]), Moments.of([3]), "the arm has one unit only"),
        (False, Moments.of([5, 5]), Moments.of([5, 5]), "all values of each arm are the same"),
        (False, Moments.of([-1, 1]), Moments.of([1, 5]), "the control's mean is not above 0"),
    ],
)
def test_what_cannot_be_said_is_a_sentence(
    is_rate: bool, control: Moments, arm: Moments, note: str
) -> None:
    compared = compare_proportions if is_rate else compare_values
    found = compared(control, arm)
    assert note in "; ".join(found.notes)
    if not control.units or not arm.units:
        assert found.difference is found.interval is found.p is found.probability_better is None


def test_an_earlier_value_removes_variance_and_no_effect() -> None:
    chance = np.random.default_rng(2)
    before = chance.gamma(2, 10, 4000)
    is_arm = chance.random(4000) < 0.5
    values = before + chance.normal(0, 5, 4000) + 1.0 * is_arm
    arms = [Moments.of(values[rows], before[rows]) for rows in (~is_arm, is_arm)]
    adjusted, removed = adjusted_by_before(arms)
    plain, better = compare_values(*arms), compare_values(*adjusted)
    assert removed > 0.85
    assert better.interval is not None
    assert plain.interval is not None
    assert better.interval[0] < 1.0 < better.interval[1]
    assert np.diff(better.interval) < np.diff(plain.interval) / 2


def test_an_earlier_value_that_is_the_same_for_all_changes_nothing() -> None:
    arms = [Moments.of([1, 2, 3], [4, 4, 4]), Moments.of([2, 2, 3], [4, 4, 4])]
    assert adjusted_by_before(arms) == (arms, 0.0)


def test_holm_counts_the_tests_there_are() -> None:
    assert holm([None, 0.02, None, 0.03]) == [None, 0.04, None, 0.04]
    assert holm([]) == []


@pytest.mark.parametrize(
    ("units", "shares", "p"),
    [
        ([50, 50], [1, 1], 1.0),
        ([90, 10], [0.9, 0.1], 1.0),
        ([100], [1], None),
        ([0, 0], [1, 1], None),
        ([10, 10, 5], [1, 1, 0], 0.0),
    ],
)
def test_a_sample_ratio(units: list[int], shares: list[float], p: float | None) -> None:
    assert sample_ratio(units, shares) == p


def test_a_readout_corrects_for_several_arms_and_warns_of_wrong_sizes() -> None:
    arms = {
        "plain": Moments.counted(100, 1000),
        "red": Moments.counted(130, 1000),
        "blue": Moments.counted(101, 1300),
    }
    found = read_out(arms, "plain", is_rate=True)
    assert [one.arm for one in found.arms] == ["plain", "blue", "red"]
    blue, red = found.others
    assert red.p_adjusted == pytest.approx(2 * 0.03548845, abs=1e-7)
    assert blue.p_adjusted == pytest.approx(red.p_adjusted)
    assert "sample ratio mismatch" in found.notes[0]
    assert (
        read_out(arms, "plain", is_rate=True, shares={"plain": 1, "red": 1, "blue": 1.3}).notes
        == ()
    )


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ((0.1, 0.0), "an effect of 0"),
        ((0.1, 0.95), "give a smaller effect"),
        ((0.0, 0.1), "must be above 0"),
        ((10.0, 1.0, 0.0), "standard deviation"),
    ],
)
def test_an_effect_that_no_size_finds_is_refused(plan: tuple[float, ...], words: str) -> None:
    with pytest.raises(Unreachable, match=words):
        Plan(*plan)


def test_an_effect_too_small_for_everyone_is_refused() -> None:
    with pytest.raises(Unreachable, match="too small for any number of people"):
        plan_size(Plan(0.1, 1e-7))


@pytest.mark.parametrize("deviation", [None, 0.4])
def test_the_smallest_effect_is_what_the_size_was_planned_for(deviation: float | None) -> None:
    plan = Plan(0.1, 0.02, deviation, power=0.9, comparisons=2)
    control, _ = plan_size(plan)
    assert power_of(plan, control) >= 0.9 > power_of(plan, control - 1)
    found = minimum_effect(control, 0.1, deviation=deviation, power=0.9, comparisons=2)
    assert found == pytest.approx(0.02, rel=1e-3)


def test_no_effect_is_found_with_hardly_anyone() -> None:
    assert minimum_effect(1, 0.1) is None
    many = minimum_effect(4e7, 50.0, deviation=20.0)
    assert many is not None
    assert many == pytest.approx(0.0125, rel=0.01)
    assert minimum_effect(2, 0.5) is None


def test_an_effect_that_fades_is_seen() -> None:
    early = (Moments.counted(100, 1000), Moments.counted(200, 1000))
    late = (Moments.counted(100, 1000), Moments.counted(105, 1000))
    fading = novelty([early, early, late, late])
    assert fading.is_fading
    assert fading.differences == pytest.approx((0.1, 0.1, 0.005, 0.005))
    assert not novelty([late, late, late, late]).is_fading
    assert not novelty([late, late, early, early]).is_fading
    assert novelty([early]).p is None
    assert novelty([(Moments(), Moments()), early]).differences == (None, pytest.approx(0.1))
