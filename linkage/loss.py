"""How many matches and relatives the blocking keys miss, without knowing the truth, and which keys
are worth their pairs.

Which values two records lack is no secret, found or not: random pairs show it. What matches that
have them agree on, the kinds of matches say. So pairs are drawn as they are expected to be, and
those that no key finds are counted.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from sluice.linkage.agreement import Agreement, column_of, compared
from sluice.linkage.blocking import Blocks, Key, has_part
from sluice.linkage.config import LinkageConfig
from sluice.linkage.kinds import MOST_MISSING, OtherPairs, Related
from sluice.linkage.mixture import NoCandidates, Weighed

#: Found matches that are looked at, at most.
MOST_MATCHES = 10_000
#: A share of found pairs below this would be guessed, not counted.
LEAST_FOUND = 0.05
#: Found pairs of one pattern of missing values that say as much as what random pairs lack.
FIRST_PAIRS = 50.0
#: So many pairs found without a column show what else of it agrees.
LEAST_FREE = 100


@dataclass(frozen=True)
class Strangers:
    """Which values some random pairs lack, by comparison, and which parts of keys both have."""

    missing: dict[str, np.ndarray]
    agreement: Agreement


@dataclass(frozen=True)
class Expected:
    """Matches as they are expected to be, found or not, each for `weight` pairs; the share of them
    that no key finds, and what of matches and relatives none finds.
    """

    drawn: Agreement
    weight: np.ndarray
    lost_share: float
    unseen: NoCandidates


def expected_pairs(
    agreement: Agreement,
    pairs: pa.Table,
    weighed: Weighed,
    strangers: Strangers,
    keys: list[Key],
    config: LinkageConfig,
) -> Expected | None:
    """Matches and relatives as the candidate pairs show them, which lack what strangers do. None
    where there are too few to learn from.
    """
    chance = weighed.chance
    some = np.flatnonzero(chance >= config.least_probable)
    if len(some) < config.min_records:
        return None
    random = np.random.default_rng(config.seed)
    if len(some) > MOST_MATCHES:
        some = np.sort(random.choice(some, MOST_MATCHES, replace=False))
    matches = Found(agreement.take(some), pairs.take(pa.array(some)), chance[some])
    degrees = _draw(weighed, None, strangers, matches, random)
    drawn = matches.like(degrees, strangers, keys, random)
    found = drawn.found(keys)
    weight = _counted(degrees, found, pairs, chance)
    kin = _draw(weighed, weighed.related, strangers, matches, random)
    met = matches.like(kin, strangers, keys, random).found(keys)
    of_kin = np.full(len(met), weighed.relatives.sum() / max(met.mean(), LEAST_FOUND) / len(met))
    lost = float(weight[~found].sum() / max(weight[~found].sum() + chance.sum(), 1e-9))
    unseen = NoCandidates(_some(degrees, weight, ~found), _some(kin, of_kin, ~met))
    return Expected(drawn, weight, lost, unseen)


def worthy_keys(
    blocks: Blocks, expected: Expected, keys: list[Key], config: LinkageConfig
) -> list[Key]:
    """Keys to add, those first that find most of what is lost for their pairs, until little is
    lost, or the rest costs too much.
    """
    drawn, weight = expected.drawn, expected.weight
    lost = ~drawn.found(keys)
    fires = {key: drawn.fires(key) for key in blocks.costs if key not in keys}
    budget = min(config.max_pairs, config.pairs_per_record * len(blocks.components))
    spent, added = sum(blocks.costs[key] for key in keys), list[Key]()
    total = weight.sum()
    while fires and weight[lost].sum() > config.lost_share * total:
        gains = {key: weight[lost & held].sum() for key, held in fires.items()}
        best = max(gains, key=lambda key: (gains[key] / blocks.costs[key], key))
        held, cost = fires.pop(best), blocks.costs[best]
        if gains[best] * config.pairs_per_match < cost:
            break
        if spent + cost <= budget and cost <= config.max_pairs_per_rule:
            added, spent, lost = [*added, best], spent + cost, lost & ~held
    return added


@dataclass(frozen=True)
class Found:
    """Found matches: on what they agree, their degrees, and the chance of each to be one."""

    agreement: Agreement
    pairs: pa.Table
    chance: np.ndarray

    def reached(self, name: str, degrees: int, strangers: Strangers) -> np.ndarray:
        """How well each degree of a comparison goes with the parts that strangers have: which are
        there says which degrees can be.
        """
        at = column_of(self.agreement, name)
        if at is None:
            return np.ones((1, degrees))
        gamma = self.pairs[f"gamma_{name}"].to_numpy()
        code = self.agreement.known[:, at].astype(np.int64) * (degrees + 1) + gamma + 1
        seen = np.bincount(code, self.chance, 256 * (degrees + 1)).reshape(256, -1)[:, 1:]
        share = seen / np.maximum(seen.sum(axis=0), 1e-9)
        share[share.sum(axis=1) == 0] = 1.0
        return np.asarray(share[strangers.agreement.known[:, at]] + 1e-9)

    def like(
        self,
        degrees: dict[str, np.ndarray],
        strangers: Strangers,
        keys: list[Key],
        random: np.random.Generator,
    ) -> Agreement:
        """On what pairs of these degrees agree: in each column what some match does that has those
        degrees, and that was found without the column, if such are many.
        """
        count = len(next(iter(degrees.values())))
        made = np.zeros((count, len(self.agreement.columns)), dtype=np.uint8)
        for column, name in enumerate(self.agreement.columns):
            free = self.agreement.found([key for key in keys if not has_part(key, name)])
            some = np.flatnonzero(free) if free.sum() >= LEAST_FREE else np.arange(len(free))
            held, wanted = self._codes(name, degrees)
            for code in np.unique(wanted):
                alike = some[held[some] == code]
                alike = alike if len(alike) else np.flatnonzero(held == code)
                alike = alike if len(alike) else some
                here = np.flatnonzero(wanted == code)
                chance = self.chance[alike] / self.chance[alike].sum()
                taken = random.choice(alike, len(here), p=chance)
                made[here, column] = self.agreement.held[taken, column]
        return replace(self.agreement, held=made, known=strangers.agreement.known)

    def _codes(self, column: str, degrees: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """One number for the degrees of a column, of the matches held and of those wanted."""
        held = np.zeros(len(self.chance), dtype=np.int64)
        wanted = np.zeros(len(next(iter(degrees.values()))), dtype=np.int64)
        for name in compared(column, [name.removeprefix("gamma_") for name in degrees]):
            held = held * 128 + self.pairs[f"gamma_{name}"].to_numpy() + 1
            wanted = wanted * 128 + degrees[f"gamma_{name}"] + 1
        return held, wanted


def _draw(
    weighed: Weighed,
    related: Related | None,
    strangers: Strangers,
    matches: Found,
    random: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Degrees of matches, or of relatives, that lack what strangers lack."""
    lacking = np.sum(list(strangers.missing.values()), axis=0)
    mix = weighed.matches.mix[:, np.minimum(lacking, MOST_MISSING)]
    kind = _pick(mix.T, random)
    degrees = {}
    for name, lacks in strangers.missing.items():
        of_kinds = weighed.matches.chances(name)[kind]
        of_kinds = related.chances[name][None, :] if related else of_kinds
        chances = of_kinds * matches.reached(name, of_kinds.shape[1], strangers)
        chances /= chances.sum(axis=1, keepdims=True)
        degrees[f"gamma_{name}"] = np.where(lacks, -1, _pick(chances, random))
    return degrees


def _pick(chances: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A column for each row, by the chances of the row."""
    passed = np.cumsum(chances, axis=1) < random.random(len(chances))[:, None]
    return np.minimum(passed.sum(axis=1), chances.shape[1] - 1)


def _counted(
    degrees: dict[str, np.ndarray], found: np.ndarray, pairs: pa.Table, chance: np.ndarray
) -> np.ndarray:
    """For how many matches each draw stands: all for as many that their found ones are as many as
    the candidates; and where those that lack some values are found more or less often than
    expected, so many more or less are there.
    """
    lacks = _lacks(degrees)
    seen = _lacks({name: pairs[name].to_numpy() for name in degrees})
    patterns, of_draw = np.unique(lacks, return_inverse=True)
    at = np.minimum(np.searchsorted(patterns, seen), len(patterns) - 1)
    known = patterns[at] == seen
    here = np.bincount(at[known], chance[known], len(patterns))
    each = float(chance.sum()) / max(found.mean(), LEAST_FOUND) / len(found)
    expected = np.bincount(of_draw, found, len(patterns)) * each
    return np.asarray(each * ((here + FIRST_PAIRS) / (expected + FIRST_PAIRS))[of_draw])


def _lacks(degrees: dict[str, np.ndarray]) -> np.ndarray:
    code = np.zeros(len(next(iter(degrees.values()))), dtype=np.int64)
    for gamma in degrees.values():
        code = code * 2 + (gamma < 0)
    return code


def _some(degrees: dict[str, np.ndarray], weight: np.ndarray, some: np.ndarray) -> OtherPairs:
    return OtherPairs({name: held[some] for name, held in degrees.items()}, weight[some])
