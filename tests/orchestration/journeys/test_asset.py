"""What Dagster shows of a journey."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
import yaml

from sluice.orchestration.code_location.building import build_definitions
from sluice.orchestration.installation.project import find_project
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.journeys.asset import describe_journey
from tests.orchestration.journeys.journeys import WELCOME, node_of
from tests.projects import sample_project

pytestmark = pytest.mark.slow


def test_the_asset_of_a_journey_has_its_label_owner_kind_and_graph(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLUICE_HOME", str(home))
    project = sample_project(tmp_path / "project")
    folder = project / "models" / "journeys"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "steps_welcome.sql").write_text("{{ sluice.journey() }}\n", encoding="utf-8")
    described = {"name": "steps_welcome", "config": {"meta": {"journey": WELCOME}}}
    (folder / "steps_welcome.yml").write_text(yaml.safe_dump({"models": [described]}))

    defs = build_definitions(load_settings(find_project(project)))
    specs = {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}
    spec = specs["journeys/steps_welcome"]
    assert (spec.metadata["label_en"], spec.metadata["label_zh"]) == ("Welcome", "欢迎")
    assert list(spec.owners) == ["team:growth"]
    assert {"dbt", "journey"} <= set(spec.kinds)
    graph = spec.metadata["graph"]
    assert isinstance(graph, dg.MarkdownMetadataValue)
    assert "● hello  email by smtp" in (graph.md_str or "")
    assert "label_en" not in specs["journeys/journey_positions"].metadata


def test_a_journey_that_cannot_run_is_an_asset_without_a_graph() -> None:
    assert describe_journey(node_of({**WELCOME, "start": "nowhere"})) == {}
    assert describe_journey(node_of(WELCOME, model="int_journey_standing")) == {}
