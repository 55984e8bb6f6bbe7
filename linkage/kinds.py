"""The kinds of pairs: matches of more and less careful records, relatives, and strangers.

Weights alone take each column for one more proof. But who shares a surname shares a place too
(relatives), and a record with one wrong value has others (careless hands). A kind of matches has
the odds of an error in each column times one factor: so it cannot become a kind of relatives, who
differ in one column and agree on the others. What relatives share is written down with the same
errors.
"""

from dataclasses import dataclass

import numpy as np

from sluice.linkage.personal import OWN, OWN_DEGREES

#: The odds of an error in the kinds of matches, each times those of the first.
CARELESSNESS = np.array([1.0, 4.0, 16.0, 64.0])
FIRST_MIX = np.array([0.4, 0.3, 0.2, 0.1])
#: Fewer comparisons than this do not tell careless matches from pairs of other kinds.
LEAST_COMPARISONS = 3
#: Pairs that lack so many values, or more, are taken together.
MOST_MISSING = 3
#: Relatives to begin with, for each match.
FIRST_RELATED = 0.3
LEAST_CHANCE = 0.001


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


@dataclass(frozen=True)
class Related:
    """Relatives: their share of all pairs and the chances of the degrees."""

    share: float
    chances: dict[str, np.ndarray]


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

    def match_bits(self, kinds: Matches) -> np.ndarray:
        """log2 of the share and chance of each pattern (columns) in each kind of matches (rows)."""
        bits = np.log2(kinds.share * kinds.mix[:, self.missing])
        return self._bits(bits, {name: kinds.chances(name) for name in self.names})

    def related_bits(self, kind: Related) -> np.ndarray:
        """The same of relatives, in what is not a person's own."""
        chances = {}
        for name in self.names:
            chances[name] = kind.chances[name][None, :].copy()
            chances[name][:, own_from(name, chances[name].shape[1]) :] = 1.0
        return self._bits(np.full((1, len(self.gamma)), np.log2(kind.share)), chances)[0]

    def _bits(self, bits: np.ndarray, chances: dict[str, np.ndarray]) -> np.ndarray:
        for i, name in enumerate(self.names):
            held = np.log2(chances[name])
            padded = np.concatenate([held, np.zeros((len(held), 1))], axis=1)
            bits = bits + padded[:, self.gamma[:, i]]
        return np.asarray(bits)


@dataclass(frozen=True)
class OtherPairs:
    """Pairs of a kind that are no candidates, since rules joined them or no key finds them: degrees
    by comparison, and for how many pairs each stands.
    """

    degrees: dict[str, np.ndarray]
    weight: np.ndarray

    def with_others(self, more: "OtherPairs") -> "OtherPairs":
        degrees = {
            name: np.concatenate([held, more.degrees[name]]) for name, held in self.degrees.items()
        }
        return OtherPairs(degrees, np.concatenate([self.weight, more.weight]))

    def none(self) -> "OtherPairs":
        """None of them."""
        return OtherPairs({name: held[:0] for name, held in self.degrees.items()}, np.zeros(0))

    def patterns(self, names: list[str]) -> tuple[Patterns, np.ndarray]:
        """Their patterns, and for how many pairs each stands."""
        if not len(self.weight):
            return Patterns(names, np.zeros((0, len(names)), dtype=int), np.zeros(0)), np.zeros(0)
        made = patterns_of([self.degrees[f"gamma_{name}"] for name in names], names)
        return made, np.bincount(made.of_pair, self.weight)


def patterns_of(degrees: list[np.ndarray], names: list[str]) -> Patterns:
    """The patterns of pairs with these degrees by comparison, -1 where a value is missing."""
    code = np.zeros(len(degrees[0]), dtype=np.int64)
    for gamma in degrees:
        code = code * (int(gamma.max(initial=0)) + 2) + gamma + 1
    _, first, of_pair = np.unique(code, return_index=True, return_inverse=True)
    return Patterns(names, np.stack([gamma[first] for gamma in degrees], axis=1), of_pair)


def own_from(name: str, degrees: int) -> int:
    """The first degree that relatives reach no more often than strangers; they are as many as the
    degrees where they may reach all.
    """
    return 0 if name in OWN else degrees - OWN_DEGREES.get(name, 0)


def first_kinds(
    m: dict[str, np.ndarray], u: dict[str, np.ndarray], prior: float
) -> tuple[Matches, Related]:
    """Kinds to begin with, from what matches and strangers do."""
    m, u = ({name: of_all(chance) for name, chance in of.items()} for of in (m, u))
    kinds = len(CARELESSNESS) if len(m) >= LEAST_COMPARISONS else 1
    mix = FIRST_MIX[:kinds] / FIRST_MIX[:kinds].sum()
    errors = {name: of_all(of[:-1]) for name, of in m.items()}
    odds = {name: odds_of(mix, 1 - of[-1], CARELESSNESS[:kinds]) for name, of in m.items()}
    by_missing = np.repeat(mix[:, None], MOST_MISSING + 1, axis=1)
    half = {name: _half(m[name], u[name], own_from(name, len(m[name]))) for name in m}
    return Matches(prior, by_missing, odds, errors), Related(prior * FIRST_RELATED, half)


def _half(m: np.ndarray, u: np.ndarray, own: int) -> np.ndarray:
    """Half as matches, but as strangers in what is a person's own."""
    return np.append(((m + u) / 2)[:own], u[own:])


def _wrong(odds: float | np.ndarray, carelessness: np.ndarray) -> np.ndarray:
    return np.asarray(odds * carelessness / (1 + odds * carelessness))


def odds_of(weight: np.ndarray, wrong: float, carelessness: np.ndarray) -> float:
    """The odds of an error in the first kind that give as many errors as are seen in all; each kind
    weighs as many pairs.
    """
    parts = list(zip((weight / weight.sum()).tolist(), carelessness.tolist(), strict=True))
    low, high = -20.0, 10.0
    for _ in range(40):
        odds = 2.0 ** ((low + high) / 2)
        expected = sum(part * odds * times / (1 + odds * times) for part, times in parts)
        low, high = ((low + high) / 2, high) if expected < wrong else (low, (low + high) / 2)
    return float(2.0**low)


def of_all(of_degrees: np.ndarray) -> np.ndarray:
    """Chances that sum to one, none of them zero."""
    bounded = np.maximum(of_degrees, 1e-6)
    return np.asarray(bounded / bounded.sum())
