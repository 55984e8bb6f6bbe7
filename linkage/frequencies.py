"""How common a value is: agreeing on a rare one says more. Counted so that a person's own copies do
not make it common.
"""

import numpy as np
from duckdb import DuckDBPyConnection

#: Per column of `features` a number for each record's value, -1 where it has none.
Values = dict[str, np.ndarray]


def read_values(worker: DuckDBPyConnection, columns: list[str]) -> Values:
    """The values of the columns as numbers, in order of the records."""
    values = {}
    for column in columns:
        held = worker.sql(f"select {column} as v from features order by record").to_arrow_table()
        coded = held["v"].combine_chunks().dictionary_encode()
        values[column] = coded.indices.fill_null(-1).to_numpy()
    return values


def frequencies(values: np.ndarray, people: np.ndarray, chance: float) -> np.ndarray:
    """For each record the chance that a stranger has its value: its people but the two that ask,
    smoothed; 1 where it has none.

    With n people that have it, of N with any, and a chance u that strangers agree:
    (n - 2 + 1) / (N + 1 / u), the mean of a frequency that was u before looking. Counting records
    would make a much recorded person's name common.
    """
    known = values >= 0
    if not known.any():
        return np.ones(len(values))
    width = int(people.max()) + 1
    held = np.unique(values[known].astype(np.int64) * width + people[known]) // width
    count = np.bincount(held, minlength=int(values.max()) + 1)
    found = np.maximum(count - 1, 1) / (count.sum() + 1 / chance)
    return np.append(found, 1.0)[values]
