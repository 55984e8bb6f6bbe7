"""Calls of the official account: only signed, fresh ones are accepted; each event becomes what it
means.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from sluice.activations.addresses import address_hash
from sluice.activations.destinations.base import CallbackAnswer, CallbackRequest
from sluice.activations.destinations.wechat import callback
from sluice.activations.destinations.wechat.callback import LARGEST_BYTES, read_callback
from sluice.activations.destinations.wechat.config import OfficialAccountConfig
from sluice.activations.destinations.wechat.xml import read_xml
from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sandbox.wechat.calls import Caller
from sluice.models.delivery import DeliveryState, Outcome, Receipt, Return, Withdrawal
from sluice.models.errors import ConfigurationError
from tests.activations.destinations.wechat.conftest import Client
from tests.activations.destinations.wechat.items import (
    NOTICE,
    ORDER,
    POINTS,
    message,
    openid,
    received,
    wechat,
)

APPID, TOKEN, AES_KEY = "wx1", "callbacktoken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
WHO = openid(1)
NOW = int(time.time())


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The calls of the tables are signed at this moment, however late the tests come to them."""
    monkeypatch.setattr(callback, "time", SimpleNamespace(time=lambda: NOW))


PLAIN, SAFE = "", AES_KEY


def config(aes_key: str = "", **more: Any) -> OfficialAccountConfig:
    return OfficialAccountConfig(
        appid=APPID, secret="s", callback_token=TOKEN, callback_aes_key=aes_key, **more
    )


def caller(aes_key: str = "") -> Caller:
    return Caller(APPID, TOKEN, aes_key)


def event(kind: str, **fields: Any) -> dict[str, Any]:
    return {
        "ToUserName": "gh_1",
        "FromUserName": WHO,
        "CreateTime": NOW,
        "MsgType": "event",
        "Event": kind,
        **fields,
    }


def text(content: str) -> dict[str, Any]:
    return {
        "ToUserName": "gh_1",
        "FromUserName": WHO,
        "CreateTime": NOW,
        "MsgType": "text",
        "Content": content,
        "MsgId": 1,
    }


def said(fields: dict[str, Any], aes_key: str = "", **more: Any) -> CallbackAnswer:
    return read_callback(config(aes_key, **more), caller(aes_key).tell(fields, NOW))


AT = datetime.fromtimestamp(NOW, UTC)
HASH = address_hash("wechat", WHO)
UNSUBSCRIBED, UNFOLLOWED = (
    Withdrawal("wechat", HASH, AT),
    Withdrawal("wechat", HASH, AT, "unfollowed"),
)


def receipt(state: DeliveryState, reason: str | None = None, suppress: bool = False) -> Receipt:
    return Receipt(state, AT, None, "200163836", HASH, reason, suppress)


DELIVERED, FAILED = DeliveryState.DELIVERED, DeliveryState.FAILED
ONE_NOTICE = {"TemplateId": "t", "MsgID": "200163836", "ErrorCode": "0", "ErrorStatus": "success"}
REPORTED: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "unsubscribe": (event("unsubscribe", EventKey=""), [UNFOLLOWED]),
    "subscribe": (
        event("subscribe", EventKey="qrscene_12", Ticket="t"),
        [Return("wechat", HASH, AT)],
    ),
    "scan": (event("SCAN", EventKey="12"), []),
    "a menu click": (event("CLICK", EventKey="prices"), []),
    "the menu's no": (event("CLICK", EventKey="unsubscribe"), [UNSUBSCRIBED]),
    "template, success": (
        event("TEMPLATESENDJOBFINISH", MsgID=200163836, Status="success"),
        [receipt(DELIVERED)],
    ),
    "template, blocked": (
        event("TEMPLATESENDJOBFINISH", MsgID=200163836, Status="failed:user block"),
        [receipt(FAILED, "messages_blocked", True)],
    ),
    "template, failed": (
        event("TEMPLATESENDJOBFINISH", MsgID=200163836, Status="failed: system failed"),
        [receipt(FAILED, "vendor_failed")],
    ),
    "template without a number": (event("TEMPLATESENDJOBFINISH", Status="success"), []),
    "one notice": (
        event("subscribe_msg_sent_event", SubscribeMsgSentEvent={"List": ONE_NOTICE}),
        [receipt(DELIVERED)],
    ),
    "two notices": (
        event(
            "subscribe_msg_sent_event",
            SubscribeMsgSentEvent={"List": [ONE_NOTICE, {**ONE_NOTICE, "ErrorCode": "43101"}]},
        ),
        [receipt(DELIVERED), receipt(FAILED, "vendor_failed")],
    ),
    "mass, all": (
        event(
            "MASSSENDJOBFINISH",
            MsgID=5,
            Status="send success",
            TotalCount=3,
            FilterCount=3,
            SentCount=3,
            ErrorCount=0,
        ),
        [Receipt(DELIVERED, AT, vendor_id="5")],
    ),
    "mass, some": (
        event(
            "MASSSENDJOBFINISH",
            MsgID=5,
            Status="send success",
            TotalCount=3,
            FilterCount=2,
            SentCount=2,
            ErrorCount=0,
        ),
        [],
    ),
    "mass, all left out": (
        event(
            "MASSSENDJOBFINISH",
            MsgID=5,
            Status="send success",
            TotalCount=3,
            FilterCount=0,
            SentCount=0,
            ErrorCount=0,
        ),
        [Receipt(FAILED, AT, vendor_id="5", reason="all_left_out")],
    ),
    "mass, refused for its words": (
        event(
            "MASSSENDJOBFINISH",
            MsgID=5,
            Status="err(10001)",
            TotalCount=3,
            FilterCount=3,
            SentCount=0,
            ErrorCount=3,
        ),
        [Receipt(FAILED, AT, vendor_id="5", reason="mass_err_10001")],
    ),
    "no in words": (text("退订"), [UNSUBSCRIBED]),
    "no, full width and spaced": (text(" ＴＤ。 "), [UNSUBSCRIBED]),
    "a sentence": (text("我不想退订"), []),
    "another subject": (text("取消订单"), []),
    "no in a sentence": (text("我要退订，谢谢"), [UNSUBSCRIBED]),
    "no, politely": (text("stop please"), [UNSUBSCRIBED]),
    "nobody": ({**text("退订"), "FromUserName": ""}, []),
}


@pytest.mark.parametrize("case", REPORTED)
def test_an_event_becomes_what_it_means(case: str) -> None:
    fields, expected = REPORTED[case]
    answer = said(fields, SAFE)
    assert (answer.status, answer.body, list(answer.reported)) == (200, b"success", expected)


@pytest.mark.parametrize("time_text", ["soon", "", None, 0, 10**20, "9" * 5000])
@pytest.mark.parametrize(
    "fields", [text("退订"), event("unsubscribe"), event("CLICK", EventKey="unsubscribe")]
)
def test_a_no_at_a_time_that_cannot_be_read_is_of_now(
    fields: dict[str, Any], time_text: object
) -> None:
    (withdrawal,) = said({**fields, "CreateTime": time_text}, SAFE).reported
    assert isinstance(withdrawal, Withdrawal)
    assert abs((withdrawal.occurred_at - datetime.now(UTC)).total_seconds()) < 60
    assert withdrawal.address_hash == HASH


@pytest.mark.parametrize("case", REPORTED)
def test_in_plain_mode_nothing_is_heard(case: str) -> None:
    """Its signature covers the address alone: with one that was seen, anybody could say anything of
    anybody.
    """
    answer = said(REPORTED[case][0], PLAIN)
    assert (answer.status, list(answer.reported)) == (403, [])
    assert b"SLUICE_WECHAT_CALLBACK_AES_KEY" in answer.body


def test_the_check_of_the_address_is_answered(sandbox: Sandbox) -> None:
    assert read_callback(config(), caller().check("echo-1", NOW)).body == b"echo-1"
    forged = read_callback(config(), Caller(APPID, "other").check("echo-1", NOW))
    assert (forged.status, forged.body) == (403, b"the signature is wrong")


def tampered(request: CallbackRequest, **query: str) -> CallbackRequest:
    return replace(request, query=urlencode({**dict(parse_qsl(request.query)), **query}))


FORGED: dict[str, tuple[str, CallbackRequest, int]] = {
    "no signature": (
        SAFE,
        replace(caller(AES_KEY).tell(text("退订"), NOW), query=f"timestamp={NOW}&nonce=1"),
        403,
    ),
    "no query": (SAFE, replace(caller(AES_KEY).tell(text("退订"), NOW), query=""), 403),
    "old": (SAFE, caller(AES_KEY).tell(text("退订"), NOW - 700), 403),
    "from tomorrow": (SAFE, caller(AES_KEY).tell(text("退订"), NOW + 700), 403),
    "another nonce": (SAFE, tampered(caller(AES_KEY).tell(text("退订"), NOW), nonce="0"), 403),
    "the address of another document": (
        SAFE,
        replace(
            caller(AES_KEY).tell(text("退订"), NOW), body=caller(AES_KEY).tell(text("TD"), NOW).body
        ),
        403,
    ),
    "safe: plain": (SAFE, caller().tell(text("退订"), NOW), 403),
    "safe: another token": (SAFE, Caller(APPID, "other", AES_KEY).tell(text("退订"), NOW), 403),
    "safe: another account": (SAFE, Caller("wx2", TOKEN, AES_KEY).tell(text("退订"), NOW), 400),
    "safe: another key": (SAFE, Caller(APPID, TOKEN, AES_KEY[::-1]).tell(text("退订"), NOW), 400),
    "safe: no message signature": (
        SAFE,
        tampered(caller(AES_KEY).tell(text("退订"), NOW), msg_signature=""),
        403,
    ),
    "no XML": (SAFE, replace(caller(AES_KEY).tell(text("退订"), NOW), body=b"{}"), 400),
    "an entity": (
        SAFE,
        replace(
            caller(AES_KEY).tell(text("退订"), NOW),
            body=b'<!DOCTYPE x [<!ENTITY a "b">]><xml>&a;</xml>',
        ),
        400,
    ),
    "too long": (
        SAFE,
        replace(
            caller(AES_KEY).tell(text("退订"), NOW),
            body=b"<xml>" + b" " * LARGEST_BYTES + b"</xml>",
        ),
        400,
    ),
}


@pytest.mark.parametrize("case", FORGED)
def test_nothing_is_heard_of_a_call_that_is_not_the_vendors(case: str) -> None:
    aes_key, request, status = FORGED[case]
    answer = read_callback(config(aes_key), request)
    assert (answer.status, list(answer.reported)) == (status, [])


def test_without_a_token_nobody_is_heard() -> None:
    unset = OfficialAccountConfig(appid=APPID, secret="s")
    assert read_callback(unset, Caller(APPID, "").tell(text("退订"), NOW)).status == 403


@pytest.mark.parametrize(
    ("said_text", "is_no"), [("别再发了！", True), ("NO MORE", True), ("退订", False)]
)
def test_the_words_are_a_setting(said_text: str, is_no: bool) -> None:
    answer = said(text(said_text), SAFE, unsubscribe_words=frozenset({"别再发了", "No more."}))
    assert list(answer.reported) == ([UNSUBSCRIBED] if is_no else [])


def test_a_key_that_is_cut_off_is_told_at_the_start_and_not_shown() -> None:
    with pytest.raises(
        ConfigurationError, match=r"SLUICE_WECHAT_CALLBACK_AES_KEY: .*43 characters"
    ) as error:
        config(AES_KEY[:40])
    assert AES_KEY[:40] not in str(error.value)


def test_an_old_call_is_heard_where_the_settings_say_so() -> None:
    request = caller(SAFE).tell(text("退订"), NOW - 700)
    assert read_callback(config(SAFE, callback_max_age_seconds=0), request).reported == [
        UNSUBSCRIBED
    ]


def test_the_vendors_own_library_reads_our_calls_and_is_read_by_us() -> None:
    from wechatpy import parse_message
    from wechatpy.crypto import WeChatCrypto

    query, body = _safe_call(text("退订"))
    theirs = WeChatCrypto(TOKEN, AES_KEY, APPID)
    found = parse_message(
        theirs.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
    )
    assert (found.source, found.content) == (WHO, "退订")
    document = f"<xml><FromUserName><![CDATA[{WHO}]]></FromUserName><CreateTime>{NOW}</CreateTime><MsgType>event</MsgType>"
    xml = theirs.encrypt_message(f"{document}<Event>unsubscribe</Event></xml>", "nonce1", str(NOW))
    signed = {
        "msg_signature": str(read_xml(xml)["MsgSignature"]),
        "timestamp": str(NOW),
        "nonce": "nonce1",
    }
    request = tampered(CallbackRequest("POST", "", "", {}, xml.encode()), **signed)
    assert read_callback(config(AES_KEY), request).reported == [UNFOLLOWED]


@pytest.mark.parametrize(
    "case",
    ["subscribe", "unsubscribe", "template, success", "template, blocked", "mass, all", "scan"],
)
def test_the_vendors_own_library_understands_our_events(case: str) -> None:
    from wechatpy import parse_message
    from wechatpy.utils import check_signature

    fields = REPORTED[case][0]
    request = caller().tell(fields, NOW)
    query = dict(pair.split("=") for pair in request.query.split("&"))
    check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
    found = parse_message(request.body.decode())
    assert (found.source, found.type, int(found.create_time.timestamp())) == (WHO, "event", NOW)
    assert type(found).__name__ != "UnknownMessage"


def test_what_was_sent_is_told_as_delivered_under_its_number(
    sandbox: Sandbox, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callback, "time", time)  # the sandbox signs when it calls
    account = wechat(sandbox).account
    account.allows(openid(2), NOTICE)
    account.blocked.add(openid(3))
    template, notices = client("wechat_template"), client("wechat_subscribe")
    results = [
        *template.send([message(1, "order_shipped", ORDER), message(3, "order_shipped", ORDER)]),
        *notices.send([message(2, "points_expire", POINTS)]),
    ]
    assert {result.outcome for result in results} == {Outcome.ACCEPTED}
    stated = [
        one
        for call in wechat(sandbox).callbacks()
        for one in read_callback(template.config, call).reported
    ]
    found = {one.vendor_id: one.state for one in stated if isinstance(one, Receipt)}
    assert [found[result.vendor_id] for result in results] == [DELIVERED, FAILED, DELIVERED]
    assert received(sandbox) == 2


def _safe_call(fields: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    request = caller(AES_KEY).tell(fields, NOW)
    return dict(parse_qsl(request.query)), request.body
