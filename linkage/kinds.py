"""The kinds of pairs: matches of careful and of careless records, relatives, and strangers.

Weights alone take each column for one more proof. But who shares a surname shares a place too
(relatives), and a record with one wrong value has others (careless hands).
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from sluice.linkage.evidence import Comparison, total
from sluice.linkage.personal import NAMING, OWN

ROUNDS = 60
#: Kinds to begin with, for each match.
FIRST_CARELESS, FIRST_RELATED = 0.3, 0.3
#: The weight of where they begin, in pairs: few candidates teach little.
FIRST_PAIRS = 10.0
LEAST_CHANCE = 0.001
#: Pairs of one pattern whose rarity differs by less than this many bits are one cell.
CELL_BITS = 0.25
MOST_BITS = 200.0


@dataclass(frozen=True)
class Kind:
    """A kind of pairs: its share of all pairs and, by comparison, the chances of the degrees;
    `fixed` are the comparisons whose chances are not learned here.
    """

    share: float
    chances: dict[str, np.ndarray]
    fixed: frozenset[str]


@dataclass(frozen=True)
class Cells:
    """Pairs of one pattern of degrees and one rarity: for EM they are one."""

    pattern: np.ndarray
    strangers: np.ndarray
    count: np.ndarray


@dataclass(frozen=True)
class Patterns:
    """The distinct patterns of degrees, and that of each pair."""

    names: list[str]
    gamma: np.ndarray
    of_pair: np.ndarray

    def bits(self, kind: Kind) -> np.ndarray:
        """log2 of the chance of each pattern in a kind."""
        columns = [
            np.append(np.log2(kind.chances[name]), 0.0)[self.gamma[:, i]]
            for i, name in enumerate(self.names)
        ]
        return np.sum(columns, axis=0)


@dataclass(frozen=True)
class Weighed:
    """The match weight of each pair with the prior in it, and of it what relatives take and what
    carelessness adds, in bits.
    """

    weight: np.ndarray
    household: np.ndarray
    careless: np.ndarray

    @property
    def not_strangers(self) -> np.ndarray:
        """The chance of each pair to be a match or relatives."""
        strangers = np.exp2(self.household) / (1 + np.exp2(np.clip(self.weight, -200, 200)))
        return 1 - strangers


def weigh_kinds(
    pairs: pa.Table,
    comparisons: list[Comparison],
    bits: dict[str, np.ndarray],
    prior: float,
    joined: int,
    total_pairs: int,
) -> Weighed:
    """Expectation-maximisation over the kinds, on all candidates. What strangers do stays as it was
    sampled, what careful matches do beside their names and births as it was learned.
    """
    patterns = _patterns(pairs, comparisons)
    strangers = _strangers(pairs, comparisons, bits)
    cells = _cells(patterns, strangers)
    kinds = _first(comparisons, prior)
    for _ in range(ROUNDS):
        kinds = _round(kinds, cells, patterns, joined, total_pairs)
    careful, careless, related = (
        np.log2(kind.share) + patterns.bits(kind)[patterns.of_pair] + strangers for kind in kinds
    )
    rest = np.log2(1 - sum(kind.share for kind in kinds))
    matching = np.logaddexp2(careful, careless)
    household = rest - np.logaddexp2(related, rest)
    return Weighed(matching - rest + household, household, matching - careful)


def _first(comparisons: list[Comparison], prior: float) -> list[Kind]:
    m = {c.name: _chances(c.m) for c in comparisons}
    u = {c.name: _chances(c.u) for c in comparisons}
    half = {name: (m[name] + u[name]) / 2 for name in m}
    own = frozenset(name for name in m if name in OWN)
    related = {name: u[name] if name in own else half[name] for name in m}
    sure = prior / (1 + FIRST_CARELESS)
    return [
        Kind(sure, m, frozenset(m) - frozenset(NAMING)),
        Kind(prior - sure, half, frozenset()),
        Kind(prior * FIRST_RELATED, related, own),
    ]


def _chances(of_degrees: np.ndarray) -> np.ndarray:
    bounded = np.maximum(of_degrees, 1e-6)
    return bounded / bounded.sum()


def _strangers(
    pairs: pa.Table, comparisons: list[Comparison], bits: dict[str, np.ndarray]
) -> np.ndarray:
    """-log2 of the chance of each pair among strangers, by the frequency of its values."""
    chance = total(bits)
    for c in comparisons:
        gamma = pairs[f"gamma_{c.name}"].to_numpy()
        chance -= np.append(np.log2(c.m), 0.0)[gamma]
    return chance


def _patterns(pairs: pa.Table, comparisons: list[Comparison]) -> Patterns:
    names = [c.name for c in comparisons]
    code = np.zeros(pairs.num_rows, dtype=np.int64)
    for c in comparisons:
        code = code * (len(c.m) + 1) + pairs[f"gamma_{c.name}"].to_numpy() + 1
    _, first, of_pair = np.unique(code, return_index=True, return_inverse=True)
    gamma = np.stack([pairs[f"gamma_{name}"].to_numpy()[first] for name in names], axis=1)
    return Patterns(names, gamma, of_pair)


def _cells(patterns: Patterns, strangers: np.ndarray) -> Cells:
    rarity = np.round(strangers / CELL_BITS).astype(np.int64)
    rarity -= rarity.min(initial=0)
    code = patterns.of_pair * (rarity.max(initial=0) + 1) + rarity
    _, first, of_pair, count = np.unique(
        code, return_index=True, return_inverse=True, return_counts=True
    )
    mean = np.bincount(of_pair, strangers, minlength=len(count)) / count
    return Cells(patterns.of_pair[first], mean, count)


def _round(
    kinds: list[Kind], cells: Cells, patterns: Patterns, joined: int, total_pairs: int
) -> list[Kind]:
    rest = 1 - sum(kind.share for kind in kinds)
    odds = [
        kind.share
        / rest
        * np.exp2(
            np.clip(cells.strangers + patterns.bits(kind)[cells.pattern], -MOST_BITS, MOST_BITS)
        )
        for kind in kinds
    ]
    all_odds = 1 + np.sum(odds, axis=0)
    made = []
    for kind, odd in zip(kinds, odds, strict=True):
        held = cells.count * odd / all_odds
        by_pattern = np.bincount(cells.pattern, held, minlength=len(patterns.gamma))
        made.append(_learn(kind, by_pattern, patterns, total_pairs))
    # the pairs that rules have joined are matches, and no candidates
    careful = replace(made[0], share=min(made[0].share + joined / total_pairs, 0.5))
    return [careful, *made[1:]]


def _learn(kind: Kind, held: np.ndarray, patterns: Patterns, total_pairs: int) -> Kind:
    """The kind as its pairs say, each pattern as far as it is of the kind."""
    chances = dict(kind.chances)
    for i, name in enumerate(patterns.names):
        if name not in kind.fixed:
            known = patterns.gamma[:, i] >= 0
            first = kind.chances[name]
            seen = np.bincount(patterns.gamma[known, i], held[known], minlength=len(first))
            mean = (seen + FIRST_PAIRS * first) / (seen.sum() + FIRST_PAIRS)
            chances[name] = np.maximum(mean, LEAST_CHANCE)
    share = min(max(float(held.sum()), 0.5) / total_pairs, 0.15)
    return Kind(share, chances, kind.fixed)
