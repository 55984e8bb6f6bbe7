"""The pairs that some blocking key finds, each compared once: later passes weigh the same degrees
anew.
"""

import re
from typing import Any

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

COLUMN = re.compile(r'"(\w+)_[lr]"')
#: The same for several degrees: computed once.
SHARED = re.compile(r'shared_weight\("(\w+)_l", "\1_r"\)')
OF_SHARED = r'"shared_\1"'


def number_records(worker: DuckDBPyConnection) -> None:
    """Adds `record` to `features`: the number of the row in order of record_key, from 0."""
    worker.execute("""
        create or replace table features as
        select (row_number() over (order by record_key) - 1)::integer as record, *
        from features order by record_key""")


def degrees(
    worker: DuckDBPyConnection, comparisons: list[dict[str, Any]], pairs: pa.Table
) -> pa.Table:
    """The pairs (`record_l`, `record_r`) with the degree of each comparison, in order."""
    columns = sorted({c for made in comparisons for c in _columns(made)})
    both = ", ".join(f'l."{c}" as "{c}_l", r."{c}" as "{c}_r"' for c in columns)
    shared = {c for one in comparisons for sql in _conditions(one) for c in SHARED.findall(sql)}
    words = "".join(f', shared_weight(l."{c}", r."{c}") as "shared_{c}"' for c in sorted(shared))
    names = ", ".join(f'"{name}"' for name in pairs.column_names)
    made = ", ".join(_degree(made) for made in comparisons)
    worker.register("some_pairs", pairs)
    table = worker.sql(f"""
        select {names}, {made}
        from (select c.*, {both}{words} from some_pairs as c
            join features as l on c.record_l = l.record join features as r on c.record_r = r.record)
    """).to_arrow_table()
    worker.unregister("some_pairs")
    return in_order(table)


def in_order(pairs: pa.Table) -> pa.Table:
    """The pairs by their records."""
    left, right = (pairs[f"record_{side}"].to_numpy().astype(np.int64) for side in "lr")
    return pairs.take(pa.array(np.argsort((left << 32) + right, kind="stable")))


def _columns(comparison: dict[str, Any]) -> set[str]:
    return {column for sql in _conditions(comparison) for column in COLUMN.findall(sql)}


def _conditions(comparison: dict[str, Any]) -> list[str]:
    return [level["sql_condition"] for level in comparison["comparison_levels"]]


def _degree(comparison: dict[str, Any]) -> str:
    """The degree of agreement as Splink numbers it: 0 differs, the first level the highest."""
    missing, *levels, _ = comparison["comparison_levels"]
    cases = " ".join(
        f"when {level['sql_condition']} then {len(levels) - i}" for i, level in enumerate(levels)
    )
    name = comparison["output_column_name"]
    degree = f"case when {missing['sql_condition']} then -1 {cases} else 0 end"
    return f"({SHARED.sub(OF_SHARED, degree)})::tinyint as gamma_{name}"
