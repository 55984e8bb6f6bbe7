"""What ``sluice experiments list`` and ``show`` give: definition, figures and decision together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sluice.experiments import ArmReadout, Comparison
from sluice.orchestration.experiments.deciding import (
    Decision,
    as_recorded,
    decide,
    main,
    state_without_people,
)
from sluice.orchestration.experiments.definitions import Experiment, read_experiments
from sluice.orchestration.experiments.figures import Known, read_days
from sluice.orchestration.experiments.horizon import Window, window_of
from sluice.orchestration.experiments.reading import Reading, read_arms
from sluice.orchestration.installation.settings import Settings


def list_experiments(settings: Settings, manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every experiment with its state and people; ``note``: the decision, or what is wrong with
    it. An empty list where there is none.
    """
    found = read_experiments(manifest)
    known = read_days(settings, found)
    return [_row(settings, one, known[one.name]) for one in found]


def _row(settings: Settings, one: Experiment, known: Known) -> dict[str, Any]:
    row: dict[str, Any] = {"experiment": one.name, "about": one.about, "state": "wrong"}
    if one.config is None:
        empty: dict[str, Any] = {"units": None, "ready_on": None, "arm": None}
        return row | empty | {"note": f"{one.file}: {one.problem}"}
    decision, window, reading = read_decision(settings, one, known)
    return row | {
        "state": decision.state,
        "units": sum(reading.units.values()) if reading else None,
        "ready_on": window.ready_on,
        "arm": decision.arm,
        "note": decision.words,
    }


def today_of(settings: Settings, known: Known) -> date:
    """The day of the last run in the project's time zone; without a run that of its clock."""
    return _day_of(settings, known.as_of or settings.default_as_of())


def _day_of(settings: Settings, moment: datetime) -> date:
    """The day of a moment (aware, or naive UTC) in the project's time zone."""
    zone = ZoneInfo(str(settings.project.dbt_var("time_zone")))
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(zone).date()


def read_decision(
    settings: Settings, one: Experiment, known: Known
) -> tuple[Decision, Window, Reading | None]:
    """The decision on an experiment, the days it is from, and what they show; no reading of no
    one.
    """
    today = today_of(settings, known)
    decided_on = _day_of(settings, known.decided.decided_at) if known.decided else None
    window = window_of(one.checked, known.days, today, decided_on)
    reading = read_arms(one, window.days, known.sent) if window.days else None
    if known.decided is not None:
        return as_recorded(one, known.decided, decided_on), window, reading
    if reading is None:
        return state_without_people(one, today, known.is_built), window, None
    return decide(one, window, reading), window, reading


def show_experiment(settings: Settings, one: Experiment) -> dict[str, Any]:
    """All of one experiment, as JSON. Shares are from 0 to 1; what cannot be said is null. Raises
    ConfigurationError where its definition is wrong.
    """
    config = one.checked
    known = read_days(settings, [one])[one.name]
    decision, window, reading = read_decision(settings, one, known)
    return {
        "experiment": one.name,
        "about": one.about,
        "file": one.file,
        "definition": config.model_dump(mode="json"),
        "as_of": known.as_of,
        "state": decision.state,
        "decision": decision.arm,
        "decision_words": decision.words,
        "ready_on": window.ready_on,
        "sample_ratio_p": reading.readout.sample_ratio_p if reading else None,
        "variance_removed": reading.readout.variance_removed if reading else None,
        "arms": [_arm(one, reading, arm) for arm in reading.readout.arms] if reading else [],
        "warnings": list(reading.warnings) if reading else [],
    }


def _arm(one: Experiment, reading: Reading, arm: ArmReadout) -> dict[str, Any]:
    is_control = arm.comparison is None
    found: dict[str, Any] = {
        "arm": arm.arm,
        "is_control": is_control,
        "share": one.shares[arm.arm],
        "units": reading.units[arm.arm],
        "mature": arm.units,
        "mean": arm.mean,
    }
    if is_control:
        return found
    return found | {
        **asdict(arm.comparison or Comparison()),
        "p_adjusted": arm.p_adjusted,
        "adjusted_by_before": asdict(arm.adjusted) if arm.adjusted else None,
        "decided_by": "adjusted_by_before" if main(one.checked, arm) is arm.adjusted else "plain",
        "sequential": asdict(reading.sequential[arm.arm]),
        "novelty": asdict(reading.novelty[arm.arm]),
        "guardrails": [
            {
                "guardrail": rail.name,
                "rate": rail.rate,
                "control_rate": rail.control_rate,
                "interval": rail.comparison.interval,
                "limit": rail.limit,
                "is_breached": rail.is_breached,
            }
            for rail in reading.guardrails[arm.arm]
        ],
    }
