"""The pairs that some blocking key finds, each compared once: later passes weigh the same degrees
anew.
"""

import re
from typing import Any

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from sluice.linkage.blocking import BlockingKey

COLUMN = re.compile(r'"(\w+)_[lr]"')


def number_records(worker: DuckDBPyConnection) -> None:
    """Adds `record` to `features`: the number of the row in order of record_key, from 0."""
    worker.execute("""
        create or replace table features as
        select (row_number() over (order by record_key) - 1)::integer as record, *
        from features order by record_key""")


def compare(
    worker: DuckDBPyConnection, comparisons: list[dict[str, Any]], keys: list[BlockingKey]
) -> pa.Table:
    """Pairs of records of different components, in order: `record_l` and `record_r` (row numbers),
    `keys` (how many keys found it) and `gamma_*`, the degree of each comparison (-1: a value is
    missing).
    """
    found = " union all ".join(
        "select l.record as record_l, r.record as record_r from features as l join features as r"
        f" on l.{key.column} = r.{key.column} and l.record < r.record"
        " and l.component_id <> r.component_id"
        for key in keys
    )
    worker.execute(
        "create or replace table candidates as"
        " select record_l, record_r, count(*)::utinyint as keys"
        f" from ({found}) group by record_l, record_r"
    )
    columns = sorted({c for made in comparisons for c in _columns(made)})
    both = ", ".join(f'l."{c}" as "{c}_l", r."{c}" as "{c}_r"' for c in columns)
    degrees = ", ".join(_degree(made) for made in comparisons)
    table = worker.sql(f"""
        select record_l, record_r, keys, {degrees}
        from (select c.*, {both} from candidates as c
            join features as l on c.record_l = l.record join features as r on c.record_r = r.record)
    """).to_arrow_table()
    worker.execute("drop table candidates")
    return table.take(
        pa.array(np.lexsort((table["record_r"].to_numpy(), table["record_l"].to_numpy())))
    )


def _columns(comparison: dict[str, Any]) -> set[str]:
    conditions = (level["sql_condition"] for level in comparison["comparison_levels"])
    return {column for sql in conditions for column in COLUMN.findall(sql)}


def _degree(comparison: dict[str, Any]) -> str:
    """The degree of agreement as Splink numbers it: 0 differs, the first level the highest."""
    missing, *levels, _ = comparison["comparison_levels"]
    cases = " ".join(
        f"when {level['sql_condition']} then {len(levels) - i}" for i, level in enumerate(levels)
    )
    name = comparison["output_column_name"]
    degree = f"case when {missing['sql_condition']} then -1 {cases} else 0 end"
    return f"({degree})::tinyint as gamma_{name}"
