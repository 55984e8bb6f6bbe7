"""What the terminal says in Chinese has no English word but names, ids and units."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from sluice.models.journey_nodes import Action
from sluice.models.run import DataIssue
from sluice.orchestration.cli import journeys, report, show
from sluice.orchestration.cli.report import MODEL
from sluice.orchestration.inspection import data_issues
from sluice.orchestration.installation.project import PACKAGE_PROJECT
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.journeys.explaining import Explanation, next_words
from sluice.orchestration.journeys.sentences import SENTENCES
from sluice.orchestration.journeys.words import TEXTS, node_words, reason_words
from sluice.orchestration.report import build

LATIN = re.compile(r"[A-Za-z]{2,}")
UNITS = {"UTC"}
COMMAND = re.compile(r"`[^`]*`")  # a command is typed as it is
NOW = datetime(2026, 6, 29, 13)
# of moves and ends, as journey_transitions describes them
REASONS = (
    "entered", "migrated", "moved_by_hand", "waited", "past", "missing", "happened", "timed_out", "branch_2", "else",
    "split", "none_left", "sent", "done_before_merge", "goal", "deleted", "withdrawn", "merged", "handed_over",
    "stopped_by_hand", "left_by_journey", "no_consent", "quiet_hours", "held_out",
)  # fmt: skip
ACTIONS = sorted(Action.model_fields)
NODES: dict[str, dict[str, Any]] = {
    "message": {"message": {"channel": "email", "destination": "smtp", "template": "hello"}, "next": "bye"},
    "wait": {"wait": "2 days"},
    "wait_for": {"wait_for": {"performed": "order_paid", "within": "3 days"}, "at_most": "1 week", "on_timeout": "bye"},
    "branch": {"branch": []},
    "give": {"action": {"give_coupon": "codes"}},
    "exit": {"exit": "bye"},
}  # fmt: skip
NAMES = {"smtp", "hello", "bye", "order_paid", "codes", "carts", "news", "crm", "start"} | set(
    NODES
)


def printed(monkeypatch: pytest.MonkeyPatch, work: Callable[[], None]) -> str:
    """What goes to the console, wide enough for a line a row."""
    monkeypatch.setattr(show.console, "width", 400)
    with show.console.capture() as capture:
        work()
    return capture.get()


def english(text: str, names: set[str] = NAMES) -> list[str]:
    """The Latin words that are none of the data's."""
    words = re.findall(r"[A-Za-z_]+", COMMAND.sub("", text))
    return [word for word in words if LATIN.search(word) and word not in names | UNITS]


def enrolment(
    node: str | None, message: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """One enrolment, as ``explain_contact`` gives it."""
    moves = [
        {"moved_at": NOW, "from_node": "start", "to_node": "bye", "reason": reason}
        for reason in (*REASONS, None)
    ]
    row: dict[str, Any] = {
        "journey": "carts",
        "version": 1,
        "entered_at": NOW,
        "ended_at": NOW,
        "end_reason": None,
    }
    row |= {
        "node": node,
        "since": NOW,
        "due_at": NOW,
        "is_stopped": False,
        "message": message,
        "moves": moves,
    }
    written = NODES.get(node) if node else None
    row |= {"what": node_words(written, "zh") if written else None}
    return row | {"next": next_words(row, written, "zh")} | more


def test_an_explanation_in_chinese_has_no_english(monkeypatch: pytest.MonkeyPatch) -> None:
    held = {"reason": "quiet_hours", "decision": "hold", "sendable_from": NOW}
    refused = {"reason": "no_consent", "decision": "suppress", "sendable_from": None}
    rows = [*(enrolment(node) for node in NODES), enrolment(None)]
    rows += [enrolment(None, end_reason="goal"), enrolment("gone")]
    rows += [enrolment("message", held), enrolment("message", refused)]
    absent = [{"journey": "carts", "why": SENTENCES[one]["zh"]} for one in SENTENCES]
    found = Explanation(7, rows, absent)
    text = printed(monkeypatch, lambda: journeys._show_explanation(found, "zh"))
    assert "联系人 7" in text
    assert text.count("达成目标") == len(rows) + 1
    assert english(text, NAMES | {"gone"}) == []


@pytest.mark.parametrize("reason", [*REASONS, *ACTIONS])
def test_every_reason_of_a_move_has_a_word(reason: str) -> None:
    assert english(reason_words(reason, "zh"), set()) == []
    assert reason_words(reason, "en") == reason


def test_results_in_chinese_have_no_english(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = yaml.safe_load((PACKAGE_PROJECT / "models" / "reports" / f"{MODEL}.yml").read_text())
    columns = {one["name"]: one for one in written["models"][0]["columns"]}
    manifest = {"nodes": {"model": {"name": MODEL, "columns": columns}}}
    monkeypatch.setattr(build, "last_manifest", lambda _: manifest)
    issues = [DataIssue(source="crm", issue="no name", count=1200)]
    monkeypatch.setattr(data_issues, "data_issues", lambda _: issues)
    rows = [
        ("message", "news", "send", "accepted", None, 3),
        ("message", "news", "suppress", "no_consent", None, 1200),
        ("sync", "crm", "entered", "superseded", None, 1),
    ]
    text = printed(monkeypatch, lambda: report._show(Settings(home=tmp_path), rows, "zh"))
    text += capsys.readouterr().out
    assert "结果" in text
    assert "1,200" in text
    assert english(text) == []


@pytest.mark.parametrize("key", TEXTS)
def test_no_text_of_journeys_is_half_english(key: str) -> None:
    assert english(re.sub(r"\{\d\}", "", TEXTS[key]["zh"])) == []


@pytest.mark.parametrize("key", SENTENCES)
def test_no_sentence_of_journeys_is_half_english(key: str) -> None:
    assert english(re.sub(r"\{\d\}", "", SENTENCES[key]["zh"])) == []
