"""Accepted pairs grow clusters, surest first; a join that the rest of the evidence speaks against
is refused.
"""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from sluice.linkage.config import LinkageConfig


def births_are_near(x: str, y: str) -> bool:
    """At most one of year, month and day differs, day and month are swapped, or two digits differ
    at most (YYYY-MM-DD).
    """
    a, b = x.split("-"), y.split("-")
    same = sum(p == q for p, q in zip(a, b, strict=True))
    digits = sum(p != q for p, q in zip(x, y, strict=True))
    return same >= 2 or (a[0] == b[0] and a[1:] == b[:0:-1]) or digits <= 2


def connected(count: int, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The least node of each node's connected component; nodes are 0 to `count` - 1."""
    least = np.arange(count)
    while True:
        before = least.copy()
        near = np.minimum(least[a], least[b])
        np.minimum.at(least, a, near)
        np.minimum.at(least, b, near)
        np.minimum.at(least, before[a], near)
        np.minimum.at(least, before[b], near)
        least = least[least]
        if (least == before).all():
            return least


class Clusters:
    """Union-find over components that remembers, between each two clusters, the sum and count of
    bounded weights.
    """

    def __init__(self, components: np.ndarray) -> None:
        ids, sizes = np.unique(components, return_counts=True)
        self.root = {int(i): int(i) for i in ids}
        self.size = dict(zip(self.root, sizes.tolist(), strict=True))
        self.between: dict[int, dict[int, list[float]]] = defaultdict(dict)
        self.values: dict[int, list[set[str]]] = {}

    def find(self, node: int) -> int:
        while self.root[node] != node:
            self.root[node] = self.root[self.root[node]]
            node = self.root[node]
        return node

    def roots(self) -> dict[int, int]:
        """The cluster of each component."""
        return {node: self.find(node) for node in self.root}

    def add_evidence(self, pairs: Iterable[tuple[int, int, float]]) -> None:
        for a, b, weight in pairs:
            for x, y in ((a, b), (b, a)):
                held = self.between[x].setdefault(y, [0.0, 0.0])
                held[0] += weight
                held[1] += 1

    def mean_weight(self, a: int, b: int, unseen: float) -> float:
        """Over all pairs of their records; a pair that was never scored weighs `unseen`."""
        total, count = self.between[a].get(b, (0.0, 0.0))
        pairs = self.size[a] * self.size[b]
        return (total + unseen * (pairs - count)) / pairs

    def contradict(self, a: int, b: int) -> bool:
        """Both clusters have unionids, and share none."""
        (left, _), (right, _) = self._values_of(a), self._values_of(b)
        return bool(left and right and not left & right)

    def births_contradict(self, a: int, b: int) -> bool:
        """Both clusters have birth dates, and no two of them are near each other."""
        (_, left), (_, right) = self._values_of(a), self._values_of(b)
        return bool(left and right) and not any(births_are_near(x, y) for x in left for y in right)

    def _values_of(self, cluster: int) -> list[set[str]]:
        return self.values.get(cluster) or [set(), set()]

    def join(self, a: int, b: int) -> None:
        keep, gone = (a, b) if self.size[a] >= self.size[b] else (b, a)
        self.root[gone] = keep
        self.size[keep] += self.size[gone]
        self._move_evidence(keep, gone)
        if gone in self.values:
            held = self.values.pop(gone)
            self.values[keep] = (
                [x | y for x, y in zip(self.values[keep], held, strict=True)]
                if keep in self.values
                else held
            )

    def _move_evidence(self, keep: int, gone: int) -> None:
        self.between[keep].pop(gone, None)
        for other, (total, count) in self.between.pop(gone, {}).items():
            self.between[other].pop(gone, None)
            if other == keep:
                continue
            held = self.between[keep].setdefault(other, [0.0, 0.0])
            held[0] += total
            held[1] += count
            self.between[other][keep] = held


def grow(
    clusters: Clusters, a: np.ndarray, b: np.ndarray, order: np.ndarray, config: LinkageConfig
) -> list[int]:
    """The indexes of the pairs that joined two clusters; `order` lists those above the threshold,
    surest first.
    """
    joined = []
    for i in order.tolist():
        x, y = clusters.find(int(a[i])), clusters.find(int(b[i]))
        if x == y or clusters.size[x] + clusters.size[y] > config.max_cluster_size:
            continue
        if clusters.contradict(x, y):
            continue
        mean = clusters.mean_weight(x, y, config.unseen_weight)
        if mean < config.mean_weight:
            continue
        if mean < config.mean_weight_of_two_births and clusters.births_contradict(x, y):
            continue
        clusters.join(x, y)
        joined.append(i)
    return joined
