"""Pairs scored by the trained model, with the two corrections that a small or much duplicated list
needs.
"""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from sluice.linkage.clusters import Clusters, grow
from sluice.linkage.config import LinkageConfig
from sluice.linkage.frequencies import register_frequencies, register_people
from sluice.linkage.probabilities import prior_of
from sluice.linkage.relatives import discount_relatives

if TYPE_CHECKING:
    from splink import Linker

#: A corrected u is no less than this share of the sampled one, and no less than this.
LEAST_SHARE, LEAST_U = 0.02, 1e-6
#: Comparisons of what is a person's own.
PERSONAL = ("given", "name", "birth_date", "national_id", "email", "unionid")


def score(
    linker: "Linker", worker: DuckDBPyConnection, config: LinkageConfig
) -> tuple[pa.Table, float]:
    """All candidate pairs of different components, and the prior that fits them. Match weights hold
    no prior.

    First pass: how many pairs match at all, and who is one person. Then the sample of "strangers"
    is freed of the matches within it, u = (sampled - share * m) / (1 - share), values are counted
    by people, and the pairs are scored again, with relatives as a kind of their own.
    """
    joined, total = count_pairs(worker)
    clusters = Clusters(read_components(worker))
    register_people(worker, clusters.roots())
    register_frequencies(linker, worker)
    likely = _predict(linker, worker, config.hopeless_weight)
    prior = prior_of(likely["evidence"].to_numpy(), joined, total)
    correct_u(linker, prior)
    join_likely(clusters, likely, prior, config)
    register_people(worker, clusters.roots())
    register_frequencies(linker, worker)
    pairs = _predict(linker, worker, config.least_weight)
    prior = prior_of(pairs["evidence"].to_numpy(), joined, total)
    return discount_relatives(linker, pairs, prior, joined, total)


def read_components(worker: DuckDBPyConnection) -> np.ndarray:
    """The component of each record."""
    return worker.execute("select component_id from features").fetchnumpy()["component_id"]


def join_likely(clusters: Clusters, pairs: pa.Table, prior: float, config: LinkageConfig) -> None:
    """Joins what the evidence makes one person, surest first."""
    weight = pairs["evidence"].to_numpy() + np.log2(prior / (1 - prior))
    a, b = pairs["component_id_l"].to_numpy(), pairs["component_id_r"].to_numpy()
    bounded = np.clip(weight, -config.weight_bound, config.weight_bound)
    clusters.add_evidence(zip(a.tolist(), b.tolist(), bounded.tolist(), strict=True))
    sure = np.flatnonzero(weight >= 0)
    grow(clusters, a, b, sure[np.argsort(-weight[sure], kind="stable")], config)


def count_pairs(worker: DuckDBPyConnection) -> tuple[int, int]:
    """Pairs that the rules joined, and all pairs."""
    sizes = "select count(*)::hugeint as n from features group by component_id"
    joined, records = worker.execute(
        f"select sum(n * (n - 1) // 2)::double, sum(n)::double from ({sizes})"
    ).fetchall()[0]
    return int(joined), max(int(records * (records - 1) / 2), 1)


def _predict(linker: "Linker", worker: DuckDBPyConnection, least: float) -> pa.Table:
    scored = linker.inference.predict(threshold_match_weight=least)
    prior = linker._settings_obj._probability_two_random_records_match
    bits = np.log2(prior / (1 - prior))
    table = worker.sql(f"""
        select record_key_l, record_key_r, component_id_l, component_id_r, columns('^(gamma|mw)_'),
            round(match_weight - {bits}, 6) as evidence
        from {scored.physical_name} order by record_key_l, record_key_r
    """).to_arrow_table()
    scored.drop_table_from_database_and_remove_from_cache()
    return table


def correct_u(linker: "Linker", share: float) -> None:
    """Takes the matches out of the sampled u, which a small or much duplicated list holds too many
    of.
    """
    for comparison in linker._settings_obj.core_model_settings.comparisons:
        for level in comparison._comparison_levels_excluding_null:
            m, u = level.m_probability, level.u_probability
            if isinstance(m, float) and isinstance(u, float):
                level.u_probability = max((u - share * m) / (1 - share), u * LEAST_SHARE, LEAST_U)


def personal(pairs: pa.Table) -> np.ndarray:
    """The evidence that is about the person, not the household or the firm; the rest of it can be
    shared by many.
    """
    total = np.zeros(pairs.num_rows)
    for name in (
        n for c in PERSONAL for n in (f"mw_{c}", f"mw_tf_adj_{c}") if n in pairs.column_names
    ):
        total += np.nan_to_num(pairs[name].to_numpy())
    return total
