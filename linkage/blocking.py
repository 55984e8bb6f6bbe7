"""Which pairs are looked at: keys that two records of one person often share, kept while they are
cheap.

A key is a tuple of parts that two records must agree on. Which keys are worth their pairs is for
`linkage/loss.py` to say.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from sluice.linkage.config import LinkageConfig
from sluice.linkage.frequencies import read_values

Key = tuple[str, ...]

#: Parts of keys: expressions over `features`, by what they are of. Errors in two of these are two
#: errors; all parts of one can be spoiled by one.
PARTS = {
    "national_id": ("national_id",),
    "email": ("email", "email_user", "email_letters"),
    "phone": ("phone", "right(phone, 4)"),
    "name": ("full_name", "name_key", "family", "rarest(name_tokens)"),
    "given": ("given", "left(given, 3)", "left(given, 1)"),
    "family_name": (
        "family_name", "left(family_name, 3)", "left(family_name, 1)", "right(family_name, 4)",
    ),
    "both_names": ("least(given, family_name) || '|' || greatest(given, family_name)",),
    "birth_date": ("birth_date", "left(birth_date, 4)", "right(birth_date, 5)"),
    "place": ("city", "postcode", "postcode_area", "street", "house", "rarest(street_tokens)"),
    "company": ("company", "rarest(company_tokens)"),
    "job_title": ("job_title",),
}  # fmt: skip
BOTH_NAMES = PARTS["both_names"][0]
#: Each is used when its values recur, its pairs can be afforded, and few of them were found before.
KEYS: tuple[Key, ...] = (
    ("national_id",),
    ("email",),
    ("email_user",),
    ("email_letters",),
    ("phone",),
    ("full_name",),
    ("name_key",),
    ("name_key", "city"),
    ("name_key", "company"),
    ("family", "right(phone, 4)"),
    ("family", "company", "city"),
    (BOTH_NAMES,),
    ("left(family_name, 3)", "left(given, 3)"),
    ("left(given, 3)", "right(family_name, 4)"),
    ("birth_date",),
    ("family_name", "left(birth_date, 4)"),
    ("given", "left(birth_date, 4)"),
    ("given", "right(birth_date, 5)"),
    ("family_name", "right(birth_date, 5)"),
    ("family_name", "city"),
    ("given", "city"),
    ("family_name", "postcode"),
    ("given", "postcode"),
    ("company",),
    ("rarest(company_tokens)",),
    ("rarest(name_tokens)",),
    ("house", "rarest(street_tokens)"),
    ("house", "postcode"),
    ("street",),
    ("postcode", "right(birth_date, 5)"),
    ("postcode",),
    ("postcode", "left(birth_date, 4)"),
    ("postcode", "left(given, 1)"),
    ("postcode", "left(family_name, 1)"),
    ("postcode", "city"),
    ("left(birth_date, 4)", "left(given, 1)", "left(family_name, 1)"),
    ("left(birth_date, 4)", "left(family_name, 3)"),
    ("left(birth_date, 4)", "left(given, 3)"),
    ("left(birth_date, 4)", "city"),
    ("left(birth_date, 4)", "postcode_area"),
    ("right(birth_date, 5)", "city"),
    ("right(birth_date, 5)", "left(given, 1)"),
    ("right(birth_date, 5)", "left(family_name, 1)"),
    ("right(birth_date, 5)", "postcode_area"),
    ("left(birth_date, 4)", "right(family_name, 4)"),
    ("left(family_name, 3)", "city"),
    ("left(given, 3)", "city"),
    ("right(family_name, 4)", "city"),
    ("left(family_name, 3)", "postcode_area"),
    ("left(given, 3)", "postcode_area"),
    ("city", "job_title"),
    ("postcode_area", "job_title"),
    ("left(birth_date, 4)", "job_title", "left(given, 1)"),
    ("left(birth_date, 4)", "job_title", "left(family_name, 1)"),
)  # fmt: skip

RAREST = (
    "create or replace macro rarest(words) as list_sort(list_transform(words,"
    " lambda e: {'w': -e.weight, 'v': e.word}))[1].v"
)


@dataclass(frozen=True)
class Blocks:
    """The records by what they have of each part of a key: numbers of values, -1 for none."""

    codes: dict[str, np.ndarray]
    components: np.ndarray
    most: int

    @cached_property
    def costs(self) -> dict[Key, int]:
        """The pairs of each key whose values recur."""
        made = {key: self._cost(key) for key in KEYS if self.codes.keys() >= set(key)}
        return {key: cost for key, cost in made.items() if cost}

    def _cost(self, key: Key) -> int:
        size = np.bincount(self._numbers(key) + 1)[1:].astype(np.int64)
        size = size[size <= self.most]
        return int((size * (size - 1) // 2).sum())

    def _numbers(self, key: Key) -> np.ndarray:
        """One number a record for what it has of all parts; -1 where one is missing."""
        first, *others = (self.codes[part] for part in key)
        number = first.astype(np.int64)
        for code in others:
            both = number * (int(code.max(initial=0)) + 1) + code
            number = np.where((number < 0) | (code < 0), -1, both)
        values, numbers = np.unique(number, return_inverse=True)
        return np.asarray(numbers) - int(values[0] == -1)

    def pairs(self, keys: list[Key]) -> np.ndarray:
        """The pairs of records of different components that agree on some key, each one number
        (left * count + right), in order.
        """
        found = [self._pairs(key) for key in keys]
        made = np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *found]))
        return made[np.append(True, made[1:] != made[:-1])] if len(made) else made

    def _pairs(self, key: Key) -> np.ndarray:
        number = self._numbers(key)
        order = np.argsort(number, kind="stable")
        size = np.bincount(number + 1)
        size[0] = 0
        ends = np.repeat(np.cumsum(np.bincount(number + 1)), np.bincount(number + 1))
        allowed = np.repeat((size > 1) & (size <= self.most), np.bincount(number + 1))
        at = np.flatnonzero(allowed)
        follow = ends[at] - at - 1
        left = np.repeat(at, follow)
        right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(follow) - follow, follow)
        a, b = order[left], order[right]
        apart = self.components[a] != self.components[b]
        return a[apart] * np.int64(len(number)) + b[apart]

    def found_by(self, keys: list[Key], pairs: pa.Table) -> np.ndarray:
        """Whether each key (rows) finds each pair."""
        left, right = pairs["record_l"].to_numpy(), pairs["record_r"].to_numpy()
        found = np.zeros((len(keys), len(left)), dtype=bool)
        for row, key in zip(found, keys, strict=True):
            number = self._numbers(key)
            size = np.append(np.bincount(number + 1)[1:], 0)
            number = np.where(size[number] <= self.most, number, -1).astype(np.int32)
            first = number[left]
            np.equal(first, number[right], out=row)
            row &= first >= 0
        return found

    def table(self, pairs: np.ndarray) -> pa.Table:
        """The pairs as columns `record_l` and `record_r`."""
        left, right = np.divmod(pairs, len(self.components))
        return pa.table({"record_l": left.astype(np.int32), "record_r": right.astype(np.int32)})


def read_blocks(
    worker: DuckDBPyConnection, components: np.ndarray, config: LinkageConfig
) -> Blocks:
    """The parts of keys that any two records share."""
    worker.execute(RAREST)
    codes = read_values(worker, [part for parts in PARTS.values() for part in parts])
    recurring = {part: code for part, code in codes.items() if code.max(initial=-1) >= 0}
    return Blocks(recurring, components, config.max_block_size)


def first_keys(blocks: Blocks, config: LinkageConfig) -> list[Key]:
    """Keys to learn from: for each two columns the cheapest key that has neither, since keys that
    share a column find no match in which it is wrong; then the cheapest, while they are few pairs.
    """
    by_cost = sorted(blocks.costs, key=lambda key: (blocks.costs[key], key))
    affordable = [key for key in by_cost if blocks.costs[key] <= config.max_pairs_per_rule]
    columns = [column for column, parts in PARTS.items() if blocks.codes.keys() & set(parts)]
    without = [
        next(
            (key for key in affordable if not has_part(key, columns[i]) | has_part(key, other)),
            None,
        )
        for i in range(len(columns))
        for other in columns[i:]
    ]
    most = min(config.first_pairs * len(blocks.components), config.max_pairs)
    chosen: list[Key] = []
    for key in dict.fromkeys([*filter(None, without), *affordable]):
        if not chosen or sum(blocks.costs[k] for k in [*chosen, key]) <= most:
            chosen.append(key)
    return chosen


def without(column: str, keys: list[Key], found: np.ndarray) -> np.ndarray:
    """Whether a key that does not need the column finds each pair; `found` says it of each key."""
    return np.asarray(found[[not has_part(key, column) for key in keys]].any(axis=0))


def has_part(key: Key, column: str) -> bool:
    """Whether agreement on a key needs the column; a name is of both its halves."""
    parts = set(PARTS[column])
    if column in ("given", "family_name"):
        parts |= set(PARTS["both_names"])
    return bool(parts & set(key))
