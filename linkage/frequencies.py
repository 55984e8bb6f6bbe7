"""How common a value is: agreeing on a rare one says more. Counted so that a person's own copies do
not make it common.
"""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Holders:
    """Who holds the values of a column. The records that rules joined are one holder of a value:
    `part` is that of each record in it, and `others` are the other holders of its value.
    """

    values: np.ndarray
    part: np.ndarray
    others: np.ndarray
    total: float
    joined: float

    def rarity(
        self,
        left: np.ndarray,
        right: np.ndarray,
        chance: np.ndarray,
        agreement: float,
        at: np.ndarray,
    ) -> np.ndarray:
        """For the pairs `at` these places the chance that a stranger has the value of the one or the
        other; `chance` is that of each pair to be one person.

        With n holders of N besides both people, and a chance u that strangers agree: (n + 1) /
        (N + 1 / u), the mean of a frequency that was u before looking. Holders are of these people
        as far as they are likely the same; if the two are one, their copies are the same ones.
        """
        own = self._own(left, right, chance)
        a, b, sure = left[at], right[at], chance[at]
        count = np.maximum(self.others - own, 0)[[a, b]].max(axis=0)
        to_left, to_right = sure * self.part[b], sure * self.part[a]
        of_left, of_right = own[a] - to_left, own[b] - to_right
        copies = of_left + of_right - sure * np.minimum(of_left, of_right)
        both = np.maximum(self.others[a] - self.part[b] - copies, 0)
        count = np.where(self.values[a] == self.values[b], both, count)
        return np.asarray((count + 1) / (self.total + 1 / agreement))

    def _own(self, left: np.ndarray, right: np.ndarray, chance: np.ndarray) -> np.ndarray:
        """For each record the other holders of its value that are the same person."""
        value = self.values[left]
        same = np.flatnonzero((value == self.values[right]) & (value >= 0))
        a, b, sure, size = left[same], right[same], chance[same], len(self.values)
        return np.asarray(
            np.bincount(a, sure * self.part[b], size) + np.bincount(b, sure * self.part[a], size)
        )


def holders(values: np.ndarray, people: np.ndarray) -> Holders:
    """Holders by record; `people` has the number of each record's component."""
    known = values >= 0
    code = np.where(known, values.astype(np.int64) * (int(people.max(initial=0)) + 1) + people, -1)
    codes, holder, size = np.unique(code, return_inverse=True, return_counts=True)
    of_value = np.bincount(codes[codes >= 0] // (int(people.max(initial=0)) + 1))
    others = np.where(known, np.append(of_value, 0)[values] - 1, 0).astype(np.float64)
    sizes = size[codes >= 0].astype(np.float64)
    joined = float((sizes * (sizes - 1) / 2).sum())
    return Holders(values, 1 / size[holder], others, float(of_value.sum()), joined)
