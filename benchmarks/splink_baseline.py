"""Plain Splink as its tutorials teach it, to compare with: library comparisons, a handful of rules, p >= 0.95."""

import contextlib
import logging
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from duckdb import DuckDBPyConnection

from sluice.linkage.api import private_database
from sluice.linkage.config import LinkageConfig

if TYPE_CHECKING:
    import pandas as pd
    from splink import Linker

THRESHOLD = 0.95
#: The share of matches that the deterministic rules are supposed to find, as in the tutorial.
RECALL = 0.7
#: Columns that identify on their own: their rules estimate the prior.
STRONG = (
    ("email",),
    ("phone",),
    ("national_id",),
    ("unionid",),
    ("given_name", "surname", "birth_date"),
)
PAIRS = (
    ("given_name", "surname"),
    ("birth_date",),
    ("full_name",),
    ("full_name", "city"),
    ("company", "postcode"),
    ("company",),
    ("address",),
    ("postcode", "surname"),
)
#: A rule with more pairs than this is left out, so that a large list ends at all.
MOST_PAIRS = 20_000_000
COLUMNS = (
    "full_name",
    "given_name",
    "surname",
    "email",
    "phone",
    "birth_date",
    "national_id",
    "address",
    "city",
    "postcode",
    "company",
    "unionid",
)


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


def plain_splink(connection: DuckDBPyConnection, records_table: str) -> "pd.DataFrame":
    """Pairs of records with a match probability of 0.95 or more; component_id is not used. Nothing is left behind."""
    texts = ", ".join(f"nullif(trim(lower(cast({c} as varchar))), '') as {c}" for c in COLUMNS)
    records = connection.sql(
        f"select record_key, {texts} from {records_table} order by record_key"
    ).to_arrow_table()
    with private_database(LinkageConfig()) as worker, quiet():
        worker.register("incoming", records)
        worker.execute("create table records as select * from incoming")
        filled = _filled(worker)
        rules = [r for r in STRONG + PAIRS if set(r) <= filled and _pairs(worker, r) <= MOST_PAIRS]
        if records.num_rows < 2 or not rules:
            return _edges(worker, None)
        linker = _linker(worker, filled, rules)
        _train(linker, rules)
        return _edges(worker, _predict(linker))


def _filled(worker: DuckDBPyConnection) -> set[str]:
    counts = worker.execute(
        f"select {', '.join(f'count({c})' for c in COLUMNS)} from records"
    ).fetchall()[0]
    return {c for c, n in zip(COLUMNS, counts, strict=True) if n}


def _pairs(worker: DuckDBPyConnection, columns: tuple[str, ...]) -> int:
    where = " and ".join(f"{c} is not null" for c in columns)
    sizes = f"select count(*) as n from records where {where} group by {', '.join(columns)}"
    return int(
        worker.execute(f"select coalesce(sum(n * (n - 1) // 2), 0) from ({sizes})").fetchall()[0][0]
    )


def _comparisons(filled: set[str]) -> list[Any]:
    import splink.comparison_library as cl

    names = [
        cl.NameComparison(c).configure(term_frequency_adjustments=True)
        for c in ("given_name", "surname")
        if c in filled
    ]
    names = names or [
        cl.JaroWinklerAtThresholds(c, [0.92, 0.8]).configure(term_frequency_adjustments=True)
        for c in ("full_name",)
        if c in filled
    ]
    fuzzy = [
        cl.LevenshteinAtThresholds(c, [1, 2])
        for c in ("phone", "national_id", "birth_date")
        if c in filled
    ]
    texts = [
        cl.JaroWinklerAtThresholds(c, [0.9, 0.7])
        for c in ("address", "company", "email")
        if c in filled
    ]
    exact = [
        cl.ExactMatch(c).configure(term_frequency_adjustments=True)
        for c in ("city", "postcode", "unionid")
        if c in filled
    ]
    return [*names, *fuzzy, *texts, *exact]


def _linker(worker: DuckDBPyConnection, filled: set[str], rules: list[tuple[str, ...]]) -> "Linker":
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    settings = SettingsCreator(
        link_type="dedupe_only", unique_id_column_name="record_key", comparisons=_comparisons(filled),
        blocking_rules_to_generate_predictions=[block_on(*r) for r in rules],
    )  # fmt: skip
    return Linker(DuckDBAPI(connection=worker).register("records"), settings, log_level=None)


def _train(linker: "Linker", rules: list[tuple[str, ...]]) -> None:
    from splink import block_on

    strong = [block_on(*r) for r in rules if r in STRONG] or [block_on(*rules[0])]
    with contextlib.suppress(Exception):
        linker.training.estimate_probability_two_random_records_match(strong, recall=RECALL)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in rules:
        with contextlib.suppress(Exception):
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))


def _predict(linker: "Linker") -> str | None:
    """The table of scored pairs; None when the records were too few to train anything."""
    from splink.internals.exceptions import SplinkException

    try:
        return linker.inference.predict(threshold_match_probability=THRESHOLD).physical_name
    except (SplinkException, ValueError):
        return None


def _edges(worker: DuckDBPyConnection, scored: str | None) -> "pd.DataFrame":
    source = (
        scored
        or "(select 0 as record_key_l, 0 as record_key_r, 0.0 as match_weight, 0.0 as match_probability limit 0)"
    )
    columns = "cast(record_key_l as bigint) as record_key_a, cast(record_key_r as bigint) as record_key_b, match_weight, match_probability"
    return worker.sql(f"select {columns} from {source} order by 1, 2").df()
