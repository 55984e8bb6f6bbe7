"""An incident is opened once, notified once, and closed when it is over."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sluice.activations.ledger.rows import Row
from sluice.activations.ledger.store import Ledger
from sluice.orchestration.alerts import checks
from sluice.orchestration.alerts.checks import Check
from sluice.orchestration.alerts.incidents import NOT_MEASURED, OVER, to_close, to_open
from sluice.orchestration.alerts.words import RULES, fix, title, what
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.cli.alerts import COLUMNS
from sluice.orchestration.installation.settings import load_settings
from tests.projects import bare_project

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)
MODELS = ("campaign_sale", "steps_carts", "steps_carts__v1")
BROKEN = Check("open_rate", "news", 0.125, 0.15, True, "marketing", "email")


def check(is_breached: bool | None) -> Check:
    return Check("open_rate", "news", 0.2, 0.15, is_breached, "marketing", "email")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")


def follow(ledger: Ledger, found: list[Check]) -> None:
    standing = ledger.alerts(is_open=True)
    opened, closed = to_open(found, standing), to_close(found, standing)
    ledger.open_alerts(opened, NOW)
    ledger.close_alerts(closed, NOW)


def claimed(ledger: Ledger, notice: str) -> Row:
    row = ledger.claim_notice(notice)
    assert row is not None
    return row


def test_it_is_notified_once_and_once_when_over(ledger: Ledger) -> None:
    follow(ledger, [BROKEN])
    row = claimed(ledger, "opening")
    ledger.settle_notice(row["alert_id"], "opening", "sent")
    follow(ledger, [BROKEN])
    assert ledger.claim_notice("opening") is None
    assert ledger.claim_notice("closing") is None
    follow(ledger, [check(False)])
    assert ledger.alerts(is_open=True) == []
    closed = claimed(ledger, "closing")
    assert (closed["closed_reason"], closed["alert_id"]) == (OVER, row["alert_id"])
    follow(ledger, [check(False)])
    assert ledger.claim_notice("closing") is None
    follow(ledger, [BROKEN])  # a second incident
    assert len(ledger.alerts()) == 2


def test_what_was_never_notified_has_no_closing_note(ledger: Ledger) -> None:
    follow(ledger, [BROKEN])
    follow(ledger, [check(False)])
    assert ledger.claim_notice("opening") is None
    assert ledger.claim_notice("closing") is None


@pytest.mark.parametrize(
    ("found", "closed"),
    [
        pytest.param([BROKEN], {}, id="still_broken"),
        pytest.param([check(None)], {}, id="too_few_messages_say_nothing"),
        pytest.param([check(False)], {1: OVER}, id="over"),
        pytest.param([], {1: NOT_MEASURED}, id="nothing_is_left_to_measure"),
    ],
)
def test_an_incident_closes_only_when_it_can_be_judged(
    found: list[Check], closed: dict[int, str]
) -> None:
    standing = [{"alert_id": 1, "rule": "open_rate", "subject": "news"}]
    assert to_close(found, standing) == closed


def test_no_data_opens_nothing() -> None:
    assert to_open([check(None), check(False)], []) == []


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_has_words_in_both_languages(rule: str) -> None:
    row = {"rule": rule, "subject": "news", "measured": 0.125, "limit_value": 0.15}
    assert "news" in what(row, "en")
    assert "news" in what(row, "zh")
    assert fix(row, "en") != fix(row, "zh")
    assert title({**row, "closed_reason": OVER}, "closing", "zh").startswith("已恢复")


def test_what_is_never_sent_has_the_name_of_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [Finding(f"models/x/{name}.yml", 1, "schedule", "", "") for name in MODELS]
    monkeypatch.setattr(checks, "check_schedules", lambda _: found)
    assert checks.never_sent(load_settings(bare_project(tmp_path))) == ["carts", "sale"]


@pytest.mark.parametrize(("limit", "words"), [(1.0, "1 day"), (3.0, "3 days"), (0.5, "0.5 days")])
def test_days_are_counted(limit: float, words: str) -> None:
    row = {"rule": "source_age", "subject": "shop", "measured": 5.0, "limit_value": limit}
    assert what(row, "en").endswith(f"the limit is {words}")


def test_the_table_has_the_same_columns_in_both_languages() -> None:
    assert len(COLUMNS["en"]) == len(COLUMNS["zh"])
