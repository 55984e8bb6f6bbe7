"""A card gives the same points in SQL and in Python, whatever the table, and is as good as the
regression it rounds.
"""

from __future__ import annotations

import math

import duckdb
import numpy as np
import pandas as pd
import pytest

from sluice.scorecards import (
    Card,
    CardConfig,
    Rule,
    area_under_curve,
    calibrate,
    card_sql,
    fit_card,
    score,
)
from sluice.scorecards.columns import outcome, tidy
from sluice.scorecards.levels import Between, Missing, NoneOf, OneOf, cut_between


def by_sql(card: Card, table: pd.DataFrame) -> list[int]:
    with duckdb.connect() as connection:
        connection.register("leads", table.assign(place=range(len(table))))
        found = connection.execute(
            f"select points from ({card_sql(card, 'leads', ['place'])}) order by place"
        ).fetchall()
    return [points for (points,) in found]


def odd_table(count: int = 1200) -> tuple[pd.DataFrame, np.ndarray]:
    """Everything that tables of leads have been seen to hold."""
    chance = np.random.default_rng(3)
    visits = chance.normal(size=count)
    outcomes = (chance.random(count) < 1 / (1 + np.exp(1.5 - 2 * visits))).astype(int)
    frame = pd.DataFrame(
        {
            'time "on" site': np.where(chance.random(count) < 0.2, np.nan, visits),
            "来源": chance.choice(["官网", "O'Neil", '"x"', "a\\b"], count),
            "many": [f"c{n}" for n in chance.integers(0, 500, count)],
            "is known": pd.array(chance.choice([True, False], count), dtype="boolean"),
            "pages": pd.array(chance.integers(0, 4, count), dtype="Int64"),
            "empty": [None] * count,
            "constant": "Select",
            "day": pd.date_range("2026-01-01", periods=count, freq="h"),
            "infinite": np.where(chance.random(count) < 0.1, np.inf, visits),
            "id": [f"id{n}" for n in range(count)],
        }
    )
    frame.loc[::7, ["来源", "is known", "pages"]] = None
    return frame, outcomes


def test_sql_and_python_give_the_same_points() -> None:
    frame, outcomes = odd_table()
    card = fit_card(frame[:800], outcomes[:800])
    table, _ = tidy(frame)
    assert {rule.attribute for rule in card.rules} >= {'time "on" site', "来源", "is known"}
    assert by_sql(card, table) == score(card, table).tolist()
    assert score(card, table[:800]).min() == 0


def test_columns_that_cannot_be_used_say_why() -> None:
    frame, outcomes = odd_table()
    dropped = fit_card(frame, outcomes).dropped
    assert {name: dropped[name] for name in ("empty", "constant", "day")} == {
        "empty": "no value at all",
        "constant": "the same value everywhere",
        "day": "a time, not a measure",
    }
    assert "id" in dropped


@pytest.mark.parametrize(
    ("level", "holds"),
    [
        (Missing(), [None]),
        (OneOf(("it's",)), ["it's"]),
        (OneOf(("官网", '"')), ["官网", '"']),
        (NoneOf(("官网",)), ["it's", '"']),
        (NoneOf(()), ["官网", "it's", '"']),
    ],
    ids=["null", "quote", "several", "none of", "anything"],
)
def test_a_level_holds_for_the_same_values_in_both(
    level: Missing | OneOf | NoneOf, holds: list[str | None]
) -> None:
    table = pd.DataFrame({'a "b"': pd.Series(["官网", "it's", '"', None], dtype=object)})
    card = Card(5, (Rule('a "b"', level, 7),), 1.0)
    expected = [12 if value in holds else 5 for value in ["官网", "it's", '"', None]]
    assert by_sql(card, table) == score(card, table).tolist() == expected


def test_a_bound_belongs_to_the_upper_range_in_both() -> None:
    table = pd.DataFrame({"x": [0.1, 0.3, 0.30000000000000004, math.nan]})
    card = Card(0, (Rule("x", Between(None, 0.3), 1), Rule("x", Between(0.3, None), 2)), 1.0)
    assert by_sql(card, table) == score(card, table).tolist() == [1, 2, 2, 0]


@pytest.mark.parametrize(
    ("low", "high", "cut"),
    [(2, 3, 3), (31.2, 31.9, 31.5), (9, 12, 10), (-3, -1, -1), (0, 0.004, 0.004), (0.1, 0.1, None)],
)
def test_a_cut_is_a_short_number_between_two_values(
    low: float, high: float, cut: float | None
) -> None:
    found = cut_between(low, high)
    assert (
        found is None
        if cut is None
        else low < found <= high and len(repr(float(found))) <= len(repr(float(cut)))
    )


@pytest.mark.parametrize("kind", ["breast cancer", "rare outcome"])
def test_a_card_is_as_good_as_a_logistic_regression(kind: str) -> None:
    from benchmarks.scoring_rivals import logistic

    features, outcomes = medical() if kind == "breast cancer" else rare()
    count = round(len(features) * 0.7)
    table, _ = tidy(features)
    card = fit_card(table[:count], outcomes[:count])
    rival = logistic(table[:count], pd.Series(outcomes[:count]), table[count:])
    own = area_under_curve(outcomes[count:], score(card, table[count:]))
    assert own >= area_under_curve(outcomes[count:], rival) - 0.005


def medical() -> tuple[pd.DataFrame, np.ndarray]:
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer(as_frame=True)
    order = np.random.default_rng(0).permutation(len(data.data))
    return data.data.iloc[order].reset_index(drop=True), data.target.to_numpy()[order]


def rare() -> tuple[pd.DataFrame, np.ndarray]:
    chance = np.random.default_rng(0)
    count = 6000
    a, b, kind = (
        chance.normal(size=count),
        chance.exponential(size=count),
        chance.choice(["x", "y", "z"], count),
    )
    source = chance.zipf(1.5, size=count) % 300
    log_odds = -4.2 + a + 0.5 * b + chance.normal(size=300)[source] * 0.8 + (kind == "x") * a
    frame = pd.DataFrame({"a": a, "b": b, "kind": kind, "source": [f"s{n}" for n in source]})
    return frame, (chance.random(count) < 1 / (1 + np.exp(-log_odds))).astype(int)


def test_nothing_is_learnt_from_hidden_rows() -> None:
    outcomes = np.tile([1, 0, 0, 0], 200)
    frame = pd.DataFrame({"tells": np.where(outcomes == 1, "yes", None)})
    assert len(fit_card(frame, outcomes).rules) > 0
    assert fit_card(frame, outcomes, hidden={"tells": outcomes == 1}).rules == ()


def test_a_card_needs_both_outcomes() -> None:
    with pytest.raises(ValueError, match="both outcomes"):
        fit_card(pd.DataFrame({"a": [1.0, 2.0]}), np.array([0, 0]))


def test_without_a_usable_column_a_card_has_no_rules() -> None:
    card = fit_card(pd.DataFrame({"a": [None] * 100}), np.tile([0, 1], 50), CardConfig())
    assert (card.base, card.rules) == (0, ())


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 1, 1], [0, 1, 1]),
        (["Yes", "No", "No"], [1, 0, 0]),
        ([True, False, True], [1, 0, 1]),
        (["won", None, None], [1, 0, 0]),
        (["free", "paid", "free"], [0, 1, 0]),
        (["否", "是", "否"], [0, 1, 0]),
        ([0.0, 250.5, 3.0], [0, 1, 1]),
    ],
)
def test_outcomes_of_any_type_become_0_and_1(values: list[object], expected: list[int]) -> None:
    assert outcome(pd.Series(values))[0].tolist() == expected


def test_a_target_of_many_texts_must_say_which() -> None:
    with pytest.raises(ValueError, match="3 different"):
        outcome(pd.Series(["a", "b", "c"]))
    assert outcome(pd.Series(["a", "b", "c"]), "b")[0].tolist() == [0, 1, 0]


def test_more_points_never_mean_a_lower_rate() -> None:
    points = np.repeat([0, 10, 20, 30], 100)
    outcomes = (np.arange(400) % 10 < points / 5).astype(int)
    calibration = calibrate(outcomes, points)
    rates = calibration.rate([0, 10, 20, 30])
    table = calibration.table(outcomes, points)
    assert (np.diff(rates) > 0).all()
    assert table["rows"].sum() == 400
    assert table["rate"].tolist() == [0.6, 0.4, 0.2, 0.0]
    assert (np.diff(calibrate(1 - outcomes, points).rate([0, 30])) == 0).all()
