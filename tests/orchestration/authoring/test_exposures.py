"""dbt's own docs end where data goes: an exposure for each campaign and sync."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from sluice.models.errors import ConfigurationError
from sluice.orchestration.authoring.exposures import FILE, write_exposures
from sluice.orchestration.authoring.lint import lint_static
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.package_links import link_package
from sluice.orchestration.installation.project import EXAMPLES, Project, open_project
from sluice.orchestration.installation.settings import load_settings
from tests.conftest import dbt
from tests.projects import sample_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    found = open_project(sample_project(tmp_path / "world"))
    write_exposures(found)
    return found


@pytest.mark.parametrize("example", ["world", "online_retail"])
def test_the_examples_keep_theirs(example: str) -> None:
    assert [f for f in lint_static(EXAMPLES / example) if f.rule == "exposures"] == []


def test_each_says_where_it_goes_and_whose_it_is(project: Project) -> None:
    path, count, _ = write_exposures(project)
    found = {one["name"]: one for one in yaml.safe_load(path.read_text())["exposures"]}
    assert count == 2
    assert found["campaign_price_page_follow_up"]["owner"] == {"name": "marketing"}
    assert found["campaign_price_page_follow_up"]["config"]["meta"] == {
        "kind": "campaign", "destination": "smtp", "channel": "email", "purpose": "marketing",
    }  # fmt: skip
    assert found["sync_crm_contacts"]["depends_on"] == ["ref('sync_crm_contacts')"]


@pytest.mark.slow
def test_dbt_itself_shows_them(project: Project, home: Path) -> None:
    link_package(project)
    assert dbt("parse", project=project.root, home=home).code == 0
    exposures = json.loads((home / "t" / "manifest.json").read_text())["exposures"]
    upstream = {name: one["depends_on"]["nodes"] for name, one in exposures.items()}
    assert upstream == {
        "exposure.world.campaign_price_page_follow_up": [
            "model.world.campaign_price_page_follow_up"
        ],
        "exposure.world.sync_crm_contacts": ["model.world.sync_crm_contacts"],
    }


@pytest.mark.slow
def test_one_of_a_campaign_that_is_gone_stops_nothing_and_is_found(project: Project) -> None:
    for path in project.root.glob("models/activation/campaign_*"):
        path.unlink()
    dbt = Dbt(load_settings(project))
    assert "model.world.sync_crm_contacts" in dbt.manifest["nodes"]
    assert dbt.unreadable == {}
    (finding,) = [f for f in lint_static(project.root) if f.rule == "exposures"]
    assert (finding.file, finding.fix) == (str(FILE), "write it anew: sluice exposures")
    write_exposures(project)
    assert [f for f in lint_static(project.root) if f.rule == "exposures"] == []


def test_a_file_of_somebody_else_is_not_overwritten(project: Project) -> None:
    path = project.root / FILE
    path.write_text("exposures: []\n")
    with pytest.raises(ConfigurationError, match="not overwritten"):
        write_exposures(project)
    assert path.read_text() == "exposures: []\n"


def test_without_anything_sent_there_is_no_file(project: Project) -> None:
    for path in project.root.glob("models/activation/*"):
        path.unlink()
    path, count, _ = write_exposures(project)
    assert (path.exists(), count) == (False, 0)


def test_what_does_not_say_where_it_goes_is_named(project: Project) -> None:
    (project.root / "models/activation/sync_crm_contacts.yml").write_text("models: [")
    path, count, left_out = write_exposures(project)
    assert (count, left_out) == (1, ["sync_crm_contacts"])
    assert "sync_crm_contacts" not in path.read_text()
