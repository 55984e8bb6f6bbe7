"""A form is answered by the fast lane, and the run after it sends nothing twice and knows the same
as one without a lane.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sluice.activations.inbox.events import Event, key_of
from sluice.activations.inbox.store import Inbox
from sluice.orchestration.installation.starter import write_project
from tests.conftest import Outcome, sluice

pytestmark = pytest.mark.slow
# noon in Shanghai tomorrow: no hour is quiet, and no run of the machine's clock is later
NOON = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0) + timedelta(days=1)
JOURNEY = """models:
  - name: steps_reply
    description: "Answers a form. One row per move."
    config:
      meta:
        journey:
          label: {en: Reply, zh: 回复}
          owner: growth
          version: 1
          fast: true
          starts_on: 2026-01-01
          trigger: {event: form_submitted, where: {form: demo}}
          start: hello
          nodes:
            hello:
              message: {channel: email, destination: smtp, purpose: marketing, template: thank_you}
              next: done
            done: {exit: finished}
"""
KILLED = """import os, signal, sys
from datetime import datetime
from sluice.orchestration.fast import lane
from sluice.orchestration.installation.settings import load_settings
lane._push = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
lane.run_pass(load_settings(), datetime.fromisoformat(sys.argv[1]))
"""
ENTERED = "select enrolment_id, contact_id, version, entered_at from journeys.journey_enrolments"
CONTACTS = "select contact_id, email, full_name, is_deleted from contacts.dim_contacts"
# what both know alike after their next run, whichever was the first to see it
SAME = (
    ENTERED,
    CONTACTS,
    "select source, record_id, contact_id from identity.identity_map",
    "select event_key, contact_id, event_type from contacts.contact_events where source = 'inbox'",
    "select contact_id, channel, purpose, status from contacts.contact_consents",
    "select segment, contact_id from segments.segment_members",
    "select segment, contact_id, change from segments.segment_changes",
)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


@dataclass
class Story:
    """A project with a home that has the lane, and one that has not."""

    project: Path
    home: Path
    other: Path
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    killed: int = 0

    def call(self, name: str, minutes: int, home: Path | None = None) -> Outcome:
        moment = ("--as-of", at(minutes).isoformat(), "--json")
        command = name.partition(" ")[0]
        done = sluice("--project", str(self.project), command, *moment, home=home or self.home)
        self.outcomes[name] = done
        assert done.code == 0, done.stdout + done.stderr
        return done

    def fill_in(self, address: str, minutes: int, status: str = "granted") -> None:
        body = {
            "form": "demo",
            "traits": {"email": address, "language": "en"},
            "consents": [{"channel": "email", "purpose": "marketing", "status": status}],
            "confirmed": True,
        }
        key = key_of("forms", f"{address} {minutes}", body, "")
        with closing(Inbox(f"sqlite:///{self.home / 'inbox.sqlite'}")) as inbox:
            inbox.keep([Event("forms", "form", key, at(minutes), body)], at(minutes))

    def rows(self, sql: str, home: Path | None = None) -> list[Any]:
        file = (home or self.home) / "warehouse.duckdb"
        with duckdb.connect(str(file), read_only=True) as connection:
            return sorted(connection.execute(sql).fetchall(), key=str)

    def sent(self, home: Path | None = None) -> list[Any]:
        """Deliveries of the journey by state."""
        with closing(sqlite3.connect((home or self.home) / "ledger.sqlite")) as connection:
            return connection.execute(
                "select d.delivery_id, d.state from deliveries as d join pushes as p"
                " using (push_id) where p.activation like 'reply%' order by 1"
            ).fetchall()

    def mails(self) -> list[str]:
        with closing(sqlite3.connect(self.home / "sandbox.sqlite")) as connection:
            found = connection.execute("select recipient from mails order by 1").fetchall()
        return [one for (one,) in found]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("fast")
    made = Story(folder / "acme", folder / "home", folder / "other")
    write_project(made.project)
    file = made.project / "sluice.yml"
    lane = "fast_lane: {enabled: true}\n"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{lane}", encoding="utf-8")
    (made.project / "models" / "journeys").mkdir(exist_ok=True)
    (made.project / "models" / "journeys" / "steps_reply.sql").write_text(
        "{{ sluice.journey() }}\n"
    )
    (made.project / "models" / "journeys" / "steps_reply.yml").write_text(JOURNEY, encoding="utf-8")
    made.call("run first", 0)
    shutil.copytree(made.home, made.other, symlinks=True)
    made.fill_in("new@mail.example", 9)
    made.fill_in("anna.berg@mail.example", 9)  # a person of the shop
    made.fill_in("refuser@mail.example", 9)
    made.fill_in("refuser@mail.example", 10, "denied")  # before anything was decided
    made.call("fast first", 11)
    made.fill_in("new@mail.example", 20)
    made.fill_in("killed@mail.example", 20)
    made.killed = killed_pass(made, 21)
    made.call("fast again", 22)
    made.call("fast idle", 23)
    shutil.copyfile(made.home / "inbox.sqlite", made.other / "inbox.sqlite")
    made.call("run with", 60)
    made.call("run without", 60, made.other)
    return made


def killed_pass(made: Story, minutes: int) -> int:
    """A pass that is killed after its decisions, before its push. Returns its exit code."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
    environment = {**clean, "SLUICE_HOME": str(made.home), "SLUICE_PROJECT": str(made.project)}
    command = [sys.executable, "-c", KILLED, at(minutes).isoformat()]
    return subprocess.run(command, env=environment, check=False).returncode


def figures(done: Outcome) -> Mapping[str, Any]:
    found = json.loads(done.stdout)
    return {name: found[name] for name in ("events", "contacts", "due", "accepted")}


def test_a_form_is_answered_whoever_filled_it_in(story: Story) -> None:
    wanted = {"events": 4, "contacts": 3, "due": 2, "accepted": 2}
    assert figures(story.outcomes["fast first"]) == wanted


def test_who_refused_in_between_gets_nothing(story: Story) -> None:
    assert "refuser@mail.example" not in story.mails()


def test_a_pass_killed_before_its_push_sends_once(story: Story) -> None:
    """The second form of a person, who is in the journey, brings nothing."""
    assert story.killed == -9
    wanted = {"events": 2, "contacts": 2, "due": 1, "accepted": 1}
    assert figures(story.outcomes["fast again"]) == wanted
    assert json.loads(story.outcomes["fast idle"].stdout) is None


def test_the_run_after_sends_nothing_more(story: Story) -> None:
    replied = ["anna.berg@mail.example", "killed@mail.example", "new@mail.example"]
    assert [one for one in story.mails() if one in replied and one != replied[0]] == replied[1:]
    summary = story.outcomes["run with"].json
    due = {one["activation"]: one["operations"] for one in summary["activations"]}
    assert due["reply_v1_hello"] == {"send": 0}
    assert {state for _, state in story.sent()} == {"accepted"}


def test_a_run_without_a_lane_sends_the_same_messages(story: Story) -> None:
    assert story.sent(story.other) == story.sent()
    assert len(story.sent()) == 3


@pytest.mark.parametrize("sql", SAME)
def test_both_know_the_same(story: Story, sql: str) -> None:
    assert story.rows(sql) == story.rows(sql, story.other)


def test_nobody_moves_twice(story: Story) -> None:
    moves = "select enrolment_id, step from journeys.journey_transitions"
    found = story.rows(moves)
    assert len(found) == len(set(found))
    assert {row for row in story.rows(moves, story.other)} <= set(found)
