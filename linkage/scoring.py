"""Pairs scored by the trained model, with the corrections that a small or much duplicated list
needs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from sluice.linkage.blocking import BlockingKey
from sluice.linkage.candidates import compare
from sluice.linkage.clusters import Clusters
from sluice.linkage.config import LinkageConfig
from sluice.linkage.evidence import Comparison, learned, recounted, total, weigh
from sluice.linkage.frequencies import read_values
from sluice.linkage.kinds import Weighed, weigh_kinds
from sluice.linkage.personal import LEAST_NAMING, NAMING, PERSONAL
from sluice.linkage.probabilities import prior_of

if TYPE_CHECKING:
    from splink import Linker


#: How often values are counted anew by who is one person, and strangers without the others.
PASSES = 3


@dataclass(frozen=True)
class Judged:
    """Candidate pairs, their bits by comparison, and their weights with the prior in them."""

    pairs: pa.Table
    bits: dict[str, np.ndarray]
    weighed: Weighed


def score(
    linker: "Linker",
    worker: DuckDBPyConnection,
    comparisons: list[dict[str, Any]],
    keys: list[BlockingKey],
    config: LinkageConfig,
) -> Judged:
    """All candidate pairs of different components, compared once and weighed some times.

    First: how many pairs match at all, and who is one person. Then the sample of "strangers" is
    freed of the matches within it, values are counted by people, and the pairs are weighed again,
    by the kinds of pairs that there are.
    """
    joined, all_pairs = count_pairs(worker)
    pairs, model = compare(worker, comparisons, keys), learned(linker)
    values = read_values(worker, sorted({c for m in model for c in m.rarity_of if c}))
    components = read_components(worker)
    alone = np.unique(components, return_inverse=True)[1]
    bits = weigh(pairs, model, values, lambda _: alone)
    pairs, bits = _hopeful(pairs, bits, 1 / len(components), config.least_weight)
    pairs = _named(pairs, worker)
    prior = prior_of(total(bits), joined, all_pairs)
    model = [comparison.without_matches(prior) for comparison in model]
    for _ in range(PASSES):
        bits = weigh(pairs, model, values, _people(pairs, model, bits, prior, components))
        prior = prior_of(total(bits), joined, all_pairs)
        weighed = weigh_kinds(pairs, model, bits, prior, joined, all_pairs)
        model = [recounted(c, pairs, values, weighed.not_strangers) for c in model]
    return Judged(pairs, bits, weighed)


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
    clusters = Clusters(components)
    for left, right in zip(a.tolist(), b.tolist(), strict=True):
        x, y = clusters.find(left), clusters.find(right)
        if x != y:
            clusters.join(x, y)
    roots = clusters.roots()
    return np.unique([roots[c] for c in components.tolist()], return_inverse=True)[1]


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
