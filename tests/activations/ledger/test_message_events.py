"""Opens, clicks and delays of own messages: read from what vendors call with, kept once, landed,
without a personal value.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sluice.activations.destinations import engagement
from sluice.activations.destinations.email.sendgrid import callback as sendgrid
from sluice.activations.destinations.email.ses import callback as ses
from sluice.activations.inbox.tokens import LinkSigner
from sluice.activations.ledger.message_events import events_after
from sluice.activations.ledger.receiving import receive
from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import MessageEvent, Outcome
from sluice.orchestration.landing.ledger import land_ledger
from tests.activations.destinations.test_conformance import message
from tests.activations.ledger.ledger_steps import claim_items, settle

AT = datetime(2026, 11, 24, 13, 0, 5, tzinfo=UTC)
MAIL = {
    "timestamp": "2026-11-24T13:00:00Z",
    "messageId": "0102",
    "destination": ["u@b.cn"],
    "tags": {"delivery_id": ["7"]},
}
STAMP = {"timestamp": "2026-11-24T13:00:05Z"}
SENT = {
    "email": "u@b.cn",
    "timestamp": int(AT.timestamp()),
    "delivery_id": "7",
    "sg_event_id": "e1",
}
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
LINK = "https://shop.example/sale?email=u@b.cn&token=x#top"
Seen = tuple[str, str | None, str | None, bool]


def seen(reported: list[Any]) -> list[Seen]:
    return [
        (one.event_type, one.link, one.agent, one.is_machine)
        for one in reported
        if isinstance(one, MessageEvent)
    ]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param(
            {"eventType": "Open", "open": {**STAMP, "userAgent": GMAIL}},
            ("email_opened", None, "gmail_proxy", False),
        ),
        pytest.param(
            {"eventType": "Open", "open": {**STAMP, "userAgent": "Mozilla/5.0"}},
            ("email_opened", None, "apple_mail_privacy", True),
            id="mail privacy of Apple",
        ),
        pytest.param(
            {"eventType": "Open", "open": STAMP},
            ("email_opened", None, None, False),
            id="no program reported",
        ),
        pytest.param(
            {
                "eventType": "Click",
                "click": {**STAMP, "link": LINK, "userAgent": "Mozilla/5.0 (Macintosh)"},
            },
            ("email_clicked", "shop.example/sale", "person", False),
        ),
        pytest.param(
            {"eventType": "DeliveryDelay", "deliveryDelay": {**STAMP, "delayType": "MailboxFull"}},
            ("email_delayed", None, None, False),
        ),
        pytest.param({"eventType": "Send", "send": {}}, ("email_processed", None, None, False)),
    ],
)
def test_events_of_ses_are_kept(event: dict[str, Any], expected: Seen) -> None:
    reported = list(ses.read_event({"mail": MAIL, **event}))
    assert seen(reported) == [expected]
    assert reported[0].delivery_id == 7


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param(
            {"event": "open", "useragent": GMAIL}, ("email_opened", None, "gmail_proxy", False)
        ),
        pytest.param(
            {"event": "open", "sg_machine_open": True},
            ("email_opened", None, "apple_mail_privacy", True),
            id="machine by flag",
        ),
        pytest.param(
            {"event": "click", "url": LINK}, ("email_clicked", "shop.example/sale", None, False)
        ),
        pytest.param(
            {"event": "click", "url": LINK, "useragent": "bingbot/2.0"},
            ("email_clicked", "shop.example/sale", "crawler", True),
        ),
        pytest.param({"event": "deferred", "attempt": "2"}, ("email_delayed", None, None, False)),
        pytest.param({"event": "processed"}, ("email_processed", None, None, False)),
    ],
)
def test_events_of_sendgrid_are_kept(event: dict[str, Any], expected: Seen) -> None:
    reported = list(sendgrid.read_event({**SENT, **event}))
    assert seen(reported) == [expected]
    assert (reported[0].delivery_id, reported[0].occurred_at) == (7, AT)  # type: ignore[union-attr]


def test_an_event_without_the_message_it_is_about_tells_nothing() -> None:
    assert list(sendgrid.read_event({"event": "open", "timestamp": 1})) == []
    assert list(ses.read_event({"eventType": "Open", "mail": {}, "open": STAMP})) == []


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://shop.example/a/b/?x=1", "shop.example/a/b"),
        ("https://user:secret@shop.example/a", "shop.example/a"),
        ("https://shop.example/unsubscribe/u@b.cn", "shop.example"),
        ("https://shop.example/u%40b.cn/x", "shop.example"),
        ("https://shop.example/13800138000", "shop.example"),
        (f"https://shop.example/m/p/{LinkSigner('k').token('preferences', 7)}", "shop.example/m/p"),
        (f"https://shop.example/r/{LinkSigner('k').token('share', -7)}?x=1", "shop.example/r"),
        (
            "https://shop.example/p/red-shoes-for-the-summer",
            "shop.example/p/red-shoes-for-the-summer",
        ),
        ("mailto:u@b.cn", None),
        ("tel:+8613800138000", None),
        ("http://[", None),
        (None, None),
    ],
)
def test_a_link_is_kept_without_what_may_be_personal(url: str | None, link: str | None) -> None:
    assert engagement.clean_link(url) == link


@pytest.fixture
def sent(ledger: Ledger) -> Ledger:
    """One accepted message, 7, which the vendor calls v-7."""
    claimed = claim_items(ledger, [message(7, "x@b.cn")], activation=("message", "news", "ses"))
    settle(ledger, claimed, Outcome.ACCEPTED, vendor_id="v-7")
    return ledger


OPEN = MessageEvent("email_opened", AT, "k1", 7)


def kept(ledger: Ledger) -> list[tuple[int, str]]:
    return [
        (row["delivery_id"], row["event_type"])
        for batch in events_after(ledger.engine, 0, size=2)
        for row in batch
    ]


def test_a_copy_is_kept_once_and_a_second_open_again(sent: Ledger) -> None:
    assert receive(sent.engine, [OPEN, replace(OPEN, event_key="k2")], AT) == 2
    assert receive(sent.engine, [OPEN], AT) == 0
    assert (
        receive(sent.engine, [replace(OPEN, event_key="k3", delivery_id=None, vendor_id="v-7")], AT)
        == 1
    )
    assert kept(sent) == [(7, "email_opened")] * 3


def test_an_event_of_a_message_of_somebody_else_is_left(sent: Ledger) -> None:
    assert receive(sent.engine, [replace(OPEN, delivery_id=None, vendor_id="another")], AT) == 0
    assert kept(sent) == []


def test_an_event_does_not_change_the_state_and_is_landed_once(
    sent: Ledger, tmp_path: Path
) -> None:
    receive(sent.engine, [OPEN], AT)
    land_ledger(tmp_path / "w.duckdb", sent)
    receive(
        sent.engine,
        [replace(OPEN, event_key="k2", event_type="email_clicked", link="shop.example")],
        AT,
    )
    land_ledger(tmp_path / "w.duckdb", sent)
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as connection:
        sql = (
            "select delivery_id, event_type, link, is_machine, occurred_at from"
            " ledger.message_events order by event_id"
        )
        found = connection.execute(sql).fetchall()
    assert found == [
        (7, "email_opened", None, False, AT.replace(tzinfo=None)),
        (7, "email_clicked", "shop.example", False, AT.replace(tzinfo=None)),
    ]
    assert [(row["state"], row["count"]) for row in sent.counts()] == [("accepted", 1)]
