"""The first model: what strangers do is counted on random pairs, what matches do starts as a guess
that expectation-maximisation mends.
"""

from typing import Any

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from sluice.linkage.agreement import agreement_of
from sluice.linkage.blocking import Blocks
from sluice.linkage.candidates import degrees
from sluice.linkage.config import LinkageConfig
from sluice.linkage.evidence import LEAST_CHANCE, Comparison
from sluice.linkage.kinds import OtherPairs
from sluice.linkage.loss import Strangers

#: Where learning begins: matches agree fully, in part, and not at all.
FIRST_FULL, FIRST_NONE = 0.7, 0.1
#: Random pairs that show which values records lack.
DRAWS = 20_000


def first_model(
    worker: DuckDBPyConnection, comparisons: list[dict[str, Any]], config: LinkageConfig
) -> tuple[list[Comparison], pa.Table]:
    """The comparisons with u of a seeded sample of random pairs and a first m, and that sample."""
    strangers = degrees(worker, comparisons, _random_pairs(worker, config))
    return [_first(made, strangers) for made in comparisons], strangers


def some_strangers(
    blocks: Blocks, model: list[Comparison], pairs: pa.Table, config: LinkageConfig
) -> Strangers:
    """What some of the random pairs lack."""
    random = np.random.default_rng(config.seed)
    some = pairs.take(pa.array(random.integers(0, pairs.num_rows, DRAWS)))
    missing = {c.name: some[f"gamma_{c.name}"].to_numpy() < 0 for c in model}
    return Strangers(missing, agreement_of(blocks, some))


def _random_pairs(worker: DuckDBPyConnection, config: LinkageConfig) -> pa.Table:
    """Different records, drawn by the seed; all pairs where there are not many."""
    ((count,),) = worker.execute("select count(*) from features").fetchall()
    if count * (count - 1) // 2 <= config.sample_pairs:
        left, right = np.triu_indices(count, 1)
    else:
        chance = np.random.default_rng(config.seed)
        left = chance.integers(0, count, config.sample_pairs)
        right = (left + chance.integers(1, count, config.sample_pairs)) % count
    return pa.table({"record_l": left.astype(np.int32), "record_r": right.astype(np.int32)})


def _first(comparison: dict[str, Any], strangers: pa.Table) -> Comparison:
    name = comparison["output_column_name"]
    levels = comparison["comparison_levels"][1:][::-1]
    gamma = strangers[f"gamma_{name}"].to_numpy()
    seen = np.bincount(gamma[gamma >= 0], minlength=len(levels))
    u = np.maximum((seen + 0.5) / (seen.sum() + 0.5 * len(levels)), LEAST_CHANCE)
    m = np.full(len(levels), (1 - FIRST_FULL - FIRST_NONE) / max(len(levels) - 2, 1))
    m[0], m[-1] = FIRST_NONE, FIRST_FULL
    return Comparison(
        name, m / m.sum(), u, tuple(one.get("tf_adjustment_column") for one in levels)
    )


def joined_matches(
    worker: DuckDBPyConnection,
    comparisons: list[dict[str, Any]],
    components: np.ndarray,
    config: LinkageConfig,
) -> OtherPairs:
    """Pairs of records that the rules joined, drawn by the seed. Without them matches would be
    those alone whose identifiers the rules did not find alike.
    """
    order = np.argsort(components, kind="stable")
    _, first, size = np.unique(components[order], return_index=True, return_counts=True)
    pairs = (size * (size - 1) // 2).astype(np.float64)
    drawn = config.joined_pairs if pairs.sum() else 0
    chance = np.random.default_rng(config.seed)
    some = chance.choice(len(size), drawn, p=pairs / pairs.sum()) if drawn else np.zeros(0, int)
    left = chance.integers(0, size[some])
    right = (left + chance.integers(1, np.maximum(size[some], 2))) % size[some]
    table = pa.table(
        {
            "record_l": order[first[some] + left].astype(np.int32),
            "record_r": order[first[some] + right].astype(np.int32),
        }
    )
    made = degrees(worker, comparisons, table)
    names = [name for name in made.column_names if name.startswith("gamma_")]
    weight = np.full(drawn, pairs.sum() / max(drawn, 1))
    return OtherPairs({name: made[name].to_numpy() for name in names}, weight)
