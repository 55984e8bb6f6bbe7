"""Pairs scored by the trained model, with the corrections that a small or much duplicated list
needs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from sluice.linkage.blocking import PARTS, Blocks, Key, first_keys, read_blocks
from sluice.linkage.candidates import degrees
from sluice.linkage.clusters import connected
from sluice.linkage.config import LinkageConfig
from sluice.linkage.evidence import Comparison, recounted, total, weigh
from sluice.linkage.frequencies import Values, read_values
from sluice.linkage.kinds import Weighed, weigh_kinds, weight_without
from sluice.linkage.loss import Matches as Expected
from sluice.linkage.loss import OtherMatches, expected_matches, worthy_keys
from sluice.linkage.personal import LEAST_NAMING, NAMING, PERSONAL
from sluice.linkage.probabilities import prior_of, probability
from sluice.linkage.reliability import Band, check
from sluice.linkage.training import first_model, joined_matches

#: How often values are counted anew by who is one person, and strangers without the others.
PASSES = 3


@dataclass(frozen=True)
class Judged:
    """Candidate pairs, their bits by comparison, their weights with the prior in them, the share of
    matching pairs that blocking is estimated to have missed, and the check without truth.
    """

    pairs: pa.Table
    bits: dict[str, np.ndarray]
    weighed: Weighed
    lost_share: float
    bands: list[Band]


@dataclass(frozen=True)
class Records:
    """What is compared: components by record, pairs that the rules joined, and all pairs."""

    worker: DuckDBPyConnection
    comparisons: list[dict[str, Any]]
    components: np.ndarray
    joined: int
    all_pairs: int
    others: OtherMatches

    @property
    def first_prior(self) -> float:
        return 1 / len(self.components)


def score(
    worker: DuckDBPyConnection, comparisons: list[dict[str, Any]], config: LinkageConfig
) -> Judged | None:
    """All candidate pairs of different components, compared once and weighed some times; None where
    no value recurs.

    First: what matches do, by the pairs of few keys, and which keys find the rest. Then the sample
    of "strangers" is freed of the matches within it, values are counted by people, and the pairs
    are weighed again, by the kinds of pairs that there are.
    """
    components = read_components(worker)
    others = joined_matches(worker, comparisons, components, config)
    records = Records(worker, comparisons, components, *count_pairs(worker), others)
    blocks = read_blocks(worker, records.components, config)
    if not blocks.costs:
        return None
    model = first_model(worker, comparisons, config)
    values = read_values(worker, sorted({c for m in model for c in m.rarity_of if c}))
    keys = first_keys(blocks, config)
    numbers = blocks.pairs(keys)
    pairs, model = _learn(records, model, values, _compare(records, blocks, numbers), config)
    expected = expected_matches(blocks, pairs, _chance(records, pairs, model, values), keys, config)
    added = worthy_keys(blocks, expected, keys, config) if expected else []
    more = np.setdiff1d(blocks.pairs(added), numbers, assume_unique=True)
    pairs = pa.concat_tables([pairs, _compare(records, blocks, more)])
    pairs, model = _learn(records, model, values, pairs, config)
    pairs = _named(pairs, worker)

    def unseen(chance: np.ndarray) -> Expected | None:
        return expected_matches(blocks, pairs, chance, keys + added, config)

    bits, weighed, lost = _weigh_people(records, pairs, model, values, keys + added, unseen)
    witnesses = {
        c.name: blocks.found_without(c.name, keys + added, pairs)
        for c in weighed.model
        if c.name in PERSONAL and c.name in PARTS and len(weighed.model) > 1
    }
    rest = {name: weight_without(pairs, weighed, bits, name) for name in witnesses}
    bands = check(pairs, weighed.model, rest, witnesses)
    return Judged(pairs, bits, weighed, lost, bands)


def _compare(records: Records, blocks: Blocks, numbers: np.ndarray) -> pa.Table:
    return degrees(records.worker, records.comparisons, blocks.table(numbers))


def _learn(
    records: Records,
    model: list[Comparison],
    values: Values,
    pairs: pa.Table,
    config: LinkageConfig,
) -> tuple[pa.Table, list[Comparison]]:
    """The pairs that are not hopeless, in order, and the model with m learned from them."""
    alone = np.unique(records.components, return_inverse=True)[1]
    pairs = pairs.take(
        pa.array(np.lexsort((pairs["record_r"].to_numpy(), pairs["record_l"].to_numpy())))
    )
    bits = weigh(pairs, model, values, lambda _: alone)
    pairs, bits = _hopeful(pairs, bits, records.first_prior, config.least_weight)
    prior = records.first_prior
    weighed = weigh_kinds(pairs, model, bits, prior, records.all_pairs, records.others)
    return pairs, weighed.model


def _chance(
    records: Records, pairs: pa.Table, model: list[Comparison], values: Values
) -> np.ndarray:
    alone = np.unique(records.components, return_inverse=True)[1]
    evidence = total(weigh(pairs, model, values, lambda _: alone))
    return probability(evidence, prior_of(evidence, records.joined, records.all_pairs))


def _weigh_people(
    records: Records,
    pairs: pa.Table,
    model: list[Comparison],
    values: Values,
    keys: list[Key],
    matches: Callable[[np.ndarray], Expected | None],
) -> tuple[dict[str, np.ndarray], Weighed, float]:
    """Weighs the pairs by kinds; strangers, people and the matches that no key finds are counted
    anew each time. Also gives the share of the last.
    """
    components, joined, all_pairs = records.components, records.joined, records.all_pairs
    alone = np.unique(components, return_inverse=True)[1]
    bits = weigh(pairs, model, values, lambda _: alone)
    prior = prior_of(total(bits), joined, all_pairs)
    expected = matches(probability(total(bits), prior))
    model = [comparison.without_matches(prior) for comparison in model]
    for _ in range(PASSES):
        bits = weigh(pairs, model, values, _people(pairs, model, bits, prior, components))
        prior = prior_of(total(bits), joined, all_pairs)
        others = records.others
        if expected:
            others = others.with_others(expected.unseen(keys))
        weighed = weigh_kinds(pairs, model, bits, prior, all_pairs, others)
        model = [recounted(c, pairs, values, weighed.not_strangers) for c in weighed.model]
        expected = matches(probability(weighed.weight, 0.5))
    bits = weigh(pairs, weighed.model, values, _people(pairs, model, bits, prior, components))
    return bits, weighed, expected.lost_share(keys) if expected else 0.0


def _hopeful(
    pairs: pa.Table, bits: dict[str, np.ndarray], prior: float, least: float
) -> tuple[pa.Table, dict[str, np.ndarray]]:
    some = np.flatnonzero(total(bits) + np.log2(prior / (1 - prior)) >= least)
    return pairs.take(pa.array(some)), {name: held[some] for name, held in bits.items()}


def _named(pairs: pa.Table, worker: DuckDBPyConnection) -> pa.Table:
    """The pairs with `record_key_l`, `component_id_l` and so for the right side."""
    held = worker.execute("select record_key, component_id from features order by record")
    columns = held.fetchnumpy()
    for name in columns:
        for side in "lr":
            ids = pa.array(
                np.asarray(columns[name])[pairs[f"record_{side}"].to_numpy()], pa.int64()
            )
            pairs = pairs.append_column(f"{name}_{side}", ids)
    return pairs


def read_components(worker: DuckDBPyConnection) -> np.ndarray:
    """The component of each record."""
    held = worker.execute("select component_id from features order by record").fetchnumpy()
    return np.asarray(held["component_id"])


def _people(
    pairs: pa.Table,
    model: list[Comparison],
    bits: dict[str, np.ndarray],
    prior: float,
    components: np.ndarray,
) -> Callable[[str], np.ndarray]:
    """For a comparison whom each record is taken for by all others and by what agreement on its
    degree says on average, when the others name the person.

    Whether those who share a phone are one person or an office is not for the rarity of that phone
    to say.
    """
    weight = total(bits) + np.log2(prior / (1 - prior))
    left, right = (components[pairs[f"record_{side}"].to_numpy()] for side in "lr")
    agreeing = {name: n * (bits[name] > 0) for name, n in NAMING.items() if name in bits}
    by_name = {c.name: c for c in model}

    def people(comparison: str) -> np.ndarray:
        others = [a for name, a in agreeing.items() if name != comparison]
        count = np.sum(others, axis=0) if others else np.zeros(len(weight))
        mean = by_name[comparison].mean_bits(pairs[f"gamma_{comparison}"].to_numpy())
        sure = np.flatnonzero((weight - bits[comparison] + mean >= 0) & (count >= LEAST_NAMING))
        return _connected(components, left[sure], right[sure])

    return people


def _connected(components: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """By record the number of the group that pairs of components make."""
    ids, of_record = np.unique(components, return_inverse=True)
    groups = connected(len(ids), np.searchsorted(ids, a), np.searchsorted(ids, b))
    return np.asarray(groups[of_record])


def count_pairs(worker: DuckDBPyConnection) -> tuple[int, int]:
    """Pairs that the rules joined, and all pairs."""
    sizes = "select count(*)::hugeint as n from features group by component_id"
    joined, records = worker.execute(
        f"select sum(n * (n - 1) // 2)::double, sum(n)::double from ({sizes})"
    ).fetchall()[0]
    return int(joined), max(int(records * (records - 1) / 2), 1)


def personal(bits: dict[str, np.ndarray]) -> np.ndarray:
    """The evidence that is about the person, not the household or the firm; the rest of it can be
    shared by many.
    """
    return total({name: held for name, held in bits.items() if name in PERSONAL})
