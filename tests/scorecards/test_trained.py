"""What a card was fitted on, kept beside it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sluice.scorecards import Card, CardConfig, Rule
from sluice.scorecards.levels import Between, OneOf
from sluice.scorecards.trained import only, trained_inputs, trained_total

CARD = Card(0, (Rule("visits", Between(1, None), 5), Rule("city", OneOf(("Bonn",)), 3)), 1.0)
FRAME = pd.DataFrame(
    {
        "visits": np.arange(100) % 10,
        "city": ["Bonn"] * 60 + ["Kiel"] * 35 + ["Ulm"] * 5,
        "unused": np.arange(100) % 3,
    }
)


def test_each_input_of_the_rules_is_counted_by_level_with_its_range() -> None:
    visits, city = trained_inputs(CARD, FRAME, CardConfig(bins=4, has_tails=False))
    assert (visits.name, visits.low, visits.high, visits.others) == ("visits", 0, 9, 0)
    assert sum(visits.rows) == 100
    assert (city.rows, city.low) == ((60, 35, 5), None)


def test_a_row_of_which_nothing_was_learnt_counts_nowhere() -> None:
    frame = FRAME.assign(city=FRAME["city"].where(np.arange(100) >= 20))
    hidden = {"city": np.arange(100) < 30}
    (_, city) = trained_inputs(CARD, frame, CardConfig(), hidden)
    assert city.is_known_only
    assert sum(city.rows) + city.others == 70


def test_levels_that_may_not_be_shown_are_counted_among_the_others() -> None:
    (_, city) = trained_inputs(CARD, FRAME, CardConfig())
    kept = only(city, [True, False, True])
    assert (kept.rows, kept.others, len(kept.levels)) == ((60, 5), 35, 2)


def test_totals_are_counted_in_tenths_unless_all_are_alike() -> None:
    total = trained_total(np.arange(200))
    assert total is not None
    assert total.rows == (20,) * 10
    assert trained_total([7, 7, 7]) is None
