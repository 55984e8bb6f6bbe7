"""Which pairs are looked at: keys that two records of one person often share, kept while they are
cheap.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from sluice.linkage.config import LinkageConfig

# : Key expressions over `features`. Each is used when its values recur and its pairs can be
# afforded.
KEYS = (
    "national_id",
    "email",
    "email_user",
    "email_letters",
    "phone",
    "full_name",
    "name_key",
    "name_key || '|' || city",
    "name_key || '|' || company",
    "family || '|' || right(phone, 4)",
    "family || '|' || company || '|' || city",
    "least(given, family_name) || '|' || greatest(given, family_name)",
    "left(family_name, 3) || '|' || left(given, 3)",
    "birth_date",
    "family_name || '|' || left(birth_date, 4)",
    "given || '|' || left(birth_date, 4)",
    "given || '|' || right(birth_date, 5)",
    "family_name || '|' || right(birth_date, 5)",
    "family_name || '|' || city",
    "given || '|' || city",
    "family_name || '|' || postcode",
    "given || '|' || postcode",
    "company",
    "rarest(company_tokens)",
    "rarest(name_tokens)",
    "house || '|' || rarest(street_tokens)",
    "house || '|' || postcode",
    "street",
    "postcode || '|' || right(birth_date, 5)",
    "postcode",
    "postcode || '|' || left(birth_date, 4)",
    "postcode || '|' || left(given, 1)",
    "postcode || '|' || left(family_name, 1)",
    "postcode || '|' || city",
    "left(birth_date, 4) || '|' || left(given, 1) || '|' || left(family_name, 1)",
    "left(birth_date, 4) || '|' || left(family_name, 3)",
    "left(birth_date, 4) || '|' || left(given, 3)",
    "left(birth_date, 4) || '|' || city",
    "left(birth_date, 4) || '|' || postcode_area",
    "right(birth_date, 5) || '|' || city",
    "right(birth_date, 5) || '|' || left(given, 1)",
    "right(birth_date, 5) || '|' || left(family_name, 1)",
    "left(family_name, 3) || '|' || city",
    "left(given, 3) || '|' || city",
    "left(family_name, 3) || '|' || postcode_area",
    "left(given, 3) || '|' || postcode_area",
    "city || '|' || job_title",
    "postcode_area || '|' || job_title",
)

RAREST = (
    "create macro rarest(words) as list_sort(list_transform(words, lambda e: {'w': -e.weight, 'v':"
    " e.word}))[1].v"
)


@dataclass(frozen=True)
class BlockingKey:
    column: str
    pairs: int


def add_blocking_keys(worker: DuckDBPyConnection, config: LinkageConfig) -> list[BlockingKey]:
    """Adds a column for each affordable key to `features`, empty where too many records share the
    value.
    """
    worker.execute(RAREST)
    keys = [BlockingKey(e, _count_pairs(worker, e, config.max_block_size)) for e in KEYS]
    chosen = _afford(keys, config)
    if chosen:
        _add_columns(worker, [k.column for k in chosen], config.max_block_size)
    return [BlockingKey(f"block_{i}", k.pairs) for i, k in enumerate(chosen)]


def _count_pairs(worker: DuckDBPyConnection, expression: str, most: int) -> int:
    sizes = (
        f"select count(*) as n from features where {expression} is not null group by {expression}"
    )
    return int(
        worker.execute(
            f"select coalesce(sum(n * (n - 1) // 2), 0) from ({sizes}) where n <= {most}"
        ).fetchall()[0][0]
    )


def _afford(keys: list[BlockingKey], config: LinkageConfig) -> list[BlockingKey]:
    """The cheapest keys first, while the sum of their pairs stays within the budget."""
    chosen: list[BlockingKey] = []
    for key in sorted(keys, key=lambda k: k.pairs):
        if (
            0 < key.pairs <= config.max_pairs_per_rule
            and sum(k.pairs for k in chosen) + key.pairs <= config.max_pairs
        ):
            chosen.append(key)
    return chosen


def _add_columns(worker: DuckDBPyConnection, expressions: list[str], most: int) -> None:
    columns = ", ".join(f"{e} as block_{i}" for i, e in enumerate(expressions))
    worker.execute(f"create or replace table features as select *, {columns} from features")
    capped = ", ".join(
        f"case when count(block_{i}) over (partition by block_{i}) <= {most} then block_{i} end as"
        f" block_{i}"
        for i in range(len(expressions))
    )
    worker.execute(f"create or replace table features as select * replace ({capped}) from features")


def lost_share(
    worker: DuckDBPyConnection, pairs: pa.Table, weight: np.ndarray, keys: list[BlockingKey]
) -> float:
    """The share of matching pairs that no key found, estimated from how many keys found each of the
    others (Chao, 1987): where few were found by one key only, few were found by none.
    """
    likely = pairs.select(["record_key_l", "record_key_r"]).filter(pa.array(weight >= 0))
    worker.register("likely", likely)
    agreeing = " + ".join(f"coalesce((l.{k.column} = r.{k.column})::int, 0)" for k in keys)
    counts = dict(
        worker.execute(f"""
            select {agreeing} as n, count(*) from likely
            join features as l on l.record_key = record_key_l
            join features as r on r.record_key = record_key_r group by n""").fetchall()
    )
    worker.unregister("likely")
    once, twice = counts.get(1, 0), counts.get(2, 0)
    lost = once * (once - 1) / (2 * (twice + 1))
    return float(lost / max(lost + likely.num_rows, 1))
