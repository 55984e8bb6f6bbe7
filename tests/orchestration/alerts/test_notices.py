"""Notices reach the mailbox and the group of the sandbox, each once."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.sandbox.server import Sandbox
from sluice.orchestration.alerts import notices
from sluice.orchestration.alerts.notices import send_notices
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.runs.state import open_ledger
from tests.projects import bare_project

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)
ALERTS = {"recipients": {"marketing": "growth@acme.example"}}


def incident(owner: str, channel: str, subject: str) -> dict[str, Any]:
    return {
        "rule": "open_rate",
        "subject": subject,
        "owner": owner,
        "channel": channel,
        "measured": 0.125,
        "limit_value": 0.15,
    }


def broken(*_: Any) -> Any:
    raise ValueError("a fault of ours")


def test_each_notice_is_sent_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    settings = load_settings(bare_project(folder, alerts=ALERTS))
    ledger = open_ledger(settings)
    found = [
        incident("marketing", "email", "news"),
        incident("sales", "email", "no_address"),
        incident("marketing", "wecom_robot", "chat"),
        incident("marketing", "none", "quiet"),
    ]
    ledger.open_alerts(found, NOW)
    with Sandbox(tmp_path / "sandbox", names=["wecom_robot"]) as sandbox:

        @contextmanager
        def running(_: Any) -> Any:
            yield sandbox.endpoints()

        monkeypatch.setattr(notices, "endpoints", running)
        assert send_notices(settings, ledger) == {"sent": 2, "due": 1}
        assert send_notices(settings, ledger) == {"due": 1}
        closed = {int(row["alert_id"]): "over" for row in ledger.alerts()}
        ledger.close_alerts(closed, NOW)
        assert send_notices(settings, ledger) == {"sent": 2}
        ledger.open_alerts([incident("marketing", "email", "later")], NOW)
        with monkeypatch.context() as patch:
            patch.setattr(notices, "to_mail", broken)
            assert send_notices(settings, ledger) == {"failed": 1}
        assert send_notices(settings, ledger) == {}
        mails = sandbox.store.rows("select recipient, subject, source from mails order by mail_id")
        posts = sandbox.store.rows("select vendor, body from received order by received_id")
    assert [one[0] for one in mails] == ["growth@acme.example"] * 2
    assert mails[0][1] == "[Sluice] Alert: open rate of news: 12.5 %, the limit is 15 %"
    assert mails[1][1].startswith("[Sluice] over: open rate of news")
    assert len(posts) == 2
    assert "chat" in posts[0][1]


def test_what_cannot_go_out_holds_up_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More alerts than a run sends, of a channel that is down; then one of another channel. A crash
    loses the notice it was at, and no other.
    """
    folder = tmp_path / "project"
    folder.mkdir()
    settings = load_settings(bare_project(folder, alerts=ALERTS))
    ledger = open_ledger(settings)
    down = [incident("marketing", "email", f"news_{n}") for n in range(notices.MOST + 1)]
    ledger.open_alerts([*down, incident("data", "wecom_robot", "chat")], NOW)
    asked: list[str] = []

    @contextmanager
    def is_down(_: Any) -> Any:
        asked.append("email")
        raise ConnectionRefusedError
        yield

    @contextmanager
    def is_up(_: Any) -> Any:
        yield lambda row, notice: "sent"

    monkeypatch.setattr(notices, "CHANNELS", {"email": is_down, "wecom_robot": is_up})
    assert send_notices(settings, ledger) == {"due": len(down), "sent": 1}
    assert asked == ["email"]

    @contextmanager
    def killed(_: Any) -> Any:
        def send(row: Any, notice: str) -> str:
            raise KeyboardInterrupt

        yield send

    monkeypatch.setattr(notices, "CHANNELS", {"email": killed})
    with pytest.raises(KeyboardInterrupt):
        send_notices(settings, ledger)
    assert sum(row["opening_notice"] == "due" for row in ledger.alerts()) == len(down) - 1


def test_a_notice_is_a_mail_that_servers_take() -> None:
    row = incident("marketing", "email", "促销") | {"closed_reason": None}
    mail = notices.to_mail(row, "opening", "Acme <a@acme.example>", "b@acme.example", "zh")
    assert b"\n" not in mail.as_bytes().replace(b"\r\n", b"")


@pytest.mark.parametrize(("code", "state"), [(250, "sent"), (451, "due"), (550, "failed")])
def test_a_mail_that_is_refused_for_now_is_tried_again(code: int, state: str) -> None:
    assert notices._state_of(code) == state
