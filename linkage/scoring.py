"""Pairs scored by the trained model, with the two corrections that a small or much duplicated list
needs.
"""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from sluice.linkage.clusters import Clusters
from sluice.linkage.config import LinkageConfig
from sluice.linkage.frequencies import register_frequencies
from sluice.linkage.probabilities import prior_of
from sluice.linkage.relatives import bits_of, discount_relatives

if TYPE_CHECKING:
    from splink import Linker

#: A corrected u is no less than this share of the sampled one, and no less than this.
LEAST_SHARE, LEAST_U = 0.02, 1e-6
#: Comparisons of what is a person's own.
PERSONAL = ("given", "name", "birth_date", "national_id", "email", "unionid")
#: Comparisons of who a person is; so many must agree for two records to count as one person.
NAMING, LEAST_NAMING = (*PERSONAL, "family_name"), 2


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
    components = read_components(worker)
    register_frequencies(linker, worker, lambda _: Clusters(components).roots())
    likely = _predict(linker, worker, config.hopeless_weight)
    prior = prior_of(likely["evidence"].to_numpy(), joined, total)
    correct_u(linker, prior)
    register_frequencies(
        linker, worker, lambda name: people_without(name, likely, prior, components)
    )
    pairs = _predict(linker, worker, config.least_weight)
    prior = prior_of(pairs["evidence"].to_numpy(), joined, total)
    return discount_relatives(linker, pairs, prior, joined, total)


def read_components(worker: DuckDBPyConnection) -> np.ndarray:
    """The component of each record."""
    return worker.execute("select component_id from features").fetchnumpy()["component_id"]


def people_without(
    comparison: str, pairs: pa.Table, prior: float, components: np.ndarray
) -> dict[int, int]:
    """Whom each component is taken for by all comparisons but one, two of them of who a person is.

    Whether those who share a phone are one person or an office is not for the phone to say, and a
    name alone does not say it either.
    """
    weight = pairs["evidence"].to_numpy() + np.log2(prior / (1 - prior))
    names = [n for n in NAMING if n != comparison and f"mw_{n}" in pairs.column_names]
    agreeing = np.zeros(pairs.num_rows, dtype=int)
    for name in names:
        agreeing += bits_of(pairs, name) > 0
    sure = np.flatnonzero((weight - bits_of(pairs, comparison) >= 0) & (agreeing >= LEAST_NAMING))
    return _connected(components, *(pairs[f"component_id_{s}"].to_numpy()[sure] for s in "lr"))


def _connected(components: np.ndarray, a: np.ndarray, b: np.ndarray) -> dict[int, int]:
    clusters = Clusters(components)
    for left, right in zip(a.tolist(), b.tolist(), strict=True):
        x, y = clusters.find(left), clusters.find(right)
        if x != y:
            clusters.join(x, y)
    return clusters.roots()


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
