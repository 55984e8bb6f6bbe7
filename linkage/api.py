"""The one call: records in, edges out: those that join, and those that come near it."""

import contextlib
import importlib.util
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from sluice.linkage.config import LinkageConfig

if TYPE_CHECKING:
    import pandas as pd

    from sluice.linkage.reliability import Band

EDGES = pa.schema(
    {
        "record_key_a": pa.int64(),
        "record_key_b": pa.int64(),
        "match_weight": pa.float64(),
        "match_probability": pa.float64(),
        "explanation": pa.string(),
        "is_joining": pa.bool_(),
    }
)


DEFAULTS = LinkageConfig()
OWN_VALUES = """
select
    component_id,
    list(distinct unionid) filter (unionid is not null),
    list(distinct birth_date) filter (try_cast(birth_date as date) is not null
        and length(birth_date) = 10)
from features
where unionid is not null or birth_date is not null
group by component_id
"""


def link(
    connection: DuckDBPyConnection, records_table: str, config: LinkageConfig = DEFAULTS
) -> "pd.DataFrame":
    """Edges between records of different components, by a model trained on these records:
    ``is_joining`` where they are one person's, else of at least ``least_probable``.

    The connection is only read: all work is done in a database of its own in memory, gone when the
    call returns. The same rows and configuration give the same edges. Too few records, or nothing
    to compare, give none.
    """
    require_extra()
    from sluice.linkage.features import read_records

    records = read_records(connection, records_table)
    if records.num_rows < max(config.min_records, 2):
        return EDGES.empty_table().to_pandas()
    with private_database(config) as worker:
        scored = score_pairs(worker, records, config)
        edges = accept(worker, scored, config) if scored else EDGES.empty_table()
        return edges.to_pandas()


def require_extra() -> None:
    """Raises ImportError with what to install or switch off, where the extra ``linkage`` is
    missing.
    """
    if importlib.util.find_spec("pypinyin") is None:
        raise ImportError(
            "the probabilistic layer needs pypinyin: install sluice[linkage],"
            " or set probabilistic_linkage: false in dbt_project.yml"
        )


@contextlib.contextmanager
def private_database(config: LinkageConfig) -> Iterator[DuckDBPyConnection]:
    """A database in memory that spills to a folder of its own; both are gone afterwards."""
    with tempfile.TemporaryDirectory() as spill:
        settings = {
            "temp_directory": spill,
            "memory_limit": config.memory_limit,
            "threads": config.threads,
        }
        with duckdb.connect(config=settings) as worker:
            worker.execute("set enable_progress_bar = false")
            yield worker


@dataclass(frozen=True)
class Scored:
    """Candidate pairs, their match weights (bits, the prior in them), the bits of what was compared
    by its description, those of the person alone, the share of matching pairs that blocking is
    estimated to have missed, and whether the probabilities are right, as far as that shows without
    truth.
    """

    pairs: pa.Table
    weight: np.ndarray
    bits: dict[str, np.ndarray]
    personal: np.ndarray
    lost_share: float
    bands: "list[Band]"


def score_pairs(
    worker: DuckDBPyConnection, records: pa.Table, config: LinkageConfig
) -> Scored | None:
    """Trains a model on the records and scores the pairs that blocking finds; `worker` is a private
    database. None where there is nothing to compare.
    """
    from sluice.linkage.candidates import number_records
    from sluice.linkage.comparisons import comparisons_for
    from sluice.linkage.features import build_features, filled_shares
    from sluice.linkage.rarity import weigh_all
    from sluice.linkage.scoring import personal, score

    build_features(worker, records)
    weigh_all(worker)
    comparisons = comparisons_for(filled_shares(worker), config.min_filled)
    number_records(worker)
    judged = score(worker, comparisons, config) if comparisons else None
    if judged is None:
        return None
    pairs, weighed = judged.pairs, judged.weighed
    words = {c["output_column_name"]: c["comparison_description"] for c in comparisons}
    bits = {words[name]: held for name, held in judged.bits.items()}
    bits |= {"household": weighed.household, "careless records": weighed.careless}
    weight, own = weighed.weight.round(6), personal(judged.bits)
    return Scored(pairs, weight, bits, own, judged.lost_share, judged.bands)


def accept(worker: DuckDBPyConnection, scored: Scored, config: LinkageConfig) -> pa.Table:
    """The edges that scored pairs make."""
    from sluice.linkage.explain import explanations

    pairs, weight = scored.pairs, scored.weight
    chance = 1 / (1 + np.exp2(-np.clip(weight, -500, 500)))
    is_personal = scored.personal >= config.least_personal
    sure = _surest_first(pairs, weight, np.flatnonzero((chance >= config.threshold) & is_personal))
    joined = _join(worker, pairs, weight, sure, config)
    near = np.flatnonzero((chance >= config.least_probable) & is_personal)
    others = _surest_first(pairs, weight, np.setdiff1d(near, joined))
    chosen = np.concatenate([joined, others])
    kept = pairs.take(pa.array(chosen))
    bits = {name: held[chosen] for name, held in scored.bits.items()}
    is_joining = pa.array(np.arange(len(chosen)) < len(joined))
    numbers = [pa.array(weight[chosen].round(6)), pa.array(chance[chosen].round(9))]
    words = explanations(bits, len(chosen))
    return pa.table(
        [kept["record_key_l"], kept["record_key_r"], *numbers, words, is_joining], schema=EDGES
    )


def _surest_first(pairs: pa.Table, weight: np.ndarray, some: np.ndarray) -> np.ndarray:
    left, right = pairs["record_key_l"].to_numpy()[some], pairs["record_key_r"].to_numpy()[some]
    return some[np.lexsort((right, left, -weight[some].round(6)))]


def _join(
    worker: DuckDBPyConnection,
    pairs: pa.Table,
    weight: np.ndarray,
    sure: np.ndarray,
    config: LinkageConfig,
) -> np.ndarray:
    """The indexes of the pairs that join clusters, out of those that are `sure`, the surest first;
    the others only bear witness.
    """
    from sluice.linkage.clusters import Clusters, connected, grow
    from sluice.linkage.scoring import read_components

    a, b = pairs["component_id_l"].to_numpy(), pairs["component_id_r"].to_numpy()
    clusters = Clusters(read_components(worker))
    clusters.values = _own_values(worker)
    # clusters grow along sure pairs only: what two have between them counts where these lead
    ids, ends = np.unique(np.concatenate([a, b]), return_inverse=True)
    left, right = ends.reshape(2, -1)
    group = connected(len(ids), left[sure], right[sure])
    near = group[left] == group[right]
    bounded = np.clip(weight[near], -config.weight_bound, config.weight_bound)
    clusters.add_evidence(zip(a[near].tolist(), b[near].tolist(), bounded.tolist(), strict=True))
    return np.array(grow(clusters, a, b, sure, config), dtype=np.int64)


def _own_values(worker: DuckDBPyConnection) -> dict[int, list[set[str]]]:
    """Per component its unionids and its birth dates that are dates: a person has one of each."""
    rows = worker.execute(OWN_VALUES).fetchall()
    return {
        int(component): [set(unionids or []), set(births or [])]
        for component, unionids, births in rows
    }
