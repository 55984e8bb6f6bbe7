"""Whether fitted score models still hold, as the last run's reports say: what is over a bar, in a
sentence with the next step. Counts and shares, no data of a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sluice.orchestration.warehouse.base import Warehouse
from sluice.orchestration.warehouse.reader import has_table, query

MONITOR = """select score_model, measure, input, figure, expected, bar, is_over, sentence_en
from reports.rpt_score_monitor order by is_over desc, score_model, measure, input"""


@dataclass(frozen=True)
class Measure:
    """A row of ``rpt_score_monitor``. ``figure`` is None while it is not known."""

    score_model: str
    measure: str
    input: str
    figure: float | None
    expected: float | None
    bar: float | None
    is_over: bool
    sentence: str

    @property
    def figures(self) -> tuple[float | None, float | None, float | None]:
        """What was seen, what was expected, and the bar."""
        return self.figure, self.expected, self.bar


def read_monitor(warehouse: Warehouse) -> list[Measure]:
    """All measures, those over their bar first; none where no score model was fitted, or no run
    has reported yet.
    """
    if not has_table(warehouse, "reports", "rpt_score_monitor"):
        return []
    return [Measure(*row) for row in query(warehouse, MONITOR)]


def shortened(measures: Sequence[Measure]) -> list[Measure]:
    """Those over their bar, and of each model and measure the one that is nearest to it."""
    nearest: dict[tuple[str, str], Measure] = {}
    for one in sorted(measures, key=lambda one: -(one.figure or 0) / (one.bar or 1)):
        nearest.setdefault((one.score_model, one.measure), one)
    return [one for one in measures if one.is_over or one in nearest.values()]


def describe_scores(measures: Sequence[Measure]) -> list[str]:
    """A sentence for each measure that is over its bar."""
    return [f"{one.score_model}: {one.sentence}" for one in measures if one.is_over]
