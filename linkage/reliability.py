"""Are the probabilities right? A check without truth, made in each run.

Each comparison of who a person is bears witness on the weight that all others give: among pairs of
one weight it agrees as often as among matches, as among strangers, or between. That says what share
of them are matches, whatever the others claim.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from sluice.linkage.evidence import Comparison

EDGES = (-8, -6, -4, -2, 0, 2, 4, 6, 8, 10)
#: A smaller band says nothing of a share within five points.
LEAST_PAIRS = 200


@dataclass(frozen=True)
class Band:
    """Pairs of a match weight between two bounds (bits): how many, the share of matches that the
    model expects, and the share that its witnesses say.
    """

    low: float
    high: float
    pairs: int
    expected: float
    witnessed: float


def check(
    pairs: pa.Table,
    model: list[Comparison],
    rest: Mapping[str, np.ndarray],
    witnesses: Mapping[str, np.ndarray],
) -> list[Band]:
    """The bands that have pairs enough; below the first, pairs were left out for what they lack.
    A comparison is a witness on the weight without itself
    (`rest`), of the pairs in `witnesses`: those that were not looked at because they agree on it.
    """
    heard = [
        _hear(c, pairs.filter(pa.array(free)), rest[c.name][free])
        for c in model
        if (free := witnesses.get(c.name)) is not None
    ]
    weight = np.concatenate([np.zeros(0), *(held for held, _ in heard)])
    says = np.concatenate([np.zeros(0), *(says for _, says in heard)])
    chance = 1 / (1 + np.exp2(-np.clip(weight, -500, 500)))
    bands = []
    for low, high in pairwise((*EDGES, np.inf)):
        inside = (weight >= low) & (weight < high)
        count = int(inside.sum())
        if count >= LEAST_PAIRS:
            witnessed = float(np.clip(says[inside].mean(), 0, 1))
            bands.append(Band(low, high, count, float(chance[inside].mean()), witnessed))
    return bands


def _hear(
    comparison: Comparison, pairs: pa.Table, rest: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The weights of the pairs that have the value, and what each says of the share: on average 1
    among matches and 0 among strangers.
    """
    gamma = pairs[f"gamma_{comparison.name}"].to_numpy()
    known, m, u = gamma >= 0, float(comparison.m[-1]), float(comparison.u[-1])
    full = gamma[known] == len(comparison.m) - 1
    return rest[known], (full - u) / max(m - u, 1e-3)
