"""Match weights learned once more, on all candidate pairs together and with what plain weights
leave out: relatives, and records that are careless throughout.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sluice.linkage.model import LEAST_M

if TYPE_CHECKING:
    from splink import Linker

#: Comparisons of what is a person's own: relatives and colleagues agree on them by chance only.
PERSONAL = ("given", "name", "birth_date", "national_id", "email", "phone", "unionid")
ROUNDS = 40
#: The weight of what the sessions learned, in pairs: few candidates do not overrule it.
SESSION_PAIRS = 10.0
#: Where the careless start: so far from what matches do towards what strangers do.
CARELESS = 0.3


@dataclass(frozen=True)
class Degrees:
    """One comparison: the degree of each pair (-1: a value is missing), m and u by degree, and each
    pair's log2 of what strangers do, by the frequency of its value where that counts.
    """

    name: str
    gamma: np.ndarray
    m: np.ndarray
    u: np.ndarray
    strangers: np.ndarray

    def bits(self, chances: np.ndarray) -> np.ndarray:
        """The evidence of each pair for a class of pairs with these chances of the degrees."""
        return np.append(np.log2(chances), 0.0)[self.gamma] - self.strangers

    def share(self, responsible: np.ndarray, start: np.ndarray) -> np.ndarray:
        """The chances of the degrees among pairs, each as far as it is of the class."""
        known = self.gamma >= 0
        seen = np.bincount(self.gamma[known], responsible[known], minlength=len(self.m))
        chances = (seen + SESSION_PAIRS * start) / (seen.sum() + SESSION_PAIRS)
        return np.maximum(chances, LEAST_M)


class Kind:
    """A class of pairs: how many of all pairs it has, and its chances of each comparison's degrees.

    None in place of chances: as strangers.
    """

    def __init__(self, share: float, chances: list[np.ndarray | None]) -> None:
        self.share = share
        self.start = chances
        self.chances = list(chances)

    def bits(self, compared: list[Degrees]) -> np.ndarray:
        parts = zip(compared, self.chances, strict=True)
        known = [d.bits(c) for d, c in parts if c is not None]
        return np.sum(known, axis=0) + np.log2(self.share)

    def learn(self, compared: list[Degrees], responsible: np.ndarray, total: int) -> None:
        self.share = max(float(responsible.sum()), 0.5) / total
        for i, (degrees, start) in enumerate(zip(compared, self.start, strict=True)):
            if start is not None:
                self.chances[i] = degrees.share(responsible, start)


def refine(
    linker: "Linker", pairs: pa.Table, prior: float, joined: int, total: int
) -> tuple[pa.Table, float]:
    """The pairs with new match weights, and the prior: expectation-maximisation over all candidates
    with three kinds of pairs beside strangers, whose chances stay as they are.

    Plain weights treat columns as independent. Relatives share surname and place and nothing that is
    a person's own; a careless record errs in many columns at once. Each is a kind of its own.
    """
    compared = list(_degrees(linker, pairs))
    careful, careless, relatives = kinds = _first_kinds(compared, prior)
    for _ in range(ROUNDS):
        likely = _likelihoods(kinds, compared)
        for kind, one in zip(kinds, likely, strict=True):
            kind.learn(compared, one / (1 + likely.sum(axis=0)), total)
    likely = _likelihoods(kinds, compared)
    weight = np.log2(likely[0] + likely[1]) - np.log2(1 + likely[2])
    matches = joined / total + careful.share + careless.share
    prior = min(max(matches, 1 / total), 0.5)
    evidence = weight - np.log2(prior / (1 - prior))
    return _with_evidence(pairs, compared, (careful, careless), evidence), prior


def _first_kinds(compared: list[Degrees], prior: float) -> tuple[Kind, Kind, Kind]:
    """Careful and careless matches, and relatives."""
    careless = [(1 - CARELESS) * d.m + CARELESS * d.u for d in compared]
    relatives = [None if d.name in PERSONAL else (d.m + d.u) / 2 for d in compared]
    return (
        Kind(0.8 * prior, [d.m for d in compared]),
        Kind(0.2 * prior, list(careless)),
        Kind(0.3 * prior, relatives),
    )


def _likelihoods(kinds: tuple[Kind, ...], compared: list[Degrees]) -> np.ndarray:
    """Per kind and pair: how much likelier the pair is of this kind than of strangers."""
    bits = np.stack([kind.bits(compared) for kind in kinds])
    return np.exp2(np.clip(bits, -200, 200))


def _degrees(linker: "Linker", pairs: pa.Table) -> Iterator[Degrees]:
    for comparison in linker._settings_obj.core_model_settings.comparisons:
        name = comparison.output_column_name
        m, u = _chances(comparison)
        gamma = pairs[f"gamma_{name}"].to_numpy()
        learned = np.append(np.log2(m), 0.0)[gamma]
        strangers = np.where(gamma < 0, 0.0, learned - _bits(pairs, name))
        yield Degrees(name, gamma, m / m.sum(), u / u.sum(), strangers)


def _chances(comparison: Any) -> tuple[np.ndarray, np.ndarray]:
    """m and u by degree; where none was learned, the least."""
    levels = comparison._comparison_levels_excluding_null
    size = max(level.comparison_vector_value for level in levels) + 1
    m, u = np.full(size, LEAST_M), np.full(size, LEAST_M)
    for level in levels:
        for array, chance in ((m, level.m_probability), (u, level.u_probability)):
            if isinstance(chance, float):
                array[level.comparison_vector_value] = chance
    return np.maximum(m, LEAST_M), u


def _bits(pairs: pa.Table, name: str) -> np.ndarray:
    """The evidence of one comparison, with the frequency of its value."""
    columns = [c for c in (f"mw_{name}", f"mw_tf_adj_{name}") if c in pairs.column_names]
    return np.sum([np.nan_to_num(pairs[c].to_numpy()) for c in columns], axis=0)


def _with_evidence(
    pairs: pa.Table, compared: list[Degrees], matches: tuple[Kind, Kind], evidence: np.ndarray
) -> pa.Table:
    """The pairs with the evidence as a whole, of each comparison on its own (among matches of both
    kinds), and what the whole adds or takes: `mw_together`.
    """
    careful, careless = matches
    whole = careful.share + careless.share
    rest = evidence.copy()
    for degrees, a, b in zip(compared, careful.chances, careless.chances, strict=True):
        assert a is not None and b is not None
        own = degrees.bits((careful.share * a + careless.share * b) / whole)
        own[degrees.gamma < 0] = 0.0
        rest -= own
        pairs = _replaced(pairs, f"mw_{degrees.name}", own)
        if f"mw_tf_adj_{degrees.name}" in pairs.column_names:
            pairs = pairs.drop_columns(f"mw_tf_adj_{degrees.name}")
    pairs = pairs.append_column("mw_together", pa.array(rest))
    return _replaced(pairs, "evidence", evidence.round(6))


def _replaced(pairs: pa.Table, name: str, values: np.ndarray) -> pa.Table:
    return pairs.set_column(pairs.column_names.index(name), name, pa.array(values))
