"""Experiments of every kind, and the days of people in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sluice.experiments import Moments
from sluice.models.experiment import ExperimentConfig
from sluice.orchestration.experiments.definitions import Experiment
from sluice.orchestration.experiments.figures import ArmDay, Days

FIRST = date(2026, 6, 1)
RATE: dict[str, Any] = {
    "hypothesis": "A name in the subject brings orders.",
    "split": "ab",
    "control": "plain",
    "metric": {"event": "order_placed", "within_days": 7},
    "baseline": 0.1,
    "minimum_effect": 0.05,
    "horizon": {"ends_on": "2026-06-11"},
}
VALUE: dict[str, Any] = RATE | {
    "metric": {"event": "order_placed", "within_days": 7, "currency": "CNY"},
    "baseline": 20,
    "deviation": 40,
    "minimum_effect": 5,
}
HOLDOUT: dict[str, Any] = {
    key: value for key, value in RATE.items() if key not in {"split", "control"}
} | {"starts_on": "2026-06-01"}


def experiment(name: str = "subject", **changes: Any) -> Experiment:
    """An experiment of a split of equal shares."""
    config = ExperimentConfig.model_validate(RATE | changes)
    shares = {"plain": 0.5, "named": 0.5}
    file = "models/journeys/steps_welcome.yml"
    return Experiment(name, file, "split ab of journey welcome", config, "", shares, "welcome")


def days(
    count: int, arms: Mapping[str, tuple[int, int]], *, mature: int | None = None, **more: int
) -> Days:
    """So many days from the first, each with (people, of whom did it) an arm; of the first
    ``mature`` days the outcomes are known, of all by default. ``more``: of the arm ``named``.
    """
    known = count if mature is None else mature
    return {
        FIRST + timedelta(days=day): {
            arm: ArmDay(
                units,
                Moments.counted(done, units) if day < known else Moments(),
                **(more if arm == "named" else {}),
            )
            for arm, (units, done) in arms.items()
        }
        for day in range(count)
    }


def manifest(*nodes: dict[str, Any]) -> dict[str, Any]:
    """A manifest of these models."""
    return {"nodes": {f"model.home.{one['name']}": one for one in nodes}}


def model(name: str, **meta: Any) -> dict[str, Any]:
    """A model with its ``config.meta``."""
    folder = {"steps": "journeys", "seg": "segments"}.get(name.split("_")[0], "activation")
    return {
        "name": name,
        "resource_type": "model",
        "fqn": ["home", folder, name],
        "patch_path": f"home://models/{folder}/{name}.yml",
        "original_file_path": f"models/{folder}/{name}.sql",
        "config": {"meta": meta},
    }


def journey(name: str = "steps_welcome", version: int = 1, **experiments: Any) -> dict[str, Any]:
    """A journey with the split ab, and its experiments."""
    nodes = {"ab": {"split": {"plain": 50, "named": 50}}, "plain": {}, "named": {}}
    written = {"version": version, "nodes": nodes}
    return model(name, journey=written, experiments=experiments)
