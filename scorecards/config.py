"""How a card is fitted: one configuration for all data, with what may be asked for in its place."""

from __future__ import annotations

from dataclasses import dataclass, field

TAILS = (0.005, 0.01, 0.02, 0.035, 0.965, 0.98, 0.99, 0.995)


@dataclass(frozen=True)
class CardConfig:
    """``penalties`` and ``jumps`` are tried by cross-validation inside the training rows; the rest
    is fixed.
    """

    bins: int = 20  # quantile bins of a numeric attribute
    has_tails: bool = True  # finer bins at both ends, where the extremes are
    min_rows: int = 10  # rows of a bin or a category; rarer categories are grouped
    span: float = 100.0  # points between the lowest and the highest training row, at the coarsest
    rounding_loss: float = (
        0.0002  # of area under the curve that rounding may cost on the training rows
    )
    penalties: tuple[float, ...] = (0.01, 0.0316, 0.1, 0.316, 1.0, 3.16, 10.0)  # C of scikit-learn
    jumps: tuple[float, ...] = (0.1, 0.3, 1.0)  # how freely a bin may leave the straight line
    least_points: int = (
        1  # attributes that move fewer points than this are left out, or those below less,
    )
    pruning_loss: float = (
        0.0  # as long as that costs no more area under the curve than this on the training rows
    )
    folds: int = 5
    search_rows: int = 20_000  # rows the search uses at most; the card is fitted on all
    seed: int = 7
    insist: frozenset[str] = frozenset()  # columns to use even where they tell the day
    baselines: dict[str, float] = field(
        default_factory=dict
    )  # attribute -> the value that gives 0 points

    def quantiles(self) -> list[float]:
        """Shares of the rows at which a numeric attribute may be cut."""
        even = {number / self.bins for number in range(1, self.bins)}
        return sorted(even | set(TAILS)) if self.has_tails else sorted(even)
