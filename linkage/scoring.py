"""Pairs scored by the trained model, with the corrections that a small or much duplicated list
needs.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from sluice.linkage.agreement import Details, agreement_of, column_of, details
from sluice.linkage.blocking import PARTS, Blocks, Key, first_keys, read_blocks, without
from sluice.linkage.candidates import degrees, in_order
from sluice.linkage.config import LinkageConfig
from sluice.linkage.evidence import Comparison, recounted, total, weigh
from sluice.linkage.frequencies import Holders, holders, read_values
from sluice.linkage.kinds import OtherPairs
from sluice.linkage.loss import Expected, Strangers, expected_pairs, worthy_keys
from sluice.linkage.mixture import NoCandidates, Weighed, hear, weigh_kinds
from sluice.linkage.personal import IDENTIFIERS, PERSONAL
from sluice.linkage.probabilities import prior_of, probability
from sluice.linkage.reliability import Band, check, correction
from sluice.linkage.training import first_model, joined_matches, some_strangers

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
    """What is compared, and of all records what does not change: components, who holds the values
    whose rarity counts, pairs that the rules joined, what random pairs lack.
    """

    worker: DuckDBPyConnection
    comparisons: list[dict[str, Any]]
    components: np.ndarray
    joined: int
    all_pairs: int
    blocks: Blocks
    holders: dict[str, Holders]
    joined_pairs: OtherPairs
    strangers: Strangers
    details: Details
    config: LinkageConfig

    @property
    def first_prior(self) -> float:
        return 1 / len(self.components)


@dataclass(frozen=True)
class Learned:
    """Candidate pairs, their bits, what was learned from them, and pairs as they are expected."""

    pairs: pa.Table
    bits: dict[str, np.ndarray]
    model: list[Comparison]
    weighed: Weighed
    expected: Expected | None
    keys: list[Key]
    found: np.ndarray


def score(
    worker: DuckDBPyConnection, comparisons: list[dict[str, Any]], config: LinkageConfig
) -> Judged | None:
    """All candidate pairs of different components, compared once and weighed some times; None where
    no value recurs.

    First: what matches do, by the pairs of few keys, and which keys find the rest. Then the sample
    of "strangers" is freed of the matches within it, values are counted without their holders' own
    copies, and the pairs are weighed again, by the kinds of pairs that there are.
    """
    components = read_components(worker)
    blocks = read_blocks(worker, components, config)
    if not blocks.costs:
        return None
    model, strangers = first_model(worker, comparisons, config)
    some = some_strangers(blocks, model, strangers, config)
    of_parts = details(model, agreement_of(blocks, strangers), strangers)
    numbers = np.unique(components, return_inverse=True)[1]
    values = read_values(worker, sorted({column for c in model for column in c.columns}))
    held = {column: holders(of_column, numbers) for column, of_column in values.items()}
    others = joined_matches(worker, comparisons, components, config)
    joined = count_pairs(worker)
    records = Records(
        worker, comparisons, components, *joined, blocks, held, others, some, of_parts, config
    )
    keys = first_keys(blocks, config)
    found = blocks.pairs(keys)
    first = _learn(records, _compare(records, found), model, keys, None)
    added = worthy_keys(blocks, first.expected, keys, config) if first.expected else []
    more = np.setdiff1d(blocks.pairs(added), found, assume_unique=True)
    pairs = in_order(pa.concat_tables([first.pairs, _compare(records, more)]))
    learned = _learn(records, pairs, first.model, keys + added, first.weighed)
    pairs, weighed = _named(learned.pairs, worker), learned.weighed
    heard = [
        hear(pairs, weighed, learned.bits, name, without(name, learned.keys, learned.found))
        for name in _witnesses(records, weighed.model)
    ]
    said = correction(heard)
    corrected = replace(weighed, weight=said.corrected(weighed.weight))
    bands = check([replace(one, weight=said.corrected(one.weight)) for one in heard])
    lost = learned.expected.lost_share if learned.expected else 0.0
    return Judged(pairs, learned.bits, corrected, lost, bands)


def _witnesses(records: Records, model: list[Comparison]) -> list[str]:
    """The comparisons of who a person is, but for identifiers where rules joined by them."""
    names = [c.name for c in model if c.name in PERSONAL and c.name in PARTS and len(model) > 1]
    return [name for name in names if not (records.joined and name in IDENTIFIERS)]


def _compare(records: Records, numbers: np.ndarray) -> pa.Table:
    return degrees(records.worker, records.comparisons, records.blocks.table(numbers))


def _learn(
    records: Records,
    pairs: pa.Table,
    model: list[Comparison],
    keys: list[Key],
    start: Weighed | None,
) -> Learned:
    """The pairs that are not hopeless, in order, weighed by kinds; strangers, values and the pairs
    that no key finds are counted anew each time.
    """
    bits = weigh(pairs, model, records.holders, lambda _: np.zeros(pairs.num_rows))
    pairs, bits = _hopeful(pairs, bits, records.first_prior, records.config.least_weight)
    prior = prior_of(total(bits), records.joined, records.all_pairs)
    if start:
        model = [comparison.without_matches(prior) for comparison in model]
    unseen = NoCandidates(records.joined_pairs, records.joined_pairs.none())
    weight = total(bits) + np.log2(prior / (1 - prior))
    expected, weighed = None, start
    agreement = agreement_of(records.blocks, pairs)
    found = records.blocks.found_by(keys, pairs)
    free = {
        name: without(agreement.columns[column_of(agreement, name) or 0], keys, found)
        for name in records.details.strangers
    }
    chance = probability(weight, 0.5)
    for _ in range(PASSES):
        bits = weigh(pairs, model, records.holders, _by_others(pairs, bits, weight))
        for name, more in records.details.bits(agreement, pairs, chance, free).items():
            bits[name] = bits[name] + more.astype(np.float32)
        weighed = weigh_kinds(pairs, model, bits, prior, records.all_pairs, unseen, weighed)
        weight, chance = weighed.weight, weighed.chance
        model = [
            recounted(c, pairs, records.holders, weighed.chance + weighed.relatives)
            for c in weighed.model
        ]
        expected = expected_pairs(
            agreement, pairs, weighed, records.strangers, keys, records.config
        )
        if expected:
            matches = records.joined_pairs.with_others(expected.unseen.matches)
            unseen = NoCandidates(matches, expected.unseen.related)
    return Learned(pairs, bits, model, weighed, expected, keys, found)


def _by_others(
    pairs: pa.Table, bits: dict[str, np.ndarray], weight: np.ndarray
) -> Callable[[Comparison], np.ndarray]:
    """For a comparison the chance of each pair to be one person's by all others and by what its
    degree says on average: whether those who share a phone are one person or an office is not for
    the rarity of that phone to say.
    """

    def chance(comparison: Comparison) -> np.ndarray:
        mean = comparison.mean_bits(pairs[f"gamma_{comparison.name}"].to_numpy())
        return probability(weight - bits[comparison.name] + mean, 0.5)

    return chance


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
