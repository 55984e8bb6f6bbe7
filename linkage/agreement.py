"""What pairs agree on in the parts that keys are made of: within one degree of a comparison more or
less, which strangers do by chance and matches do not.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from sluice.linkage.blocking import PARTS, Blocks, Key
from sluice.linkage.evidence import Comparison
from sluice.linkage.personal import OWN_DEGREES

#: The comparisons that say most of a column of keys where it is none itself: the first way whose
#: comparisons are made.
COMPARED: dict[str, tuple[tuple[str, ...], ...]] = {
    "place": (("address",), ("postcode",), ("city",), ("province",)),
    "both_names": (("given", "family_name"), ("name",)),
    "name": (("name",), ("given", "family_name")),
    "given": (("given",), ("name",)),
    "family_name": (("family_name",), ("name",)),
}
AREAS = ("postcode", "city", "province")
#: Pairs of a degree that are worth as much as what matches and strangers of it have in common.
FIRST_PAIRS = 20.0
MOST_PARTS = 6


@dataclass(frozen=True)
class Agreement:
    """By pair (rows) and column of keys which of its parts are the same, a bit each, and which both
    records have.
    """

    columns: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    held: np.ndarray
    known: np.ndarray

    def __len__(self) -> int:
        return len(self.held)

    def take(self, some: np.ndarray) -> "Agreement":
        return replace(self, held=self.held[some], known=self.known[some])

    def fires(self, key: Key) -> np.ndarray:
        """Whether pairs agree on all parts of a key."""
        made = np.ones(len(self.held), dtype=bool)
        for i, parts in enumerate(self.parts):
            mask = sum(1 << n for n, part in enumerate(parts) if part in key)
            if mask:
                made &= (self.held[:, i] & mask) == mask
        return made

    def found(self, keys: list[Key]) -> np.ndarray:
        """Whether some key finds them."""
        found = np.zeros(len(self.held), dtype=bool)
        for key in keys:
            found |= self.fires(key)
        return found


def agreement_of(blocks: Blocks, pairs: pa.Table) -> Agreement:
    """On what the pairs agree."""
    left, right = pairs["record_l"].to_numpy(), pairs["record_r"].to_numpy()
    columns, of_columns, held, known = [], [], [], []
    for column, parts in PARTS.items():
        here = tuple(part for part in parts if part in blocks.codes)
        if not here:
            continue
        bits, both = np.zeros((2, len(left)), dtype=np.uint8)
        for n, part in enumerate(here):
            one, other = blocks.codes[part][left], blocks.codes[part][right]
            has = (one >= 0) & (other >= 0)
            both |= has.astype(np.uint8) << n
            bits |= (has & (one == other)).astype(np.uint8) << n
        columns, of_columns = [*columns, column], [*of_columns, here]
        held, known = [*held, bits], [*known, both]
    return Agreement(
        tuple(columns), tuple(of_columns), np.stack(held, axis=1), np.stack(known, axis=1)
    )


def compared(column: str, names: list[str]) -> tuple[str, ...]:
    """The comparisons, of those named, that say most of a column of keys."""
    ways = COMPARED.get(column, ((column,),))
    return next((way for way in ways if set(way) <= set(names)), ())


@dataclass(frozen=True)
class Details:
    """How many strangers of each degree (the last row: a missing value) agree on which parts, by
    comparison.
    """

    strangers: dict[str, np.ndarray]

    def bits(
        self, agreement: Agreement, pairs: pa.Table, weight: np.ndarray, free: dict[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """What the parts say beyond the degree, in bits of each pair: matches weigh `weight`, and
        are learned from as far as they are `free` of the column, which did not find them.
        """
        made = {}
        for name, strangers in self.strangers.items():
            held = agreement.held[:, column_of(agreement, name)]
            gamma = pairs[f"gamma_{name}"].to_numpy()
            code = gamma.astype(np.int64) % len(strangers) * (1 << MOST_PARTS) + held
            matches = np.bincount(code, weight * free[name], strangers.size)
            sides = _shares(matches.reshape(strangers.shape), strangers)
            made[name] = (np.log2(sides[0]) - np.log2(sides[1])).reshape(-1)[code]
        return made


def details(model: list[Comparison], strangers: Agreement, pairs: pa.Table) -> Details:
    """Of the comparisons that a column of keys is of, by random pairs. The degrees of postcode
    and city say themselves which parts agree; which words of a name do is a household's.
    """
    made = {}
    for c in model:
        at = column_of(strangers, c.name)
        if at is not None and c.name not in (*AREAS, *OWN_DEGREES):
            rows = len(c.m) + 1
            gamma = pairs[f"gamma_{c.name}"].to_numpy()
            code = gamma.astype(np.int64) % rows * (1 << MOST_PARTS) + strangers.held[:, at]
            made[c.name] = np.bincount(code, minlength=rows << MOST_PARTS).reshape(rows, -1)
    return Details(made)


def column_of(agreement: Agreement, name: str) -> int | None:
    found = (i for i, c in enumerate(agreement.columns) if compared(c, [name]) == (name,))
    own = (i for i, c in enumerate(agreement.columns) if c == name)
    return next(own, next(found, None))


def _shares(matches: np.ndarray, strangers: np.ndarray) -> list[np.ndarray]:
    """Of each degree the shares of what is agreed on, where there are few pairs nearer to those of
    both.
    """
    sizes = [side.sum(axis=1, keepdims=True) for side in (matches, strangers)]
    both = sum(
        side / np.maximum(size, 1e-9) / 2 + 1e-6
        for side, size in zip((matches, strangers), sizes, strict=True)
    )
    return [
        np.asarray((side + FIRST_PAIRS * both) / (size + FIRST_PAIRS))
        for side, size in zip((matches, strangers), sizes, strict=True)
    ]
