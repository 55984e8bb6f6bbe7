"""The statistics of experiments: pure functions over sums per arm; no I/O, no clock."""

from sluice.experiments.comparing import Comparison
from sluice.experiments.moments import Moments
from sluice.experiments.power import Plan, Unreachable, minimum_effect, plan_size, power_of
from sluice.experiments.proportions import compare_proportions, probability_better
from sluice.experiments.readout import ArmReadout, Readout, compare, read_out
from sluice.experiments.sample_ratio import sample_ratio
from sluice.experiments.sequential import SequentialState, always_valid
from sluice.experiments.several import holm
from sluice.experiments.values import compare_values

__all__ = [
    "ArmReadout",
    "Comparison",
    "Moments",
    "Plan",
    "Readout",
    "SequentialState",
    "Unreachable",
    "always_valid",
    "compare",
    "compare_proportions",
    "compare_values",
    "holm",
    "minimum_effect",
    "plan_size",
    "power_of",
    "probability_better",
    "read_out",
    "sample_ratio",
]
