"""Splink, trained without labels: chances of agreement among strangers by sampling, among matches
by EM.
"""

import contextlib
import logging
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from duckdb import DuckDBPyConnection

from sluice.linkage.blocking import BlockingKey
from sluice.linkage.config import LinkageConfig

if TYPE_CHECKING:
    from splink import Linker

#: Columns that a training session holds equal, to learn the others on. Each tuple is one session.
SESSIONS = (
    ("email",), ("phone",), ("national_id",), ("birth_date",), ("full_name",), ("given",
    "family_name"),
    ("house", "street"), ("company",), ("family_name", "city"), ("given", "city"),
)  # fmt: skip
#: Fewer pairs than this teach nothing.
MIN_PAIRS = 30
#: Least m of a level: one pair of records in so many shows any disagreement.
LEAST_M = 0.001


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Nothing of Splink's progress or warnings gets out: they may quote values of people."""
    logger = logging.getLogger("splink")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def make_linker(
    worker: DuckDBPyConnection,
    comparisons: list[dict[str, Any]],
    keys: list[BlockingKey],
    prior: float,
) -> "Linker":
    from splink import DuckDBAPI, Linker, SettingsCreator
    from splink.blocking_rule_library import CustomRule

    rules = [
        CustomRule(f"l.{k.column} = r.{k.column} and l.component_id <> r.component_id")
        for k in keys
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_key",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
        probability_two_random_records_match=prior,
        retain_matching_columns=True,  # only with them Splink hands out the degrees (gamma)
        retain_intermediate_calculation_columns=True,
        additional_columns_to_retain=["component_id"],
    )
    api = DuckDBAPI(connection=worker)
    return Linker(api.register("features"), settings, log_level=None, validate_settings=False)


def train(linker: "Linker", worker: DuckDBPyConnection, config: LinkageConfig) -> None:
    """Estimates u from a seeded sample and m from the sessions whose blocks name somebody best."""
    from splink import block_on
    from splink.internals.exceptions import EMTrainingException

    linker.training.estimate_u_using_random_sampling(
        max_pairs=config.sample_pairs, seed=config.seed, min_count_per_level=None, num_chunks=1
    )
    for crowd, columns in sorted(_sessions(worker)):
        if crowd <= config.crowd or _untrained(linker):
            with contextlib.suppress(EMTrainingException):
                linker.training.estimate_parameters_using_expectation_maximisation(
                    block_on(*columns),
                    max_pairs=config.training_pairs,
                    record_sample_proportion=1.0,
                    estimate_without_term_frequencies=False,
                )
    bound_m(linker)


def _sessions(worker: DuckDBPyConnection) -> list[tuple[float, tuple[str, ...]]]:
    """The sessions that have pairs enough, each with the mean number of pairs a record has in it.

    Where records share a value with many others (a large employer, a city), its pairs are mostly
    strangers and EM may call "the same place" a match: such a session is used only for what no
    better one has trained.
    """
    made = []
    for columns in SESSIONS:
        pairs, records = _session_size(worker, columns)
        if pairs >= MIN_PAIRS:
            made.append((pairs / records, columns))
    return made


def _untrained(linker: "Linker") -> bool:
    comparisons = linker._settings_obj.core_model_settings.comparisons
    return any(
        not level._trained_m_probabilities
        for c in comparisons
        for level in c._comparison_levels_excluding_null
    )


def bound_m(linker: "Linker") -> None:
    """No degree of agreement is impossible between two records of one person, however rarely it was
    met.
    """
    for comparison in linker._settings_obj.core_model_settings.comparisons:
        for level in comparison._comparison_levels_excluding_null:
            if isinstance(level.m_probability, float):
                level.m_probability = max(level.m_probability, LEAST_M)


def _session_size(worker: DuckDBPyConnection, columns: tuple[str, ...]) -> tuple[int, int]:
    filled = " and ".join(f"{c} is not null" for c in columns)
    sizes = f"select count(*) as n from features where {filled} group by {', '.join(columns)}"
    pairs, records = worker.execute(
        f"select coalesce(sum(n * (n - 1) // 2), 0), coalesce(sum(n), 0) from ({sizes})"
    ).fetchall()[0]
    return int(pairs), int(records)
