"""What the trained model says of a pair, in bits: kept as arrays, so that pairs are weighed anew
without being compared again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from sluice.linkage.frequencies import Holders

#: A corrected u is no less than this share of the sampled one, and no less than this.
LEAST_SHARE, LEAST_U = 0.02, 1e-6
LEAST_CHANCE = 1e-6


@dataclass(frozen=True)
class Comparison:
    """One comparison of the model: m, u and the column whose rarity counts, by degree."""

    name: str
    m: np.ndarray
    u: np.ndarray
    rarity_of: tuple[str | None, ...]

    @property
    def columns(self) -> list[str]:
        """The columns whose rarity counts."""
        return list(dict.fromkeys(c for c in self.rarity_of if c is not None))

    def mean_bits(self, gamma: np.ndarray) -> np.ndarray:
        """log2(m / u) of each pair, whatever the value."""
        return np.append(np.log2(self.m / self.u), 0.0).astype(np.float32)[gamma]

    def agreement(self, column: str) -> float:
        """The chance that strangers agree on the column. Its degrees share it: one may ask for more
        than the value, such as the same city and no postcode.
        """
        held = [u for u, of in zip(self.u, self.rarity_of, strict=True) if of == column]
        return max(float(sum(held)), LEAST_CHANCE)

    def without_matches(self, share: float) -> "Comparison":
        """Takes the matches out of the sampled u, which a small or much duplicated list holds too
        many of: u = (sampled - share * m) / (1 - share).
        """
        freed = (self.u - share * self.m) / (1 - share)
        return replace(self, u=np.maximum(np.maximum(freed, self.u * LEAST_SHARE), LEAST_U))


def recounted(
    comparison: Comparison,
    pairs: pa.Table,
    holders: Mapping[str, Holders],
    not_strangers: np.ndarray,
) -> Comparison:
    """u of the degrees whose rarity counts, by all pairs of records that have the value, without
    those that are matches or relatives: a sample holds too few strangers who share a rare value.
    """
    u, gamma = comparison.u.copy(), pairs[f"gamma_{comparison.name}"].to_numpy()
    for column in comparison.columns:
        degrees = [d for d, of in enumerate(comparison.rarity_of) if of == column]
        values = holders[column].values
        known = values[values >= 0]
        count = np.bincount(known).astype(np.float64)
        agreeing = (count * (count - 1) / 2).sum() - holders[column].joined
        agreeing -= not_strangers[np.isin(gamma, degrees)].sum()
        chance = max(agreeing / max(len(known) * (len(known) - 1) / 2, 1), LEAST_U)
        u[degrees] *= chance / comparison.agreement(column)
    return replace(comparison, u=np.maximum(u, LEAST_U / 10))


def weigh(
    pairs: pa.Table,
    comparisons: list[Comparison],
    holders: Mapping[str, Holders],
    chance: Callable[[Comparison], np.ndarray],
) -> dict[str, np.ndarray]:
    """The bits of each pair by comparison. `chance` gives, for a comparison, the chance of each
    pair to be one person's by all others.
    """
    left, right = pairs["record_l"].to_numpy(), pairs["record_r"].to_numpy()
    bits = {}
    for comparison in comparisons:
        gamma = pairs[f"gamma_{comparison.name}"].to_numpy()
        bits[comparison.name] = comparison.mean_bits(gamma)
        by_others = chance(comparison) if comparison.columns else np.zeros(0)
        for column in comparison.columns:
            degrees = [d for d, of in enumerate(comparison.rarity_of) if of == column]
            agreement, at = comparison.agreement(column), np.flatnonzero(np.isin(gamma, degrees))
            held = holders[column].rarity(left, right, by_others, agreement, at)
            added = np.log2(agreement) - np.log2(np.maximum(held, LEAST_U))
            bits[comparison.name][at] += added.astype(np.float32)
    return bits


def total(bits: Mapping[str, np.ndarray]) -> np.ndarray:
    """The evidence of each pair."""
    return np.sum([b.astype(np.float64) for b in bits.values()], axis=0)
