"""Pairs of relatives and colleagues: they share a surname and a place, and nothing of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sluice.linkage.probabilities import prior_of

if TYPE_CHECKING:
    from splink import Linker

#: Comparisons of what is a person's own: relatives agree on them by chance only.
PERSONAL = ("given", "name", "birth_date", "national_id", "email", "phone", "unionid")
ROUNDS = 40
#: Relatives to begin with, for each match.
FIRST_SHARE = 0.3
#: The weight of where they begin, in pairs: few candidates teach little.
FIRST_PAIRS = 10.0
LEAST_CHANCE = 0.001


@dataclass(frozen=True)
class Degrees:
    """One comparison of what relatives share: the degree of each pair (-1: a value is missing), m
    and u by degree, and log2 of what strangers do, by the frequency of the value where that counts.
    """

    gamma: np.ndarray
    m: np.ndarray
    u: np.ndarray
    strangers: np.ndarray

    @property
    def first(self) -> np.ndarray:
        """Half as matches, half as strangers."""
        return (self.m + self.u) / 2

    def bits(self, chances: np.ndarray) -> np.ndarray:
        """The evidence of each pair for a kind of pairs with these chances of the degrees."""
        return np.append(np.log2(chances), 0.0)[self.gamma] - self.strangers

    def chances(self, share: np.ndarray) -> np.ndarray:
        """The chances of the degrees among pairs, each as far as it is of the kind."""
        known = self.gamma >= 0
        seen = np.bincount(self.gamma[known], share[known], minlength=len(self.m))
        made = (seen + FIRST_PAIRS * self.first) / (seen.sum() + FIRST_PAIRS)
        return np.maximum(made, LEAST_CHANCE)


def discount_relatives(
    linker: "Linker", pairs: pa.Table, prior: float, joined: int, total: int
) -> tuple[pa.Table, float]:
    """The pairs with less evidence where they may be relatives (also in `mw_household`), and the
    prior that fits. What matches and strangers do stays as it was learned.

    Expectation-maximisation with relatives as a third kind of pairs beside matches and strangers:
    weights alone take each shared column for one more proof.
    """
    evidence = pairs["evidence"].to_numpy()
    shared = list(_shared(linker, pairs))
    chances = [degrees.first for degrees in shared]
    share, odds = FIRST_SHARE * prior, np.zeros(len(evidence))
    for _ in range(ROUNDS if shared else 0):
        odds = share * np.exp2(np.clip(_sum(shared, chances), -200, 200))
        likely = prior / (1 - prior) * np.exp2(np.clip(evidence, -200, 200))
        related, matching = (kind / (1 + odds + likely) for kind in (odds, likely))
        chances = [degrees.chances(related) for degrees in shared]
        share = max(float(related.sum()), 0.5) / total
        prior = min(max(float(matching.sum()) + joined, 1) / total, 0.5)
    household = -np.log2(1 + odds)
    evidence = (evidence + household).round(6)
    at = pairs.column_names.index("evidence")
    pairs = pairs.set_column(at, "evidence", pa.array(evidence))
    pairs = pairs.append_column("mw_household", pa.array(household))
    return pairs, prior_of(evidence, joined, total)


def _sum(shared: list[Degrees], chances: list[np.ndarray]) -> np.ndarray:
    return np.sum([d.bits(c) for d, c in zip(shared, chances, strict=True)], axis=0)


def _shared(linker: "Linker", pairs: pa.Table) -> Iterator[Degrees]:
    for comparison in linker._settings_obj.core_model_settings.comparisons:
        name = comparison.output_column_name
        if name in PERSONAL:
            continue
        m, u = _chances(comparison)
        gamma = pairs[f"gamma_{name}"].to_numpy()
        learned = np.append(np.log2(m), 0.0)[gamma]
        strangers = np.where(gamma < 0, 0.0, learned - bits_of(pairs, name))
        yield Degrees(gamma, m / m.sum(), u / u.sum(), strangers)


def _chances(comparison: Any) -> tuple[np.ndarray, np.ndarray]:
    """m and u by degree; where none was learned, the least."""
    levels = comparison._comparison_levels_excluding_null
    size = max(level.comparison_vector_value for level in levels) + 1
    m, u = np.full(size, LEAST_CHANCE), np.full(size, LEAST_CHANCE)
    for level in levels:
        for array, chance in ((m, level.m_probability), (u, level.u_probability)):
            if isinstance(chance, float):
                array[level.comparison_vector_value] = chance
    return m, u


def bits_of(pairs: pa.Table, name: str) -> np.ndarray:
    """The evidence of one comparison, with the frequency of its value."""
    columns = [c for c in (f"mw_{name}", f"mw_tf_adj_{name}") if c in pairs.column_names]
    return np.sum([np.nan_to_num(pairs[c].to_numpy()) for c in columns], axis=0)
