"""Twenty cases whose results scipy or statsmodels give too."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import statsmodels.api as sm
from scipy import integrate, stats
from statsmodels.stats import proportion
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from sluice.experiments import (
    Moments,
    Plan,
    compare_proportions,
    compare_values,
    holm,
    plan_size,
    power_of,
    probability_better,
    sample_ratio,
)
from sluice.experiments.values import adjusted_by_before

Case = tuple[str, Sequence[float | None], Sequence[float]]
TOLERANCE = 1e-7
RATES = ((100, 1000, 130, 1000), (20, 150, 14, 160), (2136, 21306, 3894, 21307), (480, 900, 51, 90))
FEW = (1, 12, 7, 15)


def cases() -> Iterator[Case]:
    """(name, what we find, what the reference finds)."""
    yield from _of_rates()
    yield from _of_few()
    yield from _of_values()
    yield from _of_plans()
    yield from _of_the_rest()


def mismatches() -> list[str]:
    """The names of the cases that differ by more than rounding."""
    return [name for name, own, other in cases() if not is_equal(own, other)]


def is_equal(own: Sequence[float | None], other: Sequence[float]) -> bool:
    """To seven digits."""
    return all(
        one is not None and math.isclose(one, two, rel_tol=TOLERANCE, abs_tol=1e-12)
        for one, two in zip(own, other, strict=True)
    )


def _of_rates() -> Iterator[Case]:
    for first, units, second, others in RATES:
        found = compare_proportions(Moments.counted(first, units), Moments.counted(second, others))
        z, p = proportion.proportions_ztest([second, first], [others, units])
        low, high = proportion.confint_proportions_2indep(
            second, others, first, units, method="wald"
        )
        name = f"{first}/{units} and {second}/{others}"
        yield f"z test of {name}", [found.statistic, found.p], [z, p]
        yield f"interval of {name}", found.interval or (None, None), (low, high)
    first, units, second, others = RATES[0]
    found = compare_proportions(Moments.counted(first, units), Moments.counted(second, others))
    low, high = proportion.confint_proportions_2indep(
        second, others, first, units, compare="ratio", method="log"
    )
    yield "relative lift", found.relative_interval or (None, None), (low - 1, high - 1)
    exact, _ = integrate.quad(
        lambda x: stats.beta.pdf(x, 131, 871) * stats.beta.cdf(x, 101, 901), 0.05, 0.25
    )
    yield "probability of the better", [found.probability_better], [exact]


def _of_few() -> Iterator[Case]:
    first, units, second, others = FEW
    found = compare_proportions(Moments.counted(first, units), Moments.counted(second, others))
    exact = stats.fisher_exact([[first, units - first], [second, others - second]]).pvalue
    low, high = proportion.confint_proportions_2indep(
        second, others, first, units, method="newcomb", correction=False
    )
    yield "Fisher's exact test", [found.p], [exact]
    yield "Newcombe's interval", found.interval or (None, None), (low, high)


def _of_values() -> Iterator[Case]:
    chance = np.random.default_rng(5)
    before = chance.gamma(2, 10, 900)
    values = before * 0.6 + chance.exponential(20, 900)
    is_arm = np.arange(900) % 3 == 0
    control, arm = (
        Moments.of(values[rows], before[rows]) for rows in (np.flatnonzero(~is_arm), is_arm)
    )
    found = compare_values(control, arm)
    t, p = stats.ttest_ind(values[is_arm], values[~is_arm], equal_var=False)
    both = CompareMeans(DescrStatsW(values[is_arm]), DescrStatsW(values[~is_arm]))
    yield "Welch's t test", [found.statistic, found.p], [t, p]
    yield (
        "Welch's interval",
        found.interval or (None, None),
        both.tconfint_diff(alpha=0.05, usevar="unequal"),
    )
    (one, two), _ = adjusted_by_before([control, arm])
    slopes = sm.OLS(values, sm.add_constant(np.column_stack([is_arm, before]))).fit()
    yield "CUPED and a regression", [two.mean - one.mean], [slopes.params[1]]


def _of_plans() -> Iterator[Case]:
    promised = proportion.power_proportions_2indep(0.02, 0.1, 3000, return_results=False)
    yield "power of rates", [power_of(Plan(0.1, 0.02), 3000)], [promised]
    yield (
        "power of values",
        [power_of(Plan(20, 3, 15, ratio=2), 200)],
        [TTestIndPower().power(3 / 15, 200, 0.05, ratio=2)],
    )
    size = TTestIndPower().solve_power(0.25, power=0.9, alpha=0.01)
    yield "size of values", plan_size(Plan(10, 1, 4, alpha=0.01, power=0.9)), [math.ceil(size)] * 2


def _of_the_rest() -> Iterator[Case]:
    yield (
        "sample ratio",
        [sample_ratio([821588, 815482], [1, 1])],
        [stats.chisquare([821588, 815482]).pvalue],
    )
    values = [0.01, 0.04, 0.03, 0.005, 0.6]
    yield "Holm", holm(values), multipletests(values, method="holm")[1]


def reference() -> dict[str, float]:
    """Figures that are given: z, p and probability of 100/1000 and 130/1000, p of a ratio."""
    one, two = Moments.counted(100, 1000), Moments.counted(130, 1000)
    found = compare_proportions(one, two)
    return {
        "z": found.statistic or math.nan,
        "p": found.p or math.nan,
        "probability_better": probability_better(one, two),
        "sample_ratio_p": sample_ratio([821588, 815482], [1, 1]) or math.nan,
    }
