"""The kinds of pairs: matches of more and less careful records, relatives, and strangers.

Weights alone take each column for one more proof. But who shares a surname shares a place too
(relatives), and a record with one wrong value has others (careless hands). A kind of matches has
the odds of an error in each column times one factor: so it cannot become a kind of relatives, who
differ in one column and agree on the others.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from sluice.linkage.evidence import Comparison, total
from sluice.linkage.loss import OtherMatches
from sluice.linkage.personal import OWN, OWN_DEGREES

ROUNDS = 60
#: The odds of an error in the kinds of matches, each times those of the first.
CARELESSNESS = np.array([1.0, 4.0, 16.0, 64.0])
FIRST_MIX = np.array([0.4, 0.3, 0.2, 0.1])
#: Fewer comparisons than this do not tell careless matches from pairs of other kinds.
LEAST_COMPARISONS = 3
#: Pairs that lack so many values, or more, are taken together.
MOST_MISSING = 3
#: Relatives to begin with, for each match.
FIRST_RELATED = 0.3
#: The weight of where they begin, in pairs: few candidates teach little.
FIRST_PAIRS = 10.0
LEAST_CHANCE = 0.001
#: Pairs of one pattern whose rarity differs by less than this many bits are one cell.
CELL_BITS = 0.25
MOST_BITS = 200.0


@dataclass(frozen=True)
class Matches:
    """The kinds of matches: their share of all pairs, how these divide by the number of missing
    values, and by comparison the odds of an error in the first kind and the chances of the degrees
    among errors (the last degree is full agreement).
    """

    share: float
    mix: np.ndarray
    odds: dict[str, float]
    errors: dict[str, np.ndarray]

    @property
    def carelessness(self) -> np.ndarray:
        return CARELESSNESS[: len(self.mix)]

    def chances(self, name: str) -> np.ndarray:
        """Of each kind (rows) the chances of the degrees."""
        wrong = _wrong(self.odds[name], self.carelessness)[:, None]
        chances = np.concatenate([wrong * self.errors[name], 1 - wrong], axis=1)
        return np.maximum(chances, LEAST_CHANCE)

    def mean_chances(self, name: str, weight: np.ndarray) -> np.ndarray:
        """The chances of the degrees among all matches; `weight` is that of each kind."""
        mean = weight @ self.chances(name) / weight.sum()
        return np.asarray(mean / mean.sum())


def _wrong(odds: float | np.ndarray, carelessness: np.ndarray) -> np.ndarray:
    return np.asarray(odds * carelessness / (1 + odds * carelessness))


@dataclass(frozen=True)
class Related:
    """Relatives: their share of all pairs and the chances of the degrees."""

    share: float
    chances: dict[str, np.ndarray]


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

    @property
    def missing(self) -> np.ndarray:
        """How many values each pattern lacks, of MOST_MISSING at most."""
        return np.minimum((self.gamma < 0).sum(axis=1), MOST_MISSING)

    def related_bits(self, kind: Related) -> np.ndarray:
        """log2 of the share and chance of each pattern among relatives."""
        columns = [
            np.append(np.log2(kind.chances[name]), 0.0)[self.gamma[:, i]]
            for i, name in enumerate(self.names)
        ]
        return np.asarray(np.log2(kind.share) + np.sum(columns, axis=0))

    def match_bits(self, kinds: Matches) -> np.ndarray:
        """log2 of the share and chance of each pattern (columns) in each kind of matches (rows)."""
        bits = np.log2(kinds.share * kinds.mix[:, self.missing])
        for i, name in enumerate(self.names):
            chances = np.log2(kinds.chances(name))
            padded = np.concatenate([chances, np.zeros((len(chances), 1))], axis=1)
            bits = bits + padded[:, self.gamma[:, i]]
        return np.asarray(bits)


@dataclass(frozen=True)
class Weighed:
    """The match weight of each pair with the prior in it, and of it what relatives take and what
    carelessness adds, in bits; and the comparisons with m of all matches.
    """

    weight: np.ndarray
    household: np.ndarray
    careless: np.ndarray
    model: list[Comparison]
    matches: Matches
    related: Related

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
    total_pairs: int,
    others: OtherMatches,
) -> Weighed:
    """Expectation-maximisation over the kinds, on all candidates and the other matches. What
    strangers do stays as it was sampled.
    """
    patterns = _patterns(pairs, comparisons)
    strangers = _strangers(pairs, comparisons, bits)
    cells = _cells(patterns, strangers)
    matches, related = _first(comparisons, prior)
    weight = FIRST_MIX[: len(matches.mix)]
    known = _known(patterns.names, others)
    for _ in range(ROUNDS):
        matches, related, weight = _round(matches, related, cells, patterns, known, total_pairs)
    model = [replace(c, m=matches.mean_chances(c.name, weight)) for c in comparisons]
    by_mean = np.sum([c.mean_bits(pairs[f"gamma_{c.name}"].to_numpy()) for c in model], axis=0)
    by_mean -= np.sum(
        [c.mean_bits(pairs[f"gamma_{c.name}"].to_numpy()) for c in comparisons], axis=0
    )
    rest = np.log2(1 - matches.share - related.share)
    matching = np.logaddexp2.reduce(patterns.match_bits(matches), axis=0)[patterns.of_pair]
    matching += strangers
    household = rest - np.logaddexp2(
        patterns.related_bits(related)[patterns.of_pair] + strangers, rest
    )
    plain = np.log2(matches.share) + total(bits) + by_mean
    return Weighed(
        matching - rest + household, household, matching - plain, model, matches, related
    )


def weight_without(
    pairs: pa.Table, weighed: Weighed, bits: dict[str, np.ndarray], name: str
) -> np.ndarray:
    """The match weight that all comparisons but one give."""
    others = [c for c in weighed.model if c.name != name]
    patterns = _patterns(pairs, others)
    strangers = _strangers(pairs, others, {c.name: bits[c.name] for c in others})
    matching = np.logaddexp2.reduce(patterns.match_bits(weighed.matches), axis=0)
    related = patterns.related_bits(weighed.related)[patterns.of_pair] + strangers
    rest = np.log2(1 - weighed.matches.share - weighed.related.share)
    return np.asarray(matching[patterns.of_pair] + strangers - np.logaddexp2(related, rest))


def _known(names: list[str], others: OtherMatches) -> tuple[Patterns, np.ndarray]:
    """The patterns of matches that are no candidates, and for how many pairs each stands."""
    if not len(others.weight):
        return Patterns(names, np.zeros((0, len(names)), dtype=int), np.zeros(0)), np.zeros(0)
    gamma = np.stack([others.degrees[f"gamma_{name}"] for name in names], axis=1)
    distinct, of_pair = np.unique(gamma, axis=0, return_inverse=True)
    of_pair = np.asarray(of_pair).reshape(-1)
    return Patterns(names, distinct, of_pair), np.bincount(of_pair, others.weight)


def _first(comparisons: list[Comparison], prior: float) -> tuple[Matches, Related]:
    m = {c.name: _chances(c.m) for c in comparisons}
    u = {c.name: _chances(c.u) for c in comparisons}
    kinds = len(CARELESSNESS) if len(m) >= LEAST_COMPARISONS else 1
    mix = FIRST_MIX[:kinds] / FIRST_MIX[:kinds].sum()
    errors = {name: _chances(of[:-1]) for name, of in m.items()}
    odds = {name: _odds(mix, 1 - of[-1], CARELESSNESS[:kinds]) for name, of in m.items()}
    half = {name: _half(name, m[name], u[name]) for name in m}
    by_missing = np.repeat(mix[:, None], MOST_MISSING + 1, axis=1)
    return Matches(prior, by_missing, odds, errors), Related(prior * FIRST_RELATED, half)


def _half(name: str, m: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Relatives to begin with: strangers in what is their own, else half as matches."""
    if name in OWN:
        return u
    half, own = (m + u) / 2, len(m) - OWN_DEGREES.get(name, 0)
    return np.append(half[:own], u[own:])


def _odds(weight: np.ndarray, wrong: float, carelessness: np.ndarray) -> float:
    """The odds of an error in the first kind that give as many errors as are seen in all; each kind
    weighs as many pairs.
    """
    low, high = -20.0, 10.0
    for _ in range(40):
        middle = (low + high) / 2
        expected = float((weight * _wrong(2.0**middle, carelessness)).sum() / weight.sum())
        low, high = (middle, high) if expected < wrong else (low, middle)
    return float(2.0**low)


def _chances(of_degrees: np.ndarray) -> np.ndarray:
    bounded = np.maximum(of_degrees, 1e-6)
    return np.asarray(bounded / bounded.sum())


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
    matches: Matches,
    related: Related,
    cells: Cells,
    patterns: Patterns,
    known: tuple[Patterns, np.ndarray],
    total_pairs: int,
) -> tuple[Matches, Related, np.ndarray]:
    rest = np.log2(1 - matches.share - related.share)
    bits = np.concatenate([patterns.match_bits(matches), [patterns.related_bits(related)]])
    bits = bits[:, cells.pattern] + cells.strangers - rest
    odds = np.exp2(np.clip(bits, -MOST_BITS, MOST_BITS))
    held = cells.count * odds / (1 + odds.sum(axis=0))
    by_pattern = np.stack(
        [np.bincount(cells.pattern, one, minlength=len(patterns.gamma)) for one in held]
    )
    others, size = known
    of_kind = np.exp2(others.match_bits(matches))
    of_kind = size * of_kind / of_kind.sum(axis=0)
    both = replace(patterns, gamma=np.concatenate([patterns.gamma, others.gamma]))
    held = np.concatenate([by_pattern[:-1], of_kind], axis=1)
    learned = _learn_matches(matches, held, both, total_pairs)
    weight = held.sum(axis=1) + 1e-9
    return learned, _learn_related(related, by_pattern[-1], patterns, total_pairs), weight


def _learn_matches(
    kinds: Matches, held: np.ndarray, patterns: Patterns, total_pairs: int
) -> Matches:
    """The kinds as their pairs say; `held` is each pattern as far as it is of a kind."""
    odds, errors = dict(kinds.odds), dict(kinds.errors)
    for i, name in enumerate(patterns.names):
        known = patterns.gamma[:, i] >= 0
        first = kinds.mean_chances(name, held.sum(axis=1) + 1e-9)
        of_degree = patterns.gamma[known, i]
        seen = np.bincount(of_degree, held[:, known].sum(axis=0), minlength=len(first))
        mean = (seen + FIRST_PAIRS * first) / (seen.sum() + FIRST_PAIRS)
        weight = held[:, known].sum(axis=1) + FIRST_PAIRS / len(held)
        odds[name] = _odds(weight, float(1 - mean[-1]), kinds.carelessness)
        errors[name] = _chances(mean[:-1])
    mix = np.stack([np.bincount(patterns.missing, one, minlength=MOST_MISSING + 1) for one in held])
    whole = mix.sum(axis=1, keepdims=True) / max(mix.sum(), 1e-9) + 1e-6
    mix = mix + FIRST_PAIRS * whole
    share = min(max(float(held.sum()), 0.5) / total_pairs, 0.5)
    return Matches(share, mix / mix.sum(axis=0), odds, errors)


def _learn_related(
    kind: Related, held: np.ndarray, patterns: Patterns, total_pairs: int
) -> Related:
    """Relatives as their pairs say, but in what is a person's own."""
    chances = dict(kind.chances)
    for i, name in enumerate(patterns.names):
        if name not in OWN:
            known = patterns.gamma[:, i] >= 0
            first = kind.chances[name]
            seen = np.bincount(patterns.gamma[known, i], held[known], minlength=len(first))
            mean = (seen + FIRST_PAIRS * first) / (seen.sum() + FIRST_PAIRS)
            mean = np.maximum(mean, LEAST_CHANCE)
            own = len(mean) - OWN_DEGREES.get(name, 0)
            chances[name] = np.append(mean[:own], first[own:])
    return Related(min(max(float(held.sum()), 0.5) / total_pairs, 0.15), chances)
