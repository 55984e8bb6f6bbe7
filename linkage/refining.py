"""Match weights learned once more, on all candidate pairs together."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sluice.linkage.config import LinkageConfig
from sluice.linkage.model import LEAST_M
from sluice.linkage.probabilities import prior_of, probability

if TYPE_CHECKING:
    from splink import Linker

ROUNDS = 30
#: The weight of what the sessions learned, in pairs: few candidates do not overrule it.
SESSION_PAIRS = 10.0


def refine_m(
    linker: "Linker", pairs: pa.Table, joined: int, total: int, config: LinkageConfig
) -> float:
    """Expectation-maximisation of m and the prior over all candidate pairs; u stays. The share of
    matches among all pairs.

    A session learns m on pairs that agree on its columns, which are cleaner than others, and takes
    the mean over sessions. The candidates are what is scored, and hold nearly all matches.
    """
    comparisons = linker._settings_obj.core_model_settings.comparisons
    learned = [_Levels(comparison, pairs) for comparison in comparisons]
    evidence = pairs["evidence"].to_numpy().copy()
    prior = prior_of(evidence, joined, total)
    for _ in range(ROUNDS):
        chance = probability(evidence, prior)
        for levels in learned:
            evidence += levels.maximise(chance)
        prior = prior_of(evidence, joined, total, rounds=1, start=prior)
    for levels in learned:
        levels.store()
    return prior


class _Levels:
    """The degrees of one comparison, and which of them each pair has."""

    def __init__(self, comparison: Any, pairs: pa.Table) -> None:
        found = comparison._comparison_levels_excluding_null
        self.levels = {level.comparison_vector_value: level for level in found}
        self.gamma = pairs[f"gamma_{comparison.output_column_name}"].to_numpy()
        self.known = self.gamma >= 0
        self.size = max(self.levels) + 1
        self.m = np.full(self.size, LEAST_M)
        for value, level in self.levels.items():
            if isinstance(level.m_probability, float):
                self.m[value] = max(level.m_probability, LEAST_M)
        self.before = self.m / self.m.sum()

    def maximise(self, chance: np.ndarray) -> np.ndarray:
        """Sets m from the chances of a match; what that adds to the evidence of each pair."""
        seen = np.bincount(self.gamma[self.known], chance[self.known], minlength=self.size)
        m = (seen + SESSION_PAIRS * self.before) / (seen.sum() + SESSION_PAIRS)
        m = np.maximum(m, LEAST_M)
        change = np.append(np.log2(m / self.m), 0.0)  # gamma is -1 where a value is missing
        self.m = m
        return change[self.gamma]

    def store(self) -> None:
        for value, level in self.levels.items():
            level.m_probability = float(self.m[value])
