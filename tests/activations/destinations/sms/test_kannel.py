"""Kannel, beyond the conformance suite: answers, codings, reports, replies. The real gateway:
test_kannel_gateway.py.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from sluice.activations.addresses import address_hash
from sluice.activations.destinations.sms.kannel.callback import read_callback
from sluice.activations.destinations.sms.kannel.client import Kannel
from sluice.activations.destinations.sms.kannel.config import KannelConfig
from sluice.activations.destinations.sms.kannel.mapping import report_url, to_result
from sluice.activations.http.client import Answer
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import DeliveryState, Outcome, Receipt, Withdrawal
from sluice.models.errors import ConfigurationError
from tests.activations.destinations.sms.sms_items import call, recorded, sms, texts


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=["kannel"]) as sandbox:
        yield sandbox


def client(sandbox: Sandbox, **settings: Any) -> Kannel:
    return Kannel(KannelConfig(**{**sandbox.endpoints()["kannel"], **settings}))


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        (202, "0: Accepted for delivery", Outcome.ACCEPTED),
        (202, "3: Queued for later delivery", Outcome.ACCEPTED),
        (202, "", Outcome.UNKNOWN),
        (200, "<html>a proxy</html>", Outcome.UNKNOWN),
        (400, "Missing receiver number, rejected", Outcome.FAILED),
        (403, "Authorization failed for sendsms", Outcome.RETRY),
        (404, "Unknown request", Outcome.RETRY),
        (500, "", Outcome.UNKNOWN),
        (503, "Temporal failure, try again later.", Outcome.RETRY),
    ],
)
def test_every_answer_has_its_outcome(status: int, text: str, outcome: Outcome) -> None:
    transport = (
        Outcome.UNKNOWN if status < 300 else Outcome.RETRY if status >= 500 else Outcome.FAILED
    )
    reason = "unreadable_answer" if status < 300 else f"http_{status}"
    result = to_result(1, Answer(transport, reason, status, text=text))
    assert result.outcome is outcome
    assert result.reason == (None if outcome is Outcome.ACCEPTED else reason)


def test_coding_carries_the_text(sandbox: Sandbox) -> None:
    plain = sms(2, "+14155550100", language="en", carrier="Café {1}")
    with recorded(sandbox, "kannel") as calls:
        client(sandbox).send([sms(1)])
        client(sandbox, signature="").send([plain])
    assert [request.query["coding"] for request, _ in calls] == [["2"], ["0"]]
    assert sandbox.store.rows("select key from received") == [("1",), ("2",)]
    assert [text for _, _, text in texts(sandbox, "kannel")] == [
        "【示例商店】您的订单20261125001已由顺丰发出，运单号SF1234567，请留意查收。",
        "Your order 20261125001 is on its way with Café {1}, tracking number SF1234567.",
    ]


def test_no_log_holds_a_number_a_text_or_a_login(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client(sandbox).send([sms(1)])
        logging.getLogger(__name__).debug("this line is kept")
    assert "this line is kept" in caplog.text
    assert not any(
        secret in caplog.text for secret in ("13800000001", "sandbox-password", "sendsms")
    )


CONFIG = KannelConfig(
    username="u", password="p", sender="1", callback_url="http://10.0.0.1/cb", callback_token="sandbox-callback-token",
    dead_number_codes="001",
)  # fmt: skip


def filled(delivery_id: int, status: int, answer: str) -> str:
    """The query of a report, after Kannel filled in its signs."""
    url = report_url(CONFIG, delivery_id)
    for sign, value in {"%d": str(status), "%T": "1795592999", "%A": answer}.items():
        url = url.replace(sign, quote(value, safe=""))
    return urlsplit(url).query


@pytest.mark.parametrize(
    ("status", "answer", "state", "reason", "suppress"),
    [
        (1, "", DeliveryState.DELIVERED, None, False),
        (2, "id:1 stat:UNDELIV err:001 text:", DeliveryState.BOUNCED, "undelivered:001", True),
        (2, "id:1 stat:EXPIRED err:027 text:", DeliveryState.BOUNCED, "undelivered:027", False),
        (16, "NACK/0x0000000b", DeliveryState.FAILED, "refused_by_smsc", False),
    ],
)
def test_final_report_is_a_receipt(
    status: int, answer: str, state: DeliveryState, reason: str | None, suppress: bool
) -> None:
    at = datetime.fromtimestamp(1795592999, UTC)
    reported = read_callback(CONFIG, call(b"", filled(-77, status, answer), "GET")).reported
    assert reported == [Receipt(state, at, -77, None, None, reason, suppress)]


def test_report_on_the_way_is_no_receipt() -> None:
    answer = read_callback(CONFIG, call(b"", filled(77, 8, "ACK/"), "GET"))
    assert (answer.status, answer.reported) == (200, [])


@pytest.mark.parametrize(
    ("text", "says_no"), [("TD", True), ("退订", True), (" r ", True), ("ok", False)]
)
def test_reply_that_says_no_is_a_withdrawal(text: str, says_no: bool) -> None:
    query = f"token=sandbox-callback-token&kind=reply&number=8613800000001&at=1795592997&text={quote(text)}"
    answer = read_callback(CONFIG, call(b"", query, "GET"))
    at = datetime.fromtimestamp(1795592997, UTC)
    withdrawal = Withdrawal("sms", address_hash("sms", "+8613800000001"), at, "replied_stop")
    assert list(answer.reported) == ([withdrawal] if says_no else [])
    assert answer.body == b""


@pytest.mark.parametrize("said", ["退订", "TD", "停止", "STOP"])
@pytest.mark.parametrize(
    ("encoding", "charset"),
    [
        ("utf-8", ""),
        ("utf-8", "UTF-8"),
        ("utf-8", "no such charset"),
        ("utf-8", "rot13"),
        ("gbk", ""),
        ("gbk", "GBK"),
        ("gbk", "UTF-8"),
        ("utf-16-be", ""),
        ("utf-16-be", "UTF-16BE"),
        ("utf-16-le", "UTF-16LE"),
        ("big5", "BIG5"),
    ],
)
def test_a_no_is_read_in_the_charset_of_its_link(said: str, encoding: str, charset: str) -> None:
    if encoding == "big5":
        said = said.replace("订", "訂")
    text = quote(said.encode(encoding), safe="")
    base = f"token=sandbox-callback-token&kind=reply&number=8613800000001&at=1&charset={charset}"
    answer = read_callback(CONFIG, call(b"", f"{base}&text={text}", "GET"))
    assert [type(one) for one in answer.reported] == [Withdrawal]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16-be"])
def test_another_text_is_no_in_no_charset(encoding: str) -> None:
    text = quote("好的，谢谢，下周再说".encode(encoding), safe="")
    query = f"token=sandbox-callback-token&kind=reply&number=8613800000001&at=1&text={text}"
    assert not read_callback(CONFIG, call(b"", query, "GET")).reported


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("token=wrong&kind=report&delivery=1&status=1", 403),
        ("kind=report&delivery=1&status=1", 403),
        ("token=sandbox-callback-token&kind=report&delivery=x&status=1", 400),
        (f"token=sandbox-callback-token&kind=report&delivery={2**63}&status=1", 400),
        ("token=sandbox-callback-token", 400),
    ],
)
def test_call_that_is_not_the_gateways_is_not_heard(query: str, status: int) -> None:
    answer = read_callback(CONFIG, call(b"", query, "GET"))
    assert (answer.status, answer.reported) == (status, ())


@pytest.mark.parametrize(
    "wrong", [{"callback_token": "a%2Bb"}, {"callback_url": "http://10.0.0.1/%64"}]
)
def test_signs_of_kannel_are_refused_in_settings(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match=f"SLUICE_KANNEL_{next(iter(wrong)).upper()}"):
        KannelConfig(username="u", password="p", sender="1", **wrong)


def test_report_is_asked_for_what_is_final(sandbox: Sandbox) -> None:
    with recorded(sandbox, "kannel") as calls:
        client(sandbox).send([sms(1)])
    query = calls[0][0].query
    assert query["dlr-mask"] == ["19"]
    assert parse_qs(urlsplit(query["dlr-url"][0]).query)["delivery"] == ["1"]
