"""Tencent, beyond the conformance suite: codes, what goes in one call, hours, reports, replies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.addresses import address_hash
from sluice.activations.destinations.sms.tencent.callback import read_callback
from sluice.activations.destinations.sms.tencent.client import Tencent, call_outcome
from sluice.activations.destinations.sms.tencent.config import TencentConfig
from sluice.activations.destinations.sms.tencent.mapping import TencentSms, results
from sluice.activations.http.client import Answer
from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sandbox.web import Request
from sluice.models.delivery import DeliveryState, Message, Outcome, Receipt, Withdrawal
from tests.activations.destinations.sms.sms_items import call, recorded, sms, texts

NOON, MIDNIGHT = (
    datetime(2026, 11, 25, 4, tzinfo=UTC),
    datetime(2026, 11, 25, 16, tzinfo=UTC),
)  # in China


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=["tencent"]) as sandbox:
        yield sandbox


def client(sandbox: Sandbox, **settings: Any) -> Tencent:
    return Tencent(TencentConfig(**{**sandbox.endpoints()["tencent"], **settings}))


CODES = [
    ("FailedOperation.MarketingSendTimeConstraint", "retry"),
    ("InvalidParameterValue.MarketingTemplateWithoutUnsubscribe", "stop"),
    ("FailedOperation.PhoneNumberInBlacklist", "opt_out"),
    ("FailedOperation.InsufficientBalanceInSmsPackage", "stop"),
    ("FailedOperation.TemplateParamSetNotMatchApprovedTemplate", "stop"),
    ("FailedOperation.SignatureIncorrectOrUnapproved", "stop"),
    ("FailedOperation.ContainSensitiveWord", "fail"),
    ("LimitExceeded.DeliveryFrequencyLimit", "retry"),
    ("LimitExceeded.PhoneNumberThirtySecondLimit", "retry"),
    ("LimitExceeded.PhoneNumberOneHourLimit", "retry"),
    ("LimitExceeded.PhoneNumberDailyLimit", "retry"),
    ("LimitExceeded.PhoneNumberSameContentDailyLimit", "retry"),
    ("LimitExceeded.PhoneNumberCountLimit", "fail"),
    ("InvalidParameterValue.IncorrectPhoneNumber", "suppress"),
    ("InvalidParameterValue.ProhibitedUseUrlInTemplateParameter", "fail"),
    ("UnauthorizedOperation.RequestIpNotInWhitelist", "stop"),
    ("UnauthorizedOperation.ServiceSuspendDueToArrears", "stop"),
    ("UnauthorizedOperation.SmsSdkAppIdVerifyFail", "stop"),
    ("UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber", "fail"),
    ("InternalError.Timeout", "ask"),
    ("InternalError.SendAndRecvFail", "ask"),
    ("InternalError.RequestTimeException", "stop"),
    ("InternalError.UnknownError", "ask"),
    ("AuthFailure.SignatureFailure", "stop"),
    ("AuthFailure.SecretIdNotFound", "stop"),
    ("RequestLimitExceeded", "retry"),
    ("LimitExceeded.SomethingNew", "retry"),
    ("InvalidParameter", "fail"),
]
OUTCOMES = {"retry": Outcome.RETRY, "stop": Outcome.RETRY, "ask": Outcome.UNKNOWN}


@pytest.mark.parametrize(("code", "action"), CODES)
def test_every_code_has_its_outcome(code: str, action: str) -> None:
    """Whether it comes for a call, or for a recipient."""
    failed = call_outcome(
        Answer(
            Outcome.ACCEPTED,
            None,
            200,
            {"Response": {"Error": {"Code": code, "Message": "+8613800000001"}}},
        )
    )
    assert failed is not None
    assert (failed[0].action, failed[1]) == (action, code)
    (result,) = results(
        [TencentSms(1, "+8613800000001", "mainland", "1", ())],
        [{"PhoneNumber": "+8613800000001", "Code": code}],
    )
    assert (result.outcome, result.reason) == (OUTCOMES.get(action, Outcome.FAILED), code)
    assert result.suppress == (action in {"suppress", "opt_out"})
    assert result.suppress_reason == ("unsubscribed" if action == "opt_out" else "bounced")


def test_codes_of_the_table_are_those_of_the_sdk() -> None:
    """No code is in the table, and never met, by a slip of the pen."""
    codes = pytest.importorskip(
        "tencentcloud.sms.v20210111.errorcodes", reason="needs the extra `vendors`"
    )
    from sluice.activations.destinations.sms.tencent.outcomes import CODES, FAMILIES

    listed = {value for name, value in vars(codes).items() if name.isupper()}
    common = {"Ok", "RequestLimitExceeded", "ResourceUnavailable"}
    assert set(CODES) - common <= listed
    assert len(listed) == 94
    assert set(FAMILIES) - {"AuthFailure", "RequestLimitExceeded"} <= {
        code.partition(".")[0] for code in listed
    }


def test_a_call_is_what_shares_template_area_and_variables(sandbox: Sandbox) -> None:
    sandbox.clock.set(datetime.now(UTC))
    items = [
        sms(1),
        sms(2),
        sms(3, order_number="7777777"),
        sms(4, "+85251234567", language="en"),
        sms(5, "+8613800000001"),
    ]
    with recorded(sandbox, "tencent") as calls:
        found = client(sandbox).send(items)
    assert [json.loads(request.body)["PhoneNumberSet"] for request, _ in calls] == [
        ["+8613800000001", "+8613800000002"], ["+8613800000003"], ["+85251234567"], ["+8613800000001"],
    ]  # fmt: skip
    assert {r.outcome for r in found} == {Outcome.ACCEPTED}
    assert len({r.vendor_id for r in found}) == 5
    assert [text for _, _, text in texts(sandbox, "tencent")][2:4] == [
        "您尾号777777的订单已由顺丰发出，运单尾号234567，请留意查收。",
        "Your order ending in 125001 is on its way with 顺丰, tracking number ending in 234567.",
    ]


def test_one_number_that_said_no_does_not_disturb_the_call(sandbox: Sandbox) -> None:
    found = {
        r.delivery_id: r for r in client(sandbox).send([sms(1), sms(2, "+8613800090403"), sms(3)])
    }
    assert (found[2].outcome, found[2].suppress) == (Outcome.FAILED, True)
    assert {found[1].outcome, found[3].outcome} == {Outcome.ACCEPTED}


def marketing_at(sandbox: Sandbox, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> Any:
    class Then(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return moment

    monkeypatch.setattr("sluice.activations.destinations.sms.tencent.client.datetime", Then)
    sandbox.clock.set(moment)
    return client(sandbox).send([sms(1, template="win_back_coupon")])[0]


def test_marketing_waits_for_the_day(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    at_night = marketing_at(sandbox, MIDNIGHT, monkeypatch)
    assert (at_night.outcome, at_night.reason) == (
        Outcome.RETRY,
        "FailedOperation.MarketingSendTimeConstraint",
    )
    assert at_night.retry_after_seconds == 3600
    assert marketing_at(sandbox, NOON, monkeypatch).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (sms(1, carrier="顺丰速运有限公司"), None),  # the template cuts it to 6
        (sms(1, template="win_back_coupon", valid_until="2026-12-31"), "variable_too_long"),
        (sms(1, carrier="a.cn"), "link_in_variable"),
        (sms(1, "+8613"), "invalid_number"),
    ],
)
def test_what_would_be_refused_is_not_sent(
    sandbox: Sandbox, message: Message, reason: str | None
) -> None:
    assert client(sandbox).send([message])[0].reason == reason
    assert len(texts(sandbox, "tencent")) == (1 if reason is None else 0)


CONFIG = TencentConfig(
    secret_id="i",
    secret_key="k",
    app_id="1",
    signature="商店",
    callback_token="sandbox-callback-token",
)
REPORT = {
    "user_receive_time": "2026-11-25 10:00:09", "nationcode": "86", "mobile": "13800000001", "report_status": "SUCCESS",
    "errmsg": "DELIVRD", "description": "用户短信送达成功", "sid": "5000:1045710669157053657849499619",
}  # fmt: skip


def test_reports_are_receipts() -> None:
    failed = {**REPORT, "report_status": "FAIL", "errmsg": "MK:0001", "mobile": "+8613800000002"}
    answer = read_callback(CONFIG, call(json.dumps([REPORT, failed, 7, {"mobile": "1"}]).encode()))
    at, sid = datetime(2026, 11, 25, 2, 0, 9, tzinfo=UTC), REPORT["sid"]
    assert answer.reported == [
        Receipt(DeliveryState.DELIVERED, at, None, sid, address_hash("sms", "+8613800000001")),
        Receipt(
            DeliveryState.BOUNCED,
            at,
            None,
            sid,
            address_hash("sms", "+8613800000002"),
            "MK:0001",
            True,
        ),
    ]
    assert json.loads(answer.body) == {"result": 0, "errmsg": "OK"}


def test_reply_that_says_no_is_a_withdrawal() -> None:
    reply = {
        "extend": "01",
        "mobile": "13800000001",
        "nationcode": "86",
        "sign": "商店",
        "text": "拒收",
        "time": 1795600000,
    }
    reported = read_callback(CONFIG, call(json.dumps(reply).encode())).reported
    at = datetime.fromtimestamp(1795600000, UTC)
    assert reported == [
        Withdrawal("sms", address_hash("sms", "+8613800000001"), at, "replied_stop")
    ]
    assert (
        read_callback(CONFIG, call(json.dumps({**reply, "text": "好的"}).encode())).reported == []
    )


@pytest.mark.parametrize(
    ("body", "query", "status"),
    [(b"[]", "token=wrong", 403), (b"[]", "", 403), (b"{", "token=sandbox-callback-token", 400)],
)
def test_call_that_is_not_tencents_is_not_heard(body: bytes, query: str, status: int) -> None:
    answer = read_callback(CONFIG, call(body, query))
    assert (answer.status, answer.reported) == (status, ())


def code_of(sandbox: Sandbox, request: Request, **headers: str) -> Any:
    changed = Request("POST", "/", "", {**request.headers, **headers}, request.body)
    return (
        sandbox.servers["tencent"]
        .vendor.handle(changed)
        .body["Response"]
        .get("Error", {})
        .get("Code")
    )


def test_sandbox_checks_signature_and_clock(sandbox: Sandbox) -> None:
    with recorded(sandbox, "tencent") as calls:
        client(sandbox).send([sms(1)])
    request = calls[0][0]
    assert code_of(sandbox, request) is None
    assert (
        code_of(sandbox, request, host="sms.tencentcloudapi.com") == "AuthFailure.SignatureFailure"
    )
    assert (
        code_of(sandbox, Request("POST", "/", "", request.headers, b"{}"))
        == "AuthFailure.SignatureFailure"
    )
    sandbox.clock.set(datetime.now(UTC) + timedelta(minutes=11))
    assert code_of(sandbox, request) == "InternalError.RequestTimeException"
    assert client(sandbox).send([sms(2)])[0].outcome is Outcome.RETRY


def test_sandbox_takes_200_numbers_a_call(sandbox: Sandbox) -> None:
    tencent = client(sandbox)
    body = {"PhoneNumberSet": [f"+8613800{n:06d}" for n in range(201)], "SmsSdkAppId": "1400006666"}
    assert (
        tencent._call("SendSms", body).body["Response"]["Error"]["Code"]
        == "LimitExceeded.PhoneNumberCountLimit"
    )
