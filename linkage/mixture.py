"""Learning the kinds of pairs: expectation-maximisation over all candidates, and over those matches
and relatives that are none.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from sluice.linkage.evidence import Comparison, total
from sluice.linkage.kinds import (
    LEAST_CHANCE,
    MOST_MISSING,
    Matches,
    OtherPairs,
    Patterns,
    Related,
    first_kinds,
    odds_of,
    of_all,
    own_from,
    patterns_of,
)
from sluice.linkage.reliability import Heard

#: Rounds at most, and the change of the shares (of themselves) that ends them.
ROUNDS, STILL = 60, 1e-3
#: The weight of where they begin, in pairs: few candidates teach little.
FIRST_PAIRS = 10.0
#: Pairs of one pattern whose rarity differs by less than this many bits are one cell.
CELL_BITS = 0.5
MOST_BITS = 200.0
MOST_RELATED = 0.15


@dataclass(frozen=True)
class Cells:
    """Pairs of one pattern of degrees and one rarity: for EM they are one. `strangers` is -log2 of
    their chance among strangers, `shared` the same of what is not a person's own.
    """

    pattern: np.ndarray
    strangers: np.ndarray
    shared: np.ndarray
    count: np.ndarray


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
    def chance(self) -> np.ndarray:
        """The chance of each pair to be a match."""
        return np.asarray(1 / (1 + np.exp2(-np.clip(self.weight, -MOST_BITS, MOST_BITS))))

    @property
    def relatives(self) -> np.ndarray:
        """The chance of each pair to be relatives."""
        return np.asarray((1 - self.chance) * (1 - np.exp2(self.household)))


@dataclass(frozen=True)
class NoCandidates:
    """Matches and relatives that are no candidates."""

    matches: OtherPairs
    related: OtherPairs


def weigh_kinds(
    pairs: pa.Table,
    comparisons: list[Comparison],
    bits: dict[str, np.ndarray],
    prior: float,
    total_pairs: int,
    others: NoCandidates,
    start: Weighed | None = None,
) -> Weighed:
    """Expectation-maximisation over the kinds, from those of `start` if given. What strangers do
    stays as it was sampled.
    """
    patterns = _patterns(pairs, comparisons)
    strangers, shared = _strangers(pairs, comparisons, bits)
    matches, related = first_kinds(
        {c.name: c.m for c in comparisons}, {c.name: c.u for c in comparisons}, prior
    )
    if start:
        matches, related = start.matches, start.related
    cells = _cells(patterns, strangers, shared)
    known = [some.patterns(patterns.names) for some in (others.matches, others.related)]
    for _ in range(ROUNDS):
        before = np.array([matches.share, related.share])
        matches, related, weight = _round(matches, related, cells, patterns, known, total_pairs)
        if np.abs(np.array([matches.share, related.share]) / before - 1).max() < STILL:
            break
    model = [replace(c, m=matches.mean_chances(c.name, weight)) for c in comparisons]
    matching, household = _against_strangers(patterns, strangers, shared, matches, related)
    plain = np.log2(matches.share) + total(bits)
    for new, old in zip(model, comparisons, strict=True):
        gamma = pairs[f"gamma_{new.name}"].to_numpy()
        plain += new.mean_bits(gamma) - old.mean_bits(gamma)
    rest = _rest(matches, related)
    return Weighed(
        matching - rest + household, household, matching - plain, model, matches, related
    )


def hear(
    pairs: pa.Table,
    weighed: Weighed,
    bits: dict[str, np.ndarray],
    name: str,
    free: np.ndarray,
) -> Heard:
    """What one comparison says of the weight that all others give, of the pairs that have its value
    and that are `free` of it: not looked at because they agree on it.
    """
    some = pairs[f"gamma_{name}"].to_numpy() >= 0
    some &= free
    pairs, bits = pairs.filter(pa.array(some)), {n: held[some] for n, held in bits.items()}
    others = [c for c in weighed.model if c.name != name]
    patterns = _patterns(pairs, others)
    strangers, shared = _strangers(pairs, others, bits)
    matches, related = weighed.matches, weighed.related
    matching, household = _against_strangers(patterns, strangers, shared, matches, related)
    weight = matching - _rest(matches, related) + household
    of_matches = _mean(patterns.match_bits(matches), matches.chances(name)[:, -1])
    of_strangers = next(float(c.u[-1]) for c in weighed.model if c.name == name)
    kin = 1 - np.exp2(household)
    return Heard(
        weight,
        pairs[f"gamma_{name}"].to_numpy() == len(related.chances[name]) - 1,
        of_matches[patterns.of_pair],
        kin * related.chances[name][-1] + (1 - kin) * of_strangers,
    )


def _mean(bits: np.ndarray, chances: np.ndarray) -> np.ndarray:
    """The mean of the chances of the kinds (rows), each as likely as its bits say, by pattern."""
    weight = np.exp2(bits - bits.max(axis=0))
    return np.asarray(chances @ (weight / weight.sum(axis=0)))


def _rest(matches: Matches, related: Related) -> float:
    return float(np.log2(1 - matches.share - related.share))


def _against_strangers(
    patterns: Patterns,
    strangers: np.ndarray,
    shared: np.ndarray,
    matches: Matches,
    related: Related,
) -> tuple[np.ndarray, np.ndarray]:
    """How much likelier each pair is among matches than among strangers, with their share, in bits,
    and what of it relatives take.
    """
    rest = _rest(matches, related)
    matching = np.logaddexp2.reduce(patterns.match_bits(matches), axis=0)[patterns.of_pair]
    of_related = patterns.related_bits(related)[patterns.of_pair] + shared
    household = rest - np.logaddexp2(of_related, rest)
    return matching + strangers, household


def _patterns(pairs: pa.Table, comparisons: list[Comparison]) -> Patterns:
    names = [c.name for c in comparisons]
    return patterns_of([pairs[f"gamma_{name}"].to_numpy() for name in names], names)


def _strangers(
    pairs: pa.Table, comparisons: list[Comparison], bits: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """-log2 of the chance of each pair among strangers, by the frequency of its values, and of it
    what is not a person's own.
    """
    chance, shared = np.zeros(pairs.num_rows), np.zeros(pairs.num_rows)
    for c in comparisons:
        gamma = pairs[f"gamma_{c.name}"].to_numpy()
        of_one = bits[c.name] - np.append(np.log2(c.m), 0.0)[gamma]
        chance += of_one
        shared += np.where(gamma < own_from(c.name, len(c.m)), of_one, 0.0)
    return chance, shared


def _cells(patterns: Patterns, strangers: np.ndarray, shared: np.ndarray) -> Cells:
    code = patterns.of_pair
    for rarity in (strangers, shared):
        rounded = np.round(rarity / CELL_BITS).astype(np.int64)
        rounded -= rounded.min(initial=0)
        code = code * (rounded.max(initial=0) + 1) + rounded
    _, first, of_pair, count = np.unique(
        code, return_index=True, return_inverse=True, return_counts=True
    )
    mean = [
        np.bincount(of_pair, held, minlength=len(count)) / count for held in (strangers, shared)
    ]
    return Cells(patterns.of_pair[first], *mean, count)


def _round(
    matches: Matches,
    related: Related,
    cells: Cells,
    patterns: Patterns,
    known: list[tuple[Patterns, np.ndarray]],
    total_pairs: int,
) -> tuple[Matches, Related, np.ndarray]:
    of_related = patterns.related_bits(related)[cells.pattern] + cells.shared
    of_matches = patterns.match_bits(matches)[:, cells.pattern] + cells.strangers
    bits = np.concatenate([of_matches, [of_related]]) - _rest(matches, related)
    odds = np.exp2(np.clip(bits, -MOST_BITS, MOST_BITS))
    held = odds * (cells.count / (1 + odds.sum(axis=0)))
    found = np.stack([np.bincount(cells.pattern, one, len(patterns.gamma)) for one in held])
    (others, size), (kin, of_kin) = known
    chance = np.exp2(others.match_bits(matches))
    matching = np.concatenate([found[:-1], size * chance / chance.sum(axis=0)], axis=1)
    both = replace(patterns, gamma=np.concatenate([patterns.gamma, others.gamma]))
    learned = _learn_matches(matches, matching, both, total_pairs)
    both = replace(patterns, gamma=np.concatenate([patterns.gamma, kin.gamma]))
    of_all_kin = np.concatenate([found[-1], of_kin])
    return (
        learned,
        _learn_related(related, of_all_kin, both, total_pairs),
        matching.sum(axis=1) + 1e-9,
    )


def _learn_matches(
    kinds: Matches, held: np.ndarray, patterns: Patterns, total_pairs: int
) -> Matches:
    """The kinds as their pairs say; `held` is each pattern as far as it is of a kind."""
    odds, errors = dict(kinds.odds), dict(kinds.errors)
    whole, weights = held.sum(axis=0), held.sum(axis=1) + 1e-9
    for i, name in enumerate(patterns.names):
        gamma = patterns.gamma[:, i]
        first = kinds.mean_chances(name, weights)
        seen = np.bincount(gamma + 1, whole, len(first) + 1)[1:]
        mean = (seen + FIRST_PAIRS * first) / (seen.sum() + FIRST_PAIRS)
        weight = held @ (gamma >= 0) + FIRST_PAIRS / len(held)
        odds[name] = odds_of(weight, float(1 - mean[-1]), kinds.carelessness)
        errors[name] = of_all(mean[:-1])
    mix = np.stack([np.bincount(patterns.missing, one, MOST_MISSING + 1) for one in held])
    mix = mix + FIRST_PAIRS * (mix.sum(axis=1, keepdims=True) / max(mix.sum(), 1e-9) + 1e-6)
    share = min(max(float(held.sum()), 0.5) / total_pairs, 0.5)
    return Matches(share, mix / mix.sum(axis=0), odds, errors)


def _learn_related(
    kind: Related, held: np.ndarray, patterns: Patterns, total_pairs: int
) -> Related:
    """Relatives as their pairs say, but in what is a person's own."""
    chances = dict(kind.chances)
    for i, name in enumerate(patterns.names):
        first = kind.chances[name]
        own = own_from(name, len(first))
        seen = np.bincount(patterns.gamma[:, i] + 1, held, len(first) + 1)[1:]
        mean = (seen + FIRST_PAIRS * first) / (seen.sum() + FIRST_PAIRS)
        chances[name] = np.append(np.maximum(mean, LEAST_CHANCE)[:own], first[own:])
    share = min(max(float(held.sum()), 0.5) / total_pairs, MOST_RELATED)
    return Related(share, chances)
