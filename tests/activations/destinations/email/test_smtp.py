"""SMTP replies, bad values, and content."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sluice.activations.content import LIBRARY
from sluice.activations.content.templates import render_mail
from sluice.activations.destinations.email.smtp.client import Smtp
from sluice.activations.destinations.email.smtp.config import SmtpConfig
from sluice.activations.destinations.email.smtp.mapping import message_id, to_mime
from sluice.activations.destinations.email.status import reply_result
from sluice.activations.destinations.email.submission import Phase, Reply
from sluice.activations.ledger.store import Ledger
from sluice.activations.push.dispatcher import Pusher
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Message, Outcome
from sluice.models.errors import ConfigurationError, ContentError
from sluice.models.run import Run
from tests.activations.destinations.test_conformance import message

RUN = Run("run-1", datetime(2026, 6, 29, 13, tzinfo=UTC))


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=[]) as sandbox:
        yield sandbox


def client(sandbox: Sandbox) -> Smtp:
    return Smtp(SmtpConfig(**sandbox.endpoints()["smtp"]))


@pytest.mark.parametrize(
    ("phase", "code", "text", "outcome", "suppress"),
    [
        ("mail", 550, b"5.1.0 Sender refused", Outcome.RETRY, False),
        ("mail", 552, b"5.3.4 Too large", Outcome.FAILED, False),
        ("body", 250, b"2.0.0 OK", Outcome.ACCEPTED, False),
        ("mail", 421, b"4.3.2 Shutting down", Outcome.RETRY, False),
        ("recipient", 452, b"4.2.2 Mailbox full", Outcome.RETRY, False),
        ("recipient", 550, b"5.1.1 <a@b.cn> unknown", Outcome.FAILED, True),
        ("recipient", 550, b"5.7.1 Blocked as spam", Outcome.FAILED, False),
        ("recipient", 552, b"5.2.2 Over quota", Outcome.FAILED, False),
        ("recipient", 554, b"Transaction failed for a@b.cn", Outcome.FAILED, False),
    ],
)
def test_reply_gets_a_result_by_its_code(
    phase: Phase, code: int, text: bytes, outcome: Outcome, suppress: bool
) -> None:
    result = reply_result(1, Reply(phase, code, text))
    assert (result.outcome, result.suppress) == (outcome, suppress)
    assert "@" not in str(result.reason)


def test_unknown_user_is_suppressed_at_once(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.faults.mail["gone"] = "550 5.1.1 No such user"
    ledger = Ledger(f"sqlite:///{tmp_path / 'l.sqlite'}")
    pusher = Pusher("message", "a", "smtp", client(sandbox), ledger, RUN)
    pusher.push([[message(1, "gone@b.cn")]])
    sandbox.faults.mail.clear()
    again = pusher.push([[message(2, "gone@b.cn"), message(3, "there@b.cn")]])
    assert dict(again.outcomes) == {"failed": 1, "accepted": 1}
    assert [row[0] for row in sandbox.store.rows("select recipient from mails")] == ["there@b.cn"]


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(
            Message(1, 1, "a@b.cn\r\nBcc: x@y.cn", "h", "email", "price_page_follow_up", "en", {}),
            id="header injection",
        ),
        pytest.param(
            Message(1, 1, "a@b.cn", "h", "email", "price_page_follow_up", "en", {"company": ""}),
            id="missing variable",
        ),
        pytest.param(
            Message(1, 1, "a@b.cn", "h", "email", "no_such_template", "en", {}),
            id="missing template",
        ),
    ],
)
def test_message_that_cannot_be_made_fails_alone(sandbox: Sandbox, bad: Message) -> None:
    results = client(sandbox).send([bad, message(2, "ok@b.cn")])
    assert [result.outcome for result in results] == [Outcome.FAILED, Outcome.ACCEPTED]
    assert [row[0] for row in sandbox.store.rows("select recipient from mails")] == ["ok@b.cn"]


def test_line_break_in_a_value_cannot_add_a_header() -> None:
    values = {
        "full_name": "x",
        "company": "Evil\r\nBcc: victim@x.cn",
        "visits": 1,
        "last_visit_date": "d",
    }
    mime = to_mime(
        Message(1, 1, "a@b.cn", "h", "email", "price_page_follow_up", "en", values),
        SmtpConfig(host="h", sender="s@shop.example"),
    )
    assert b"\r\nBcc:" not in mime.split(b"\r\n\r\n", 1)[0]


def test_value_is_escaped_in_html_and_not_in_text() -> None:
    _, text, html = render_mail(message(1, "a@b.cn", "<script>alert(1)</script>"), LIBRARY)
    assert "<script>alert" not in html
    assert "<script>alert" in text


def test_language_that_is_missing_falls_back_to_english() -> None:
    values = {"full_name": "", "company": "", "visits": 1, "last_visit_date": "d"}
    assert render_mail(
        Message(1, 1, "a", "h", "email", "price_page_follow_up", "fr", values), LIBRARY
    )[0].startswith("Questions")


def test_template_cannot_reach_python(tmp_path: Path) -> None:
    folder = tmp_path / "email"
    folder.mkdir()
    for suffix in ("subject.liquid", "txt.liquid"):
        (folder / f"t.en.{suffix}").write_text("{{ full_name.__class__.__mro__ }}")
    (folder / "t.en.mjml.liquid").write_text("<mjml><mj-body></mj-body></mjml>")
    with pytest.raises(ContentError):
        render_mail(Message(1, 1, "a", "h", "email", "t", "en", {"full_name": "x"}), tmp_path)


def test_message_id_is_the_same_on_every_try() -> None:
    assert (
        message_id(7, "shop.example") == message_id(7, "shop.example") == "<sluice.7@shop.example>"
    )


def test_missing_host_names_the_variable_and_an_example() -> None:
    with pytest.raises(ConfigurationError, match=r"SLUICE_SMTP_HOST=smtp\.example\.com"):
        SmtpConfig()
