"""Mails that come back: notifications captured from Postfix, complaints, unsubscribe mails, forged
and broken ones.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.activations.addresses import address_hash
from sluice.activations.destinations.base import CallbackRequest, Reporter
from sluice.activations.destinations.email.bounces import read_report
from sluice.activations.destinations.email.smtp.client import Smtp
from sluice.activations.destinations.email.smtp.config import SmtpConfig
from sluice.activations.destinations.email.tokens import Signer
from sluice.activations.destinations.email.unsubscribe import read_unsubscribe
from sluice.models.delivery import DeliveryState, Receipt, Withdrawal
from sluice.models.errors import ConfigurationError
from tests.conftest import ROOT

MAIL = ROOT / "tests" / "data" / "mail"
SIGNER = Signer("secret of the tests")
NOW = datetime(2026, 11, 25, tzinfo=UTC)
HASH = address_hash("email", "u@b.cn")
OTHER_TOKEN = Signer("another secret...").unsubscribe_token(HASH)


def dsn(
    status: str, action: str = "failed", to: str = "", envelope_id: str = "", returned: str = ""
) -> bytes:
    """A notification in Postfix's form."""
    hard = (MAIL / "dsn_hard_bounce_postfix.eml").read_text()
    hard = hard.replace("b+act-1.nouser=hard.example@shop.example", to or "bounces@shop.example")
    hard = hard.replace("act-1.u1", envelope_id).replace("<act-1.0.v1@shop.example>", returned)
    return (
        hard.replace("Status: 5.3.0", f"Status: {status}")
        .replace("Action: failed", f"Action: {action}")
        .encode()
    )


def verp(delivery_id: int, signer: Signer = SIGNER) -> str:
    return f"bounces+{signer.tag(delivery_id)}@b.shop.example"


@pytest.mark.parametrize(
    ("status", "action", "state", "reason", "suppress"),
    [
        ("5.1.1", "failed", DeliveryState.BOUNCED, "hard_5.1.1", True),
        ("5.1.10", "failed", DeliveryState.BOUNCED, "hard_5.1.10", True),
        ("5.3.0", "failed", DeliveryState.BOUNCED, "hard_5.3.0", False),
        ("5.7.1", "failed", DeliveryState.BOUNCED, "policy_5.7.1", False),
        ("5.2.2", "failed", DeliveryState.BOUNCED, "soft_5.2.2", False),
        ("4.3.0", "failed", DeliveryState.BOUNCED, "soft_4.3.0", False),
        ("2.0.0", "delivered", DeliveryState.DELIVERED, None, False),
    ],
)
def test_class_comes_from_status(
    status: str, action: str, state: DeliveryState, reason: str | None, suppress: bool
) -> None:
    (receipt,) = read_report(dsn(status, action, verp(-7)), SIGNER, NOW)
    assert receipt == Receipt(
        state, datetime(2026, 11, 24, 13, 7, 21, tzinfo=UTC), -7, None, None, reason, suppress
    )


@pytest.mark.parametrize("action", ["delayed", "relayed", "expanded", "nonsense"])
def test_action_that_is_no_outcome_tells_nothing(action: str) -> None:
    assert read_report(dsn("4.4.1", action, verp(7)), SIGNER, NOW) == []


def test_captured_soft_bounce_is_soft_though_its_action_is_failed() -> None:
    content = (
        (MAIL / "dsn_soft_expired_postfix.eml")
        .read_bytes()
        .replace(b"act-1.u1", SIGNER.tag(5).encode())
    )
    (receipt,) = read_report(content, SIGNER, NOW)
    assert isinstance(receipt, Receipt)
    assert (receipt.delivery_id, receipt.reason, receipt.suppress) == (5, "soft_4.3.0", False)


@pytest.mark.parametrize("where", ["to", "envelope_id"])
@pytest.mark.parametrize("delivery_id", [1, -1, 2**63 - 1, -(2**63)])
def test_message_is_found_by_its_tag(where: str, delivery_id: int) -> None:
    given = verp(delivery_id) if where == "to" else SIGNER.tag(delivery_id)
    (receipt,) = read_report(dsn("5.1.1", **{where: given}), SIGNER, NOW)
    assert isinstance(receipt, Receipt)
    assert receipt.delivery_id == delivery_id


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(
            dsn("5.1.1", to=verp(7, Signer("other secret......")), returned="<sluice.7@d.cn>"),
            id="other secret",
        ),
        pytest.param(
            dsn("5.1.1", to=verp(7, Signer("")), envelope_id=Signer("").tag(7)), id="no signature"
        ),
        pytest.param(dsn("5.1.1", returned="<sluice.7@shop.example>"), id="Message-ID alone"),
        pytest.param(dsn("nonsense", to=verp(7)), id="no status"),
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe\x00", id="no mail"),
    ],
)
def test_what_proves_nothing_tells_nothing(forged: bytes) -> None:
    assert read_report(forged, SIGNER, NOW) == []


def test_without_a_secret_the_message_id_will_do() -> None:
    (receipt,) = read_report(dsn("5.1.1", returned="<sluice.-7@shop.example>"), Signer(""), NOW)
    assert isinstance(receipt, Receipt)
    assert receipt.delivery_id == -7


def complaint(kind: str = "abuse", delivery_id: int = 9) -> bytes:
    """A feedback report as RFC 5965, appendix B.2, shows one."""
    return f"""From: <abusedesk@example.com>
Date: Thu, 8 Mar 2026 17:40:36 EDT
Subject: FW: Earn money
To: <abuse@shop.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <{verp(delivery_id)}>
Arrival-Date: Thu, 8 Mar 2026 14:00:00 EDT
Reported-Domain: shop.example

--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822
Content-Disposition: inline

From: <news@shop.example>
Message-ID: <sluice.{delivery_id}@shop.example>
Subject: Prices

Spam Spam Spam
--part1_13d.2e68ed54_boundary--
""".encode()


@pytest.mark.parametrize("kind", ["abuse", "fraud", "other", "opt-out"])
def test_complaint_is_suppressed(kind: str) -> None:
    (receipt,) = read_report(complaint(kind), SIGNER, NOW)
    assert receipt == Receipt(
        DeliveryState.COMPLAINED,
        datetime(2026, 3, 8, 21, 40, 36, tzinfo=UTC),
        9,
        None,
        None,
        f"feedback_{kind}",
        True,
    )


def test_not_spam_is_no_complaint() -> None:
    assert read_report(complaint("not-spam"), SIGNER, NOW) == []


def test_complaint_without_envelope_is_found_by_the_mail_it_returns() -> None:
    content = complaint().replace(b"Original-Mail-From", b"X-Removed")
    assert read_report(content, SIGNER, NOW) == []
    (receipt,) = read_report(content, Signer(""), NOW)
    assert isinstance(receipt, Receipt)
    assert receipt.delivery_id == 9


@pytest.mark.parametrize(
    ("subject", "sender", "signer", "reported"),
    [
        (f"unsubscribe-{SIGNER.unsubscribe_token(HASH)}", "other@b.cn", SIGNER, True),
        (f"=?utf-8?q?unsubscribe-{SIGNER.unsubscribe_token(HASH)}?=", "other@b.cn", SIGNER, True),
        (
            f"Re: unsubscribe-{SIGNER.unsubscribe_token(HASH)[:40]}\n {SIGNER.unsubscribe_token(HASH)[40:]}",
            "o@b.cn",
            SIGNER,
            True,
        ),
        (f"Unsubscribe-{SIGNER.unsubscribe_token(HASH).upper()}", "other@b.cn", SIGNER, True),
        (f"unsubscribe-{OTHER_TOKEN}", "u@b.cn", SIGNER, True),
        (f"unsubscribe-{OTHER_TOKEN}", "no address", SIGNER, False),
        (f"unsubscribe-{SIGNER.unsubscribe_token(HASH)[:70]}", "u@b.cn", SIGNER, True),
        ("unsubscribe-7", "u@b.cn", SIGNER, True),
        ("unsubscribe-7", "Li <U@b.cn>", Signer(""), True),
        ("Re: your prices", "u@b.cn", Signer(""), False),
    ],
)
def test_mail_to_unsubscribe(subject: str, sender: str, signer: Signer, reported: bool) -> None:
    content = f"From: {sender}\r\nSubject: {subject}\r\n\r\n".encode()
    assert read_report(content, signer, NOW) == (
        [Withdrawal("email", HASH, NOW)] if reported else []
    )


def reply(body: str, subject: str = "Re: Prices", kind: str = "plain", **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Li <U@b.cn>", subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body, subtype=kind)
    return bytes(mail)


QUOTED = "\n\nOn Mon, 5 Jan 2026 Shop <news@shop.example>\nwrote:\n> Prices\n> Unsubscribe 退订\nUnsubscribe"
REPLIES: dict[str, tuple[bytes, bool]] = {
    "a word": (reply("unsubscribe"), True),
    "a word above the mail": (reply("Hello,\n\nplease stop. Thanks!" + QUOTED), True),
    "in Chinese": (reply("您好\n退订\n张三\n\n发件人: Shop\n价格"), True),
    "the subject": (reply("", "退订"), True),
    "the subject of an answer": (reply("see subject", "RE: Re: Unsubscribe"), True),
    "HTML": (reply("<html><style>p {}</style><p>STOP</p><blockquote>Prices</blockquote>", kind="html"), True),
    "GBK": (
        b"From: u@b.cn\r\nSubject: Re:\r\nContent-Type: text/plain\r\n\r\n" + "退订".encode("gbk"),
        True,
    ),
    "a charset that is none": (
        b"From: u@b.cn\r\nContent-Type: text/plain; charset=x-none\r\n\r\nunsubscribe",
        True,
    ),
    "another answer": (reply("Yes, call me." + QUOTED), False),
    "another answer, quoted by Outlook": (
        reply("Yes.\n\n________________________________\nFrom: Shop\n\nUnsubscribe"),
        False,
    ),
    "another answer, quoted in Chinese": (
        reply("好的\n\n------------------ 原始邮件 ------------------\n退订"),
        False,
    ),
    "another answer in HTML": (
        reply('<p>Yes</p><div class="gmail_quote"><p>Unsubscribe</p></div>', kind="html"),
        False,
    ),
    "a signature": (reply("Yes.\n-- \nStop"), False),
    "a letter": (reply("Thanks\nT"), False),
    "a footer far below": (reply("line of text\n" * 10 + "Unsubscribe"), False),
    "a program": (reply("unsubscribe", Auto_Submitted="auto-replied"), False),
    "a returned mail": (reply("unsubscribe", Return_Path="<>"), False),
}  # fmt: skip


@pytest.mark.parametrize("signer", [SIGNER, Signer("")], ids=["secret", "no secret"])
@pytest.mark.parametrize("case", REPLIES)
def test_a_reply_that_says_no_is_a_no_of_its_sender(case: str, signer: Signer) -> None:
    content, says_no = REPLIES[case]
    expected = [Withdrawal("email", HASH, NOW, "replied_stop")] if says_no else []
    assert read_report(content, signer, NOW) == expected


def test_the_page_of_a_broken_link_names_a_way_that_is_read(maildir: Path) -> None:
    """Whoever replies as the page says is unsubscribed, in each of its languages."""
    config = client(maildir).config
    page = read_unsubscribe(config, CallbackRequest("GET", "", "t=cut", {}, b"")).body.decode()
    words = [word for word in ("unsubscribe", "退订") if word in page]
    assert words == ["unsubscribe", "退订"]
    assert all(read_report(reply(word), config.signer, NOW) for word in words)
    unread = config.model_copy(update={"bounce_maildir": None})
    page = read_unsubscribe(unread, CallbackRequest("GET", "", "t=cut", {}, b"")).body.decode()
    assert "eply" not in page
    assert "回复" not in page


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_mail_can_stop_the_reader(data: st.DataObject) -> None:
    """Bytes of a good report, some of them cut out, doubled or changed."""
    content = bytearray(data.draw(st.sampled_from([dsn("5.1.1", to=verp(7)), complaint()])))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 200))] = data.draw(st.binary(max_size=40))
    for reported in read_report(bytes(content), SIGNER, NOW):
        assert reported.occurred_at.tzinfo is UTC
        assert "@" not in str(reported.reason)


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "bounces" / name).mkdir(parents=True)
    return tmp_path / "bounces"


def client(maildir: Path) -> Smtp:
    secret = "secret of the tests"
    return Smtp(
        SmtpConfig(host="h", sender="s@shop.example", secret=secret, bounce_maildir=maildir)
    )


def deliver(path: Path, content: bytes, at: datetime = NOW) -> None:
    path.write_bytes(content)
    os.utime(path, (at.timestamp(), at.timestamp()))


def test_reporter_reads_the_maildir_and_leaves_it(maildir: Path) -> None:
    deliver(maildir / "new" / "1.a", dsn("5.1.1", to=verp(1)))
    deliver(maildir / "cur" / "2.b:2,S", complaint(delivery_id=2), NOW + timedelta(seconds=1))
    deliver(maildir / "new" / "3.c", b"Subject: hello\r\n\r\nnot for us")
    deliver(maildir / "tmp" / "4.d", dsn("5.1.1", to=verp(4)))
    deliver(maildir / "new" / "5.e", dsn("5.1.1", to=verp(5)), NOW - timedelta(days=1))
    smtp = client(maildir)
    assert isinstance(smtp, Reporter)
    assert smtp.capabilities.receipts
    reported = [
        receipt.delivery_id for receipt in smtp.fetch_receipts(NOW) if isinstance(receipt, Receipt)
    ]
    assert reported == [1, 2]
    assert reported == [
        receipt.delivery_id for receipt in smtp.fetch_receipts(NOW) if isinstance(receipt, Receipt)
    ]


def test_folder_that_is_no_maildir_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="SLUICE_SMTP_BOUNCE_MAILDIR"):
        list(client(tmp_path).fetch_receipts(NOW))


def test_without_a_maildir_there_are_no_receipts() -> None:
    smtp = Smtp(SmtpConfig(host="h", sender="s@shop.example"))
    assert not smtp.capabilities.receipts
    assert list(smtp.fetch_receipts(NOW)) == []
