"""What is next for who stands at a node, and why somebody is not in, in both languages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from sluice.orchestration.journeys.absence import Asked, why_not
from sluice.orchestration.journeys.explaining import next_words
from sluice.orchestration.journeys.reading import Journey
from sluice.orchestration.journeys.sentences import SENTENCES
from sluice.orchestration.warehouse.base import Result, UnknownNameError
from tests.orchestration.journeys.journeys import WELCOME, version_of

DUE = datetime(2026, 7, 4, 13)
NODES: dict[str, Any] = WELCOME["nodes"]


def standing(node: str, **values: Any) -> dict[str, Any]:
    return {
        "node": node,
        "version": 2,
        "is_stopped": False,
        "due_at": None,
        "message": None,
    } | values


def decided(decision: str, reason: str, opens: datetime | None = None) -> dict[str, Any]:
    return {"decision": decision, "reason": reason, "sendable_from": opens}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (standing("pause", due_at=DUE), "clicked at 2026-07-04 13:00 UTC, in the first run from then on"),
        (standing("evening", due_at=DUE), "the end at 2026-07-04 13:00 UTC, in the first run from then on"),
        (standing("visit", due_at=DUE), "thanks when page_view; else reminder at 2026-07-04 13:00 UTC"),
        (standing("clicked"), "the next run moves the contact on"),
        (standing("survey", is_stopped=True), "nothing, until version 2 has the node survey again"),
        (standing("hello"), "the next run decides about the message"),
        (standing("hello", message=decided("send", "due")), "pause, in the run after the message was sent"),
        (standing("hello", message=decided("suppress", "already_sent")), "pause, in the run after the message was sent"),
        (standing("hello", message=decided("hold", "frequency_24h")), "the message is held (frequency_24h); the next run decides again"),
        (standing("hello", message=decided("hold", "quiet_hours", DUE)), "the message is held (quiet_hours, open from 2026-07-04 13:00 UTC); the next run decides again"),
        (standing("hello", message=decided("suppress", "no_consent")), "pause, in the next run: it is not sent (no_consent)"),
        (standing("reminder", message=decided("suppress", "no_consent")), "the end, in the next run: it is not sent (no_consent)"),
    ],
)  # fmt: skip
def test_what_is_next(row: dict[str, Any], words: str) -> None:
    assert next_words(row, NODES.get(row["node"]), "en") == words
    chinese = next_words(row, NODES.get(row["node"]), "zh")
    assert any(ord(one) > 0x2E7F for one in chinese or "")


def test_a_message_that_waits_stays_and_who_ended_has_nothing_next() -> None:
    node = {**NODES["hello"], "if_suppressed": "wait"}
    row = standing("hello", message=decided("suppress", "no_address"))
    assert next_words(row, node, "en") == "stays here until it can be sent (no_address)"
    assert next_words({"node": None}, None, "en") is None


def test_every_sentence_is_in_both_languages() -> None:
    for name, texts in SENTENCES.items():
        assert texts.keys() == {"en", "zh"}
        said = 1 if name == "cannot_run" else 0  # what lint says of it is English
        assert texts["en"].count("{") == texts["zh"].count("{") + said, name


class Rows:
    """A session that answers: not deleted, sent by nobody, and triggered at these moments."""

    def __init__(self, moments: list[datetime] | None) -> None:
        self.moments = moments

    def execute(self, sql: str, _: Any) -> Result:
        if "is_deleted" in sql:
            return Result(["is_deleted"], [(False,)])
        if "handed_over_at" in sql or "int_journey_orders" in sql:
            raise UnknownNameError("no such table")
        if self.moments is None:
            raise UnknownNameError("no such table")
        return Result(["occurred_at"], [(one,) for one in self.moments])


ENTERED = [{"entered_at": datetime(2026, 7, 1, 12), "ended_at": datetime(2026, 7, 2, 12)}]
EACH, LATER = {"reentry": "each"}, {"reentry": {"after_days": 90}}


@pytest.mark.parametrize(
    ("changes", "moments", "past", "reason"),
    [
        ({}, [], [], "no_trigger"),
        ({}, None, [], "unreadable"),
        ({}, [datetime(2026, 6, 28, 15, 59)], [], "before_starts_on"),
        (
            {"enters_within": "2 weeks"},
            [datetime(2026, 6, 28, 16)],
            [],
            "unknown",
        ),  # midnight there
        ({}, [datetime(2026, 6, 29)], [], "too_long_ago"),
        (EACH, [datetime(2026, 7, 2, 12)], ENTERED, "not_again_yet"),
        (EACH, [datetime(2026, 7, 2, 13)], ENTERED, "unknown"),
        (LATER, [datetime(2026, 9, 1)], ENTERED, "not_again_yet"),
        (LATER, [datetime(2026, 9, 30)], ENTERED, "unknown"),
        ({"entry_condition": {"has_tag": "vip"}}, [DUE], [], "entry_condition"),
        ({"trigger": {"event": "x", "where": {"odd; drop": "1"}}}, [DUE], [], "unreadable"),
    ],
)
def test_why_a_contact_is_not_in(
    changes: dict[str, Any], moments: list[datetime] | None, past: list[Any], reason: str
) -> None:
    journey = Journey("welcome", (version_of({**WELCOME, **changes}),))
    session: Any = Rows(moments)
    as_of = max([*(moments or []), datetime(2026, 7, 7)])
    found, words = why_not(session, journey, True, Asked(7, past, "Asia/Shanghai", as_of, "en"))
    assert found == reason
    assert words
