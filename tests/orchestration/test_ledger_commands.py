"""A mailer that refuses everything, a pause, answers that get lost: what a person does about it,
run after run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sluice.activations.sandbox.server import Sandbox
from tests.conftest import Outcome, sluice
from tests.projects import sample_project

pytestmark = pytest.mark.long
LOST = 2


@dataclass(frozen=True)
class Story:
    """What each step of the story said."""

    home: Path
    refused: Outcome
    retried: Outcome
    paused: Outcome
    landed_pauses: list[tuple[Any, ...]]
    lost: Outcome
    unknown: list[dict[str, Any]]
    last: Outcome
    received: dict[str, int]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Four runs: all mails refused; retried but paused; sent, two answers lost; one of those
    settled, the other sent again.
    """
    home = tmp_path_factory.mktemp("story")
    project = str(sample_project(home / "project", is_lean=True))
    with Sandbox(home) as sandbox:
        sandbox.faults.mail["@"] = "550 5.7.1 Not today"
        refused = sluice("run", "--json", home=home, SLUICE_PROJECT=project)
        sandbox.faults.mail.clear()
        retried = sluice(
            "ledger",
            "retry",
            "--activation",
            "price_page_follow_up",
            "--reason",
            "smtp_550",
            "--json",
            home=home,
        )
        assert sluice("pause", "smtp", "--reason", "the mailer is being fixed", home=home).code == 0
        paused = sluice("run", "--json", home=home, SLUICE_PROJECT=project)
        with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
            landed = connection.execute(
                "select * exclude (paused_at) from ledger.pauses"
            ).fetchall()
        assert sluice("resume", "smtp", home=home).code == 0
        sandbox.faults.drop_after_data = LOST
        lost = sluice("run", "--json", home=home, SLUICE_PROJECT=project)
        unknown = sluice("ledger", "unknown", "--json", home=home).json
        one = str(unknown[0]["delivery_id"])
        assert (
            sluice(
                "ledger",
                "resolve",
                one,
                "--as",
                "accepted",
                "--reason",
                "it is in the log",
                home=home,
            ).code
            == 0
        )
        assert sluice("ledger", "retry", "--state", "unknown", home=home).code == 0
        last = sluice("run", "--json", home=home, SLUICE_PROJECT=project)
        yield Story(
            home, refused, retried, paused, landed, lost, unknown, last, sandbox.store.counts()
        )


def test_failed_messages_are_due_again_after_a_retry(story: Story) -> None:
    failed = story.refused.json["messages"]["failed"]
    held_by_pause = (
        story.paused.json["messages"]["held"] - story.refused.json["messages"]["held"]
    )  # some are held anyway
    assert len(story.retried.json) == failed == held_by_pause > LOST


def test_a_paused_run_sends_nothing_and_says_so(story: Story) -> None:
    assert story.paused.code == 0, story.paused.stderr
    assert story.paused.json["messages"]["due"] == story.paused.json["messages"]["sent"] == 0
    assert story.paused.json["paused"] == {"price_page_follow_up": "smtp"}
    assert story.landed_pauses == [("destination", "smtp")]


def test_lost_answers_are_listed_and_held(story: Story) -> None:
    assert story.lost.json["messages"]["sent"] == story.refused.json["messages"]["failed"] - LOST
    assert [(row["destination"], row["on_unknown"]) for row in story.unknown] == [
        ("smtp", "hold")
    ] * LOST


def test_what_a_person_settled_is_not_sent_and_what_they_retried_is(story: Story) -> None:
    assert story.last.json["messages"]["due"] == story.last.json["messages"]["sent"] == LOST - 1
    assert sluice("ledger", "unknown", "--json", home=story.home).json == []
    assert story.received["repeated_mails"] == LOST - 1


def test_history_tells_it_all_without_the_address(story: Story) -> None:
    reported = sluice(
        "ledger", "history", str(story.unknown[0]["delivery_id"]), "--json", home=story.home
    )
    (found,) = reported.json
    first, second = ["due", "claimed", "failed", "retry"], ["due", "claimed", "unknown", "accepted"]
    assert [event["state"] for event in found["events"]] == [*first, *second]
    assert (found["decision"]["decision"], found["decision"]["reason"]) == (
        "suppress",
        "already_sent",
    )
    assert "@" not in reported.stdout
