"""Aliyun, beyond the conformance suite: codes, what goes in one call, reconciliation, reports,
replies.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.addresses import address_hash
from sluice.activations.destinations.sms.aliyun.callback import read_callback
from sluice.activations.destinations.sms.aliyun.client import Aliyun, call_outcome
from sluice.activations.destinations.sms.aliyun.config import AliyunConfig
from sluice.activations.http.client import Answer
from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sandbox.web import Request
from sluice.models.delivery import DeliveryState, Outcome, Receipt, Withdrawal
from sluice.models.errors import ConfigurationError
from tests.activations.destinations.sms.sms_items import call, recorded, sms, texts


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=["aliyun"]) as sandbox:
        yield sandbox


def client(sandbox: Sandbox, **settings: Any) -> Aliyun:
    return Aliyun(AliyunConfig(**{**sandbox.endpoints()["aliyun"], **settings}))


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("OK", "accept"),
        ("isv.BUSINESS_LIMIT_CONTROL", "retry"),
        ("isv.MOBILE_NUMBER_ILLEGAL", "suppress"),
        ("isv.MOBILE_COUNT_OVER_LIMIT", "fail"),
        ("isv.SMS_TEMPLATE_ILLEGAL", "stop"),
        ("isv.SMS_SIGNATURE_ILLEGAL", "stop"),
        ("isv.TEMPLATE_MISSING_PARAMETERS", "stop"),
        ("isv.INVALID_JSON_PARAM", "fail"),
        ("isv.INVALID_PARAMETERS", "fail"),
        ("isv.OUT_OF_SERVICE", "stop"),
        ("isv.AMOUNT_NOT_ENOUGH", "stop"),
        ("isv.ACCOUNT_NOT_EXISTS", "stop"),
        ("isv.ACCOUNT_ABNORMAL", "stop"),
        ("isv.PRODUCT_UN_SUBSCRIPT", "stop"),
        ("isv.BLACK_KEY_CONTROL_LIMIT", "fail"),
        ("isv.PARAM_LENGTH_LIMIT", "fail"),
        ("isv.PARAM_NOT_SUPPORT_URL", "fail"),
        ("isp.RAM_PERMISSION_DENY", "stop"),
        ("isp.SYSTEM_ERROR", "ask"),
        ("SignatureDoesNotMatch", "stop"),
        ("SignatureNonceUsed", "retry"),
        ("InvalidTimeStamp.Expired", "stop"),
        ("InvalidAccessKeyId.NotFound", "stop"),
        ("Throttling.User", "retry"),
        ("ServiceUnavailable", "retry"),
        ("InternalError", "ask"),
        ("isv.SOMETHING_NEW", "fail"),
    ],
)
def test_every_code_has_its_outcome(code: str, action: str) -> None:
    code_outcome, reason, _ = call_outcome(
        Answer(Outcome.ACCEPTED, None, 200, {"Code": code, "Message": "13800000001"})
    )
    assert code_outcome.action == action
    assert reason == (None if code == "OK" else code)


def test_one_template_is_one_call_and_each_recipient_reads_their_own(sandbox: Sandbox) -> None:
    items = [
        sms(1, order_number="A1"),
        sms(2, order_number="B2"),
        sms(3, template="win_back_coupon"),
    ]
    with recorded(sandbox, "aliyun") as calls:
        results = client(sandbox).send(items)
    assert [request.headers["x-acs-action"] for request, _ in calls] == ["SendBatchSms", "SendSms"]
    assert {r.outcome for r in results} == {Outcome.ACCEPTED}
    assert texts(sandbox, "aliyun") == [
        ("+8613800000001", "示例商店", "您的订单A1已由顺丰发出，运单号SF1234567，请留意查收。"),
        ("+8613800000002", "示例商店", "您的订单B2已由顺丰发出，运单号SF1234567，请留意查收。"),
        (
            "+8613800000003",
            "示例商店",
            "好久不见！送您50元优惠券，7月31日前有效，打开小程序即可使用。拒收请回复R",
        ),
    ]


def test_two_messages_to_one_number_are_two_calls(sandbox: Sandbox) -> None:
    items = [sms(1), sms(2), sms(3, "+8613800000001", order_number="C3")]
    with recorded(sandbox, "aliyun") as calls:
        client(sandbox).send(items)
    assert [request.headers["x-acs-action"] for request, _ in calls] == ["SendBatchSms", "SendSms"]


def test_who_is_at_fault_in_a_batch_is_found_and_suppressed(sandbox: Sandbox) -> None:
    items = [sms(n) for n in range(1, 30)] + [sms(30, "+8613800090404"), sms(31, "+8613800090403")]
    results = {r.delivery_id: r for r in client(sandbox).send(items)}
    assert [r.delivery_id for r in results.values() if r.outcome is not Outcome.ACCEPTED] == [
        30,
        31,
    ]
    assert (results[30].reason, results[30].suppress) == ("isv.MOBILE_NUMBER_ILLEGAL", True)
    assert (results[31].reason, results[31].suppress) == ("isv.BLACK_KEY_CONTROL_LIMIT", False)
    assert len(texts(sandbox, "aliyun")) == 29


def test_fifty_first_of_a_day_waits(sandbox: Sandbox) -> None:
    vendor: Any = sandbox.servers["aliyun"].vendor
    key, now = ("示例商店", "SMS_460000001", "+8613800000001"), sandbox.clock.now()
    for _ in range(50):
        vendor.limit.count(*key, now=now)
    results = client(sandbox).send([sms(1), sms(2)])
    assert [(r.outcome, r.reason) for r in results] == [
        (Outcome.RETRY, "isv.BUSINESS_LIMIT_CONTROL"), (Outcome.ACCEPTED, None),
    ]  # fmt: skip
    assert results[0].retry_after_seconds == 43_200
    assert not vendor.limit.is_reached(*key, now=now + timedelta(days=1))


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (sms(1, "+86138"), "invalid_number"),
        (sms(1, "13800000001"), "invalid_number"),
        (sms(1, "+862162345678"), "no_mobile"),
        (sms(1, "+85251234567"), "no_vendor_template"),
        (sms(1, carrier="x" * 36), "variable_too_long"),
        (sms(1, carrier=""), "empty_variable"),
        (sms(1, carrier="http://a.cn/x"), "link_in_variable"),
        (sms(1, order_number="单" * 35, carrier="顺" * 35, tracking_number="S" * 35), "too_long"),
        (sms(1, template="no_such_template"), "template_error"),
    ],
)
def test_what_would_be_refused_is_not_sent(sandbox: Sandbox, message: Any, reason: str) -> None:
    aliyun = client(sandbox, max_segments=1 if reason == "too_long" else 5)
    with recorded(sandbox, "aliyun") as calls:
        (result,) = aliyun.send([message])
    assert (result.outcome, result.reason, calls) == (Outcome.FAILED, reason, [])


def ask(
    sandbox: Sandbox, items: list[Any], claimed_at: datetime, **settings: Any
) -> list[tuple[Outcome, str | None]]:
    found = client(sandbox, **settings).reconcile(
        items, {item.delivery_id: claimed_at for item in items}
    )
    return [(one.outcome, one.reason) for one in found]


def test_lost_answer_is_found_by_asking(sandbox: Sandbox) -> None:
    items, now = [sms(1), sms(2, order_number="B2")], datetime.now(UTC)
    sandbox.faults.http.append("drop_after_accept")
    assert {r.outcome for r in client(sandbox).send(items)} == {Outcome.UNKNOWN}
    assert ask(sandbox, items, now) == [(Outcome.ACCEPTED, None)] * 2
    assert ask(sandbox, [sms(3)], now) == [(Outcome.UNKNOWN, "too_early_to_tell")]
    assert ask(sandbox, [sms(3)], now - timedelta(hours=1)) == [(Outcome.RETRY, "never_arrived")]


def test_what_looks_alike_is_not_taken_for_it(sandbox: Sandbox) -> None:
    """Of two messages to a number, one arrived in a batch: the outcome of the other is unknown. One that
    OutId names is another's.
    """
    long_ago = datetime.now(UTC) - timedelta(minutes=11)
    client(sandbox).send([sms(1), sms(2)])
    assert ask(sandbox, [sms(9, "+8613800000001", order_number="Z9")], long_ago) == [
        (Outcome.UNKNOWN, "similar_message_found")
    ]
    client(sandbox).send([sms(5)])
    assert ask(sandbox, [sms(8, "+8613800000005", order_number="Z9")], long_ago) == [
        (Outcome.RETRY, "never_arrived")
    ]


def test_many_records_are_read_to_the_end(sandbox: Sandbox) -> None:
    aliyun, now = client(sandbox), datetime.now(UTC)
    aliyun.send([sms(1)])
    for template in ("SMS_a", "SMS_b"):
        source = json.dumps({"template": template, "out_id": "7", "sent_at": now.isoformat()})
        for _ in range(40):
            sandbox.store.add_received(
                "aliyun", "sms", "+8613800000001", "x", title="示例商店", key="7", source=source
            )
    assert ask(sandbox, [sms(1)], now) == [(Outcome.ACCEPTED, None)]


def test_nothing_is_concluded_when_records_cannot_be_read(sandbox: Sandbox) -> None:
    sandbox.faults.http.append("500")
    assert ask(sandbox, [sms(1)], datetime.now(UTC) - timedelta(hours=2)) == [
        (Outcome.UNKNOWN, "no_records")
    ]


CONFIG = AliyunConfig(
    access_key_id="id",
    access_key_secret="s",
    signature="商店",
    callback_token="sandbox-callback-token",
)
REPORT = {
    "phone_number": "13800000001", "send_time": "2026-11-25 10:00:00", "report_time": "2026-11-25 10:00:09", "success": True,
    "err_code": "DELIVERED", "err_msg": "用户接收成功", "sms_size": "1", "biz_id": "900619746936498440^0", "out_id": "77",
}  # fmt: skip


def test_reports_are_receipts() -> None:
    batch = {**REPORT, "success": False, "err_code": "MK:0001", "out_id": "batch:5"}
    answer = read_callback(CONFIG, call(json.dumps([REPORT, batch, "broken", {}]).encode()))
    hashed, at = address_hash("sms", "+8613800000001"), datetime(2026, 11, 25, 2, 0, 9, tzinfo=UTC)
    assert answer.reported == [
        Receipt(DeliveryState.DELIVERED, at, 77, "900619746936498440^0"),
        Receipt(DeliveryState.BOUNCED, at, None, "900619746936498440^0", hashed, "MK:0001", True),
    ]
    assert json.loads(answer.body) == {"code": 0, "msg": "接收成功"}


def test_reply_that_says_no_is_a_withdrawal() -> None:
    replies = [
        {
            "phone_number": "13800000001",
            "send_time": "2026-11-25 10:00:00",
            "content": " ｔｄ ",
            "dest_code": "1",
            "sign_name": "商店",
        },
        {
            "phone_number": "13800000002",
            "send_time": "2026-11-25 10:00:00",
            "content": "谢谢",
            "dest_code": "1",
        },
    ]
    at = datetime(2026, 11, 25, 2, tzinfo=UTC)
    reported = read_callback(CONFIG, call(json.dumps(replies).encode())).reported
    assert reported == [
        Withdrawal("sms", address_hash("sms", "+8613800000001"), at, "replied_stop")
    ]


@pytest.mark.parametrize(
    ("body", "query", "status"),
    [(b"[]", "token=wrong", 403), (b"[]", "", 403), (b"{", "token=sandbox-callback-token", 400)],
)
def test_call_that_is_not_aliyuns_is_not_heard(body: bytes, query: str, status: int) -> None:
    answer = read_callback(CONFIG, call(body, query))
    assert (answer.status, answer.reported) == (status, ())


def test_without_a_token_nothing_is_heard() -> None:
    config = AliyunConfig(access_key_id="id", access_key_secret="s", signature="商店")
    assert read_callback(config, call(json.dumps([REPORT]).encode(), "token=")).status == 403


def test_missing_settings_name_the_variables() -> None:
    with pytest.raises(
        ConfigurationError, match=r"SLUICE_ALIYUN_SIGNATURE=商店 SLUICE_ALIYUN_ACCESS_KEY_ID=LTAI"
    ):
        AliyunConfig()


def replayed(sandbox: Sandbox, request: Request, **headers: str) -> Any:
    return (
        sandbox.servers["aliyun"]
        .vendor.handle(
            Request("POST", "/", request.raw_query, {**request.headers, **headers}, request.body)
        )
        .body["Code"]
    )


def test_sandbox_checks_signature_clock_and_nonce(sandbox: Sandbox) -> None:
    with recorded(sandbox, "aliyun") as calls:
        client(sandbox).send([sms(1)])
    request = calls[0][0]
    assert replayed(sandbox, request) == "SignatureNonceUsed"
    assert (
        replayed(sandbox, request, **{"x-acs-date": "2026-01-01T00:00:00Z"})
        == "SignatureDoesNotMatch"
    )
    sandbox.clock.set(datetime.now(UTC) + timedelta(minutes=16))
    assert replayed(sandbox, request) == "InvalidTimeStamp.Expired"
    assert client(sandbox).send([sms(2)])[0].outcome is Outcome.RETRY
    assert len(texts(sandbox, "aliyun")) == 1
