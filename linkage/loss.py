"""How many matching pairs the blocking keys miss, without knowing the truth, and which keys are
worth their pairs.

Whether two records of one person agree on a column depends on the columns that are wrong, and
careless records have many. So matches are of some kinds, and within a kind the columns are
independent. The kinds are learned from the matches that the keys found; what these keys cannot find
is drawn from the kinds and counted in (expectation-maximisation of truncated data).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sluice.linkage.blocking import PARTS, Blocks, Key
from sluice.linkage.config import LinkageConfig

KINDS = 5
ROUNDS = 30
#: Comparisons of places: one of them is what two records have of a place.
PLACES = ("address", "postcode", "city", "province")
#: Draws of each kind, and matches that are looked at, at most.
DRAWS, MOST_MATCHES = 2_000, 10_000
#: A kind of which less than this is found would be guessed, not counted.
LEAST_FOUND = 0.1
#: The weight of where a kind begins, in pairs.
FIRST_PAIRS = 2.0


@dataclass(frozen=True)
class OtherMatches:
    """Matches that are no candidates, since rules joined them or no key finds them: degrees by
    comparison, and for how many pairs each stands.
    """

    degrees: dict[str, np.ndarray]
    weight: np.ndarray

    def with_others(self, more: "OtherMatches") -> "OtherMatches":
        degrees = {
            name: np.concatenate([held, more.degrees[name]]) for name, held in self.degrees.items()
        }
        return OtherMatches(degrees, np.concatenate([self.weight, more.weight]))


@dataclass(frozen=True)
class Agreement:
    """What matches agree on. `states` gives for each column the patterns of its parts; `held` the
    pattern of each match; `weight` its probability; `pairs` their degrees.
    """

    columns: list[str]
    parts: list[list[str]]
    states: list[np.ndarray]
    held: np.ndarray
    weight: np.ndarray
    pairs: pa.Table

    def like(self, comparison: str, drawn: np.ndarray) -> np.ndarray:
        """The degrees of a comparison, of matches that agree in its column as those drawn do; where
        the keys have no part of it, of any.
        """
        gamma = self.pairs[f"gamma_{comparison}"].to_numpy()
        column = "place" if comparison in PLACES else comparison
        at = self.columns.index(column) if column in self.columns else None
        held = np.zeros(len(gamma), dtype=int) if at is None else self.held[:, at]
        wanted = np.zeros(len(drawn), dtype=int) if at is None else drawn[:, at]
        random, made = np.random.default_rng(len(drawn)), np.full(len(drawn), -1)
        for state in np.unique(wanted):
            some, here = np.flatnonzero(held == state), wanted == state
            chance = self.weight[some] / self.weight[some].sum()
            made[here] = gamma[random.choice(some, int(here.sum()), p=chance)]
        return made

    def fires(self, drawn: np.ndarray, key: Key) -> np.ndarray:
        """Whether matches with these patterns agree on all parts of a key."""
        made = np.ones(len(drawn), dtype=bool)
        for column, parts in enumerate(self.parts):
            for place, part in enumerate(parts):
                if part in key:
                    made &= self.states[column][drawn[:, column], place]
        return made

    def found(self, drawn: np.ndarray, keys: list[Key]) -> np.ndarray:
        """Whether some key finds them."""
        return np.any([self.fires(drawn, key) for key in keys], axis=0)


@dataclass(frozen=True)
class Matches:
    """Draws of matches as they are expected to be, found or not, each for `weight` pairs."""

    agreement: Agreement
    drawn: np.ndarray
    weight: np.ndarray

    def unseen(self, keys: list[Key]) -> "OtherMatches":
        """Those that no key finds, with degrees: in each column as some match has them that agrees
        on the same parts.
        """
        lost = np.flatnonzero(~self.agreement.found(self.drawn, keys))
        degrees = {}
        for name in self.agreement.pairs.column_names:
            if name.startswith("gamma_"):
                degrees[name] = self.agreement.like(name.removeprefix("gamma_"), self.drawn[lost])
        return OtherMatches(degrees, self.weight[lost])

    def lost_share(self, keys: list[Key]) -> float:
        """The share of matching pairs that no key finds."""
        found = self.agreement.found(self.drawn, keys)
        return float(self.weight[~found].sum() / max(self.weight.sum(), 1e-9))


def expected_matches(
    blocks: Blocks, pairs: pa.Table, chance: np.ndarray, keys: list[Key], config: LinkageConfig
) -> Matches | None:
    """Matches as the candidate pairs show them, each as far as it is one; None where there are too
    few to learn from.
    """
    some = np.flatnonzero(chance >= config.least_probable)
    if len(some) < config.min_records:
        return None
    random = np.random.default_rng(config.seed)
    if len(some) > MOST_MATCHES:
        some = np.sort(random.choice(some, MOST_MATCHES, replace=False))
    agreement = _agreement(blocks, pairs.take(pa.array(some)), chance[some])
    return _learn(agreement, keys, random)


def worthy_keys(
    blocks: Blocks, matches: Matches, keys: list[Key], config: LinkageConfig
) -> list[Key]:
    """Keys to add, those first that find most of what is lost for their pairs, until little is
    lost, or the rest costs too much.
    """
    lost = ~matches.agreement.found(matches.drawn, keys)
    fires = {
        key: matches.agreement.fires(matches.drawn, key) for key in blocks.costs if key not in keys
    }
    budget = min(config.max_pairs, config.pairs_per_record * len(blocks.components))
    spent, added = sum(blocks.costs[key] for key in keys), list[Key]()
    total = matches.weight.sum()
    while fires and matches.weight[lost].sum() > config.lost_share * total:
        gains = {key: matches.weight[lost & held].sum() for key, held in fires.items()}
        best = max(gains, key=lambda key: (gains[key] / blocks.costs[key], key))
        held, cost = fires.pop(best), blocks.costs[best]
        if gains[best] * config.pairs_per_match < cost:
            break
        if spent + cost <= budget and cost <= config.max_pairs_per_rule:
            added, spent, lost = [*added, best], spent + cost, lost & ~held
    return added


def _agreement(blocks: Blocks, pairs: pa.Table, chance: np.ndarray) -> Agreement:
    left, right = pairs["record_l"].to_numpy(), pairs["record_r"].to_numpy()
    columns, parts, states, held = list[str](), [], [], []
    for column, of_column in PARTS.items():
        here = [part for part in of_column if part in blocks.codes]
        if not here:
            continue
        same = np.stack([_same(blocks.codes[part], left, right) for part in here], axis=1)
        kinds, of_pair = np.unique(same, axis=0, return_inverse=True)
        columns, parts, states = [*columns, column], [*parts, here], [*states, kinds]
        held.append(np.asarray(of_pair).reshape(-1))
    return Agreement(columns, parts, states, np.stack(held, axis=1), chance, pairs)


def _same(code: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.asarray((code[left] >= 0) & (code[left] == code[right]))


def _learn(agreement: Agreement, keys: list[Key], random: np.random.Generator) -> Matches:
    """Kinds by how many columns agree, to begin with."""
    agreeing = sum(
        states.any(axis=1)[held]
        for states, held in zip(agreement.states, agreement.held.T, strict=True)
    )
    rank = np.argsort(np.argsort(-agreeing, kind="stable"), kind="stable") * KINDS // len(agreeing)
    share = np.eye(KINDS)[rank] * 0.8 + 0.2 / KINDS
    unseen: list[tuple[np.ndarray, float]] = [(agreement.held[:0], 0.0)] * KINDS
    for _ in range(ROUNDS):
        chances = _chances(agreement, share, unseen)
        size = (share * agreement.weight[:, None]).sum(axis=0)
        whole = size + [count for _, count in unseen]
        share = _posterior(agreement, chances, whole)
        size = (share * agreement.weight[:, None]).sum(axis=0)
        draws = [_draw(chances, kind, random) for kind in range(KINDS)]
        unseen = [_unseen(agreement, d, n, keys) for d, n in zip(draws, size, strict=True)]
    whole = size + [count for _, count in unseen]
    return Matches(agreement, np.concatenate(draws), np.repeat(whole / DRAWS, DRAWS))


def _chances(
    agreement: Agreement, share: np.ndarray, unseen: list[tuple[np.ndarray, float]]
) -> list[np.ndarray]:
    """By column the chance of each pattern in each kind, of found and unseen matches together."""
    made = []
    for column, states in enumerate(agreement.states):
        count = np.empty((KINDS, len(states)))
        for kind in range(KINDS):
            weight = share[:, kind] * agreement.weight
            count[kind] = np.bincount(agreement.held[:, column], weight, minlength=len(states))
            drawn, size = unseen[kind]
            if len(drawn):
                seen = np.bincount(drawn[:, column], minlength=len(states))
                count[kind] += seen * size / len(drawn)
        first = count.sum(axis=0) / max(count.sum(), 1e-9)
        made.append(
            (count + FIRST_PAIRS * first) / (count.sum(axis=1, keepdims=True) + FIRST_PAIRS)
        )
    return made


def _posterior(agreement: Agreement, chances: list[np.ndarray], size: np.ndarray) -> np.ndarray:
    bits = np.log(np.maximum(size, 1e-9))[None, :]
    for column, chance in enumerate(chances):
        bits = bits + np.log(np.maximum(chance, 1e-12))[:, agreement.held[:, column]].T
    odds = np.exp(bits - bits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _draw(chances: list[np.ndarray], kind: int, random: np.random.Generator) -> np.ndarray:
    columns = [random.choice(len(c[kind]), DRAWS, p=c[kind] / c[kind].sum()) for c in chances]
    return np.stack(columns, axis=1)


def _unseen(
    agreement: Agreement, drawn: np.ndarray, size: float, keys: list[Key]
) -> tuple[np.ndarray, float]:
    """The draws that no key finds, and for how many matches they stand."""
    lost = ~agreement.found(drawn, keys)
    found_share = max(1 - lost.mean(), LEAST_FOUND)
    return drawn[lost], float(size * (1 - found_share) / found_share)
