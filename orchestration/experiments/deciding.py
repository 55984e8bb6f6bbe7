"""The state of an experiment and the decision that its rule makes: at the horizon, or when the
sequential test has found something; never before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sluice.experiments import ArmReadout, Comparison, Plan, Unreachable, holm, plan_size
from sluice.experiments.sample_ratio import ALARM
from sluice.models.experiment import ExperimentConfig
from sluice.orchestration.experiments.definitions import Experiment
from sluice.orchestration.experiments.figures import Decided
from sluice.orchestration.experiments.horizon import Window
from sluice.orchestration.experiments.reading import Reading

State = Literal[
    "wrong", "planned", "no data yet", "running", "decided", "stopped early", "underpowered"
]


@dataclass(frozen=True)
class Decision:
    """``arm``: the arm to go on with, None while there is no decision; ``words``: why."""

    state: State
    arm: str | None
    words: str


def plan_of(one: Experiment) -> Plan:
    """What the definition promises. ``ratio`` is of the smallest arm. Raises Unreachable."""
    config = one.checked
    others = [share for name, share in one.shares.items() if name != config.control]
    return Plan(
        config.baseline,
        config.minimum_effect,
        config.deviation,
        config.alpha,
        config.power,
        min(others) / one.shares[config.control],
        len(others),
        config.test == "sequential",
    )


def state_without_people(one: Experiment, today: date, is_built: bool) -> Decision:
    """The state of an experiment in which no one is."""
    starts_on = one.checked.starts_on
    if starts_on is not None and today < starts_on:
        return Decision("planned", None, f"it starts on {starts_on}")
    if not is_built:
        return Decision("planned", None, "no run has built it yet: run `sluice run`")
    return Decision("no data yet", None, "no one has been given an arm yet")


def as_recorded(one: Experiment, decided: Decided, decided_on: date | None) -> Decision:
    """The decision that is rolled out: it was made once, and stands."""
    words = f"{decided.words}; decided on {decided_on}"
    if decided.arm not in one.arms:
        gone = f"{one.about} has no {decided.arm} any more, so the shares hold again"
        return Decision("decided", decided.arm, f"{words}, but {gone}")
    later = f"whoever comes since is given {decided.arm}"
    return Decision("decided", decided.arm, f"{words}, and rolled out: {later}")


def decide(one: Experiment, window: Window, reading: Reading) -> Decision:
    """The decision by the declared rule."""
    config = one.checked
    crossed = config.test == "sequential" and any(
        found.crossed_at is not None for found in reading.sequential.values()
    )
    if not window.is_over and not crossed:
        return _too_early(config, window)
    ratio = reading.readout.sample_ratio_p
    if ratio is not None and ratio < ALARM:
        words = "no decision: the arms do not have the sizes they were given"
        return Decision("wrong", None, words) if window.is_over else _open(config, window, words)
    winner, words = _winner(config, reading, window.is_over)
    if winner is not None:
        return Decision("decided", winner, words)
    if not window.is_over:
        return _open(config, window, words)
    if (lacking := _lacking(one, reading)) is not None:
        return Decision("underpowered", None, lacking)
    return Decision("decided", config.control, f"keep {config.control}: {words}")


def _open(config: ExperimentConfig, window: Window, words: str) -> Decision:
    """Before the horizon, without an arm to adopt: it runs, unless it was stopped."""
    return _too_early(config, window) if window.is_stopped else Decision("running", None, words)


def _too_early(config: ExperimentConfig, window: Window) -> Decision:
    if window.is_stopped:
        words = f"stopped on {config.stopped_on}, before its horizon: no decision"
        return Decision("stopped early", None, words)
    when = f"it is read on {window.ready_on}" if window.ready_on else "its horizon is not in sight"
    looked = "" if config.test == "sequential" else "; p and interval hold only then"
    return Decision("running", None, f"too early: {when}{looked}")


def _winner(config: ExperimentConfig, reading: Reading, is_over: bool) -> tuple[str | None, str]:
    """The arm to adopt, or None and why there is none."""
    sign = 1 if config.minimum_effect > 0 else -1
    good = [arm for arm in reading.readout.others if _is_good(config, reading, arm, sign, is_over)]
    good.sort(key=lambda arm: sign * (main(config, arm).difference or 0.0), reverse=True)
    for arm in good:
        breached = [rail.name for rail in reading.guardrails[arm.arm] if rail.is_breached]
        if not breached:
            return arm.arm, f"adopt {arm.arm}: it is {config.adopt.replace('_', ' ')}"
    if good:
        return None, f"{good[0].arm} breaches a guardrail"
    return None, f"no arm is {config.adopt.replace('_', ' ')}"


def main(config: ExperimentConfig, arm: ArmReadout) -> Comparison:
    """The comparison that decides: of values the one adjusted by the value before, where there is
    one; of rates the plain one.
    """
    if not config.is_rate and arm.adjusted is not None:
        return arm.adjusted
    return arm.comparison or Comparison()


def _is_good(
    config: ExperimentConfig, reading: Reading, arm: ArmReadout, sign: int, is_over: bool
) -> bool:
    found = reading.sequential[arm.arm]
    interval = main(config, arm).interval if config.test == "fixed" else found.interval
    if interval is None:
        return False
    worst = interval[0] if sign > 0 else -interval[1]
    if config.adopt == "not_worse":
        return is_over and worst > -abs(config.minimum_effect)
    if config.test == "sequential":
        difference = main(config, arm).difference or 0.0
        return found.crossed_at is not None and sign * difference > 0
    adjusted = _adjusted_p(config, reading, arm)
    difference = main(config, arm).difference or 0.0
    return adjusted is not None and adjusted < config.alpha and sign * difference > 0


def _adjusted_p(config: ExperimentConfig, reading: Reading, arm: ArmReadout) -> float | None:
    others = reading.readout.others
    found = holm([main(config, one).p for one in others])
    return found[[one.arm for one in others].index(arm.arm)]


def _lacking(one: Experiment, reading: Reading) -> str | None:
    """Why nothing found means nothing; None where there were as many people as planned."""
    try:
        control, arm = plan_size(plan_of(one))
    except Unreachable as error:
        return f"no decision: {error}"
    for found in reading.readout.arms:
        needed = control if found.arm == one.checked.control else arm
        if found.units < needed:
            return (
                f"no decision: {found.arm} has {found.units:,} of the {needed:,} people it takes to"
                f" find {one.checked.minimum_effect:+.4g}; that nothing was found means nothing"
            )
    return None
