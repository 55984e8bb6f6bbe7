"""The first sync of somebody's own data: it asks, shows some of its rows, and goes out once a
person let it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.conftest import Outcome, WorldRun, home_with_parsed_project, sluice
from tests.projects import sample_project

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Story:
    """A run that asks, and one that was approved."""

    asked: Outcome
    approved: Outcome


@pytest.fixture(scope="module")
def story(world: WorldRun, tmp_path_factory: pytest.TempPathFactory) -> Story:
    home = home_with_parsed_project(world, tmp_path_factory.mktemp("own"))
    project = str(sample_project(home / "project", is_lean=True, first_sync=None))
    approve = ("--approve", "crm_contacts:first_sync", "--reason", "looked at")
    asked = sluice("run", home=home, SLUICE_PROJECT=project)
    again = sluice("run", "--json", *approve, home=home, SLUICE_PROJECT=project)
    return Story(asked, again)


@pytest.mark.slow
def test_a_first_sync_asks_shows_rows_and_stops_nothing_else(story: Story) -> None:
    assert story.asked.code == 3, story.asked.stderr
    text = " ".join(story.asked.stdout.split())
    assert "crm_contacts is blocked by first_sync: hubspot holds nothing of it yet" in text
    assert "sluice run --approve crm_contacts:first_sync --reason R" in text
    assert "A sample, addresses masked" in text
    due, sent = (re.search(rf" {word} (\d+) ", text) for word in ("due", "sent"))
    assert due is not None
    assert sent is not None
    assert int(due[1]) == int(sent[1]) > 0


@pytest.mark.slow
def test_a_first_sync_goes_out_once_it_was_approved(story: Story) -> None:
    (sync,) = story.approved.json["syncs"]
    assert story.approved.code == 0, story.approved.stderr
    assert sync["accepted"] == sync["entered"] > 1_000
