"""The rule ``experiment``: each fault is named by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sluice.orchestration.authoring.lint.experiment_rule import check_experiments
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.raw_project import RawProject
from sluice.orchestration.installation.project import PACKAGE_PROJECT
from tests.orchestration.experiments.made import HOLDOUT
from tests.projects import sample_project

FAULTS = {
    "event: order_placed": ("event: order_plced", "no source produces the event 'order_plced'"),
    "holdout: 0.1": ("label: {en: Buyers}", "holds no one out"),
    "minimum_effect: 0.05": ("minimum_effect: 2", "make no rate between 0 and 1"),
    "starts_on: '2026-06-01'": ("starts_on: '2026-07-01'", "is not after starts_on"),
    "within_days: 7": ("within_days: 0", "metric.within_days: Input should be greater"),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = sample_project(tmp_path_factory.mktemp("lint") / "world")
    (folder / "models" / "segments").mkdir(exist_ok=True)
    (folder / "models" / "segments" / "seg_buyers.sql").write_text("select 1 as contact_id\n")
    return folder


def found(project: Path, text: str) -> list[Finding]:
    (project / "models" / "segments" / "seg_buyers.yml").write_text(text, encoding="utf-8")
    return list(check_experiments(RawProject(project, PACKAGE_PROJECT)))


def sound() -> str:
    meta = {"segment": {"holdout": 0.1}, "experiments": {"effect": HOLDOUT}}
    entry = {"name": "seg_buyers", "config": {"meta": meta}}
    return yaml.safe_dump({"models": [entry]}, sort_keys=False)


def test_a_sound_experiment_has_no_finding(project: Path) -> None:
    assert found(project, sound()) == []


@pytest.mark.parametrize("old", FAULTS)
def test_a_fault_of_an_experiment(project: Path, old: str) -> None:
    new, words = FAULTS[old]
    assert old in sound()
    text = sound().replace(old, new)
    (one,) = found(project, text)
    assert (one.rule, one.file) == ("experiment", "models/segments/seg_buyers.yml")
    assert words in one.message
    line = text.splitlines()[one.line - 1]
    assert new in line or "effect:" in line or "hypothesis" in line, line
