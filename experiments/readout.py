"""All arms of an experiment against its control."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sluice.experiments.comparing import Comparison
from sluice.experiments.moments import Moments
from sluice.experiments.proportions import compare_proportions
from sluice.experiments.sample_ratio import ALARM, sample_ratio
from sluice.experiments.several import holm
from sluice.experiments.values import adjusted_by_before, compare_values

NO_ARM = "the control is the only arm: there is nothing to compare it with"
BROKEN = (
    "sample ratio mismatch, p {:.2g}: the arms do not have the sizes they were given, so the people"
    " in them may differ; find the cause before reading the effect"
)


@dataclass(frozen=True)
class ArmReadout:
    """An arm: its units and mean (None of no unit), and how it compares with the control, of which
    the control itself has nothing. ``p_adjusted``: over all arms, Holm. ``sample_ratio_p``: its
    units against the control's. ``adjusted``: the comparison by the earlier value, where it helps.
    """

    arm: str
    units: int
    mean: float | None
    comparison: Comparison | None = None
    p_adjusted: float | None = None
    sample_ratio_p: float | None = None
    adjusted: Comparison | None = None


@dataclass(frozen=True)
class Readout:
    """The control first, the other arms by name. ``sample_ratio_p``: all arms together.
    ``variance_removed``: the share that the earlier value explains.
    """

    control: str
    arms: tuple[ArmReadout, ...]
    sample_ratio_p: float | None
    variance_removed: float
    notes: tuple[str, ...]

    @property
    def others(self) -> tuple[ArmReadout, ...]:
        """The arms that are compared."""
        return self.arms[1:]


def compare(control: Moments, arm: Moments, *, is_rate: bool, alpha: float = 0.05) -> Comparison:
    """Compare shares where the outcome is 0 or 1, else values by their means."""
    if is_rate:
        return compare_proportions(control, arm, alpha=alpha)
    return compare_values(control, arm, alpha=alpha)


def read_out(
    arms: Mapping[str, Moments],
    control: str,
    *,
    is_rate: bool,
    shares: Mapping[str, float] | None = None,
    alpha: float = 0.05,
) -> Readout:
    """Compare every arm with the control, which must be one of them. ``shares``: the sizes they
    were given; equal without.
    """
    given = shares or dict.fromkeys(arms, 1.0)
    names = [control, *sorted(name for name in arms if name != control)]
    adjusted, removed = adjusted_by_before([arms[name] for name in names])
    rows = [
        ArmReadout(name, arms[name].units, arms[name].mean if arms[name].units else None)
        for name in names
    ]
    for place, name in enumerate(names[1:], start=1):
        pair = (control, name)
        rows[place] = replace(
            rows[place],
            comparison=compare(arms[control], arms[name], is_rate=is_rate, alpha=alpha),
            sample_ratio_p=sample_ratio(
                [arms[one].units for one in pair], [given.get(one, 0) for one in pair]
            ),
            adjusted=(
                compare(adjusted[0], adjusted[place], is_rate=False, alpha=alpha)
                if removed > 0
                else None
            ),
        )
    ratio = sample_ratio([arms[name].units for name in names], [given.get(n, 0) for n in names])
    return Readout(control, _with_holm(rows), ratio, removed, _notes(rows, ratio))


def _with_holm(rows: list[ArmReadout]) -> tuple[ArmReadout, ...]:
    found = holm([row.comparison.p if row.comparison else None for row in rows])
    return tuple(replace(row, p_adjusted=p) for row, p in zip(rows, found, strict=True))


def _notes(rows: list[ArmReadout], ratio: float | None) -> tuple[str, ...]:
    if len(rows) == 1:
        return (NO_ARM,)
    return (BROKEN.format(ratio),) if ratio is not None and ratio < ALARM else ()
