"""A card of rows with times: what tells the day is left out, what lies beyond the rows is bounded,
and the expected rate follows the newest.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from benchmarks.drifting_leads import drifting_leads
from benchmarks.scoring_rivals import logistic
from sluice.scorecards import (
    CardConfig,
    OutsideTrainedRange,
    area_under_curve,
    calibrate,
    fit_card,
    outside,
    recalibrate,
    score,
    stability,
)
from sluice.scorecards.columns import tidy
from sluice.scorecards.periods import forward_folds, is_early, ranks_of
from sluice.scorecards.stability import calendar_share, population_stability

QUICK = CardConfig(penalties=(0.1, 1.0), jumps=(0.3,), folds=3)


@pytest.fixture(scope="module")
def leads() -> pd.DataFrame:
    return drifting_leads(4_000)


def test_columns_of_the_market_are_left_out_unless_insisted_on(leads: pd.DataFrame) -> None:
    features, answers = leads.drop(columns=["day", "bought"]), leads["bought"].to_numpy()
    dropped = fit_card(features, answers, QUICK, times=leads["day"]).dropped
    assert {name for name, why in dropped.items() if "tells the day" in why} == {"rate", "index"}
    kept = CardConfig(**{**vars(QUICK), "insist": frozenset({"rate"})})
    assert "rate" not in fit_card(features, answers, kept, times=leads["day"]).dropped


def test_on_drifting_columns_a_card_is_no_worse_than_logistic(leads: pd.DataFrame) -> None:
    ranks = ranks_of(leads["day"])
    assert ranks is not None
    early, answers = is_early(ranks), leads["bought"].to_numpy()
    table = tidy(leads.drop(columns=["day", "bought"]))[0]
    card = fit_card(table[early], answers[early], QUICK, times=leads["day"][early])
    rival = logistic(table[early], pd.Series(answers[early]), table[~early])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OutsideTrainedRange)
        own = area_under_curve(answers[~early], score(card, table[~early]))
    assert own >= area_under_curve(answers[~early], rival) - 0.01


def test_beyond_the_trained_range_the_nearest_inner_bin_counts_and_is_counted() -> None:
    chance = np.random.default_rng(1)
    x = np.round(chance.uniform(0, 10, 3_000), 1)
    answers = (chance.random(3_000) < 1 / (1 + np.exp(5 - x))).astype(int)
    card = fit_card(pd.DataFrame({"x": x}), answers, CardConfig(bins=5, has_tails=False))
    inside = score(card, pd.DataFrame({"x": [1.0, 3.0, 7.0, 9.0]}))
    far = pd.DataFrame({"x": [-500.0, 500.0, np.nan]})
    with pytest.warns(OutsideTrainedRange, match="2 of 3 rows have a x outside 0 to 10"):
        beyond = score(card, far)
    assert outside(card, far) == {"x": 2}
    assert beyond[:2].tolist() == [inside[1], inside[2]]
    assert inside[0] < inside[1] < inside[2] < inside[3]


def test_each_fold_looks_only_back_and_a_time_is_never_torn() -> None:
    ranks = np.repeat(np.arange(40), 5)
    folds = forward_folds(ranks, np.tile([0, 1], 100), 4)
    assert len(folds) == 4
    assert all(ranks[known].max() < ranks[later].min() for known, later in folds)
    assert forward_folds(ranks, np.zeros(200, dtype=np.int64), 4) == []
    assert not set(ranks[is_early(ranks)]) & set(ranks[~is_early(ranks)])


@pytest.mark.parametrize("times", [["2026-01-01"] * 4, [None] * 4], ids=["one time", "no time"])
def test_without_different_times_there_is_no_order(times: list[str | None]) -> None:
    assert ranks_of(pd.Series(times)) is None


def test_stability_names_a_shift_and_an_effect_that_turns() -> None:
    chance = np.random.default_rng(2)
    count = 4_000
    turns, shifts, still = (chance.normal(size=count) for _ in range(3))
    later = np.arange(count) >= count // 2
    sign = np.where(later, -1, 1)
    answers = (chance.random(count) < 1 / (1 + np.exp(-sign * turns - still))).astype(int)
    frame = pd.DataFrame({"turns": turns, "shifts": shifts + 2 * later, "still": still})
    found = {column.name: column for column in stability(frame, answers, np.arange(count))}
    assert (found["turns"].signs, found["turns"].is_stable) == ("++--", False)
    assert found["shifts"].psi > 0.25
    assert (found["still"].signs, found["still"].is_stable) == ("++++", True)
    assert stability(frame, answers, np.zeros(count)) == []


@pytest.mark.parametrize(
    ("values", "is_calendar"),
    [(np.arange(400) // 20 * 1.0, True), (np.arange(400) % 7 * 1.0, False), (np.ones(400), False)],
    ids=["a step a day", "of each row", "constant"],
)
def test_the_share_of_time_is_high_only_of_the_calendar(
    values: np.ndarray, is_calendar: bool
) -> None:
    assert (calendar_share(pd.Series(values), np.arange(400)) >= 0.8) == is_calendar


def test_equal_samples_have_no_shift() -> None:
    assert population_stability(np.array([0, 1, 1]), np.array([0, 1, 1]), 2) == 0


def test_the_expected_rate_is_that_of_the_newest_rows() -> None:
    points = np.tile([0, 10, 20, 30], 100)
    answers = (np.arange(400) % 10 < points / 10).astype(int)
    before = calibrate(answers, points)
    newest = np.maximum(answers, (np.arange(400) % 3 == 0).astype(int))
    after = recalibrate(before, newest, points)
    assert after.rate(points).mean() == pytest.approx(newest.mean())
    assert after.slope == before.slope
    assert recalibrate(before, [1, 1], [3, 4]) == before
    assert recalibrate(before, [], []) == before
