"""The vendors' own clients and ours, against the same simulated vendors: equal in all that a vendor
checks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from sluice.activations.destinations.registry import build
from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sandbox.signatures import signed_names
from sluice.activations.sandbox.web import Reply, Request
from tests.activations.destinations.sms.sms_items import recorded, sms


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=["aliyun", "tencent", "twilio"]) as sandbox:
        yield sandbox


def client(name: str, sandbox: Sandbox) -> Any:
    return build(name, sandbox.endpoints())


def test_sdk_of_aliyun_sends_the_same(sandbox: Sandbox) -> None:
    """The vendor's own client and ours, against the same simulated vendor: equal in all that is
    checked.
    """
    dysms = pytest.importorskip(
        "alibabacloud_dysmsapi20170525.client", reason="needs the extra `vendors`"
    )
    models = pytest.importorskip("alibabacloud_dysmsapi20170525.models")
    from alibabacloud_tea_openapi.models import Config

    settings = sandbox.endpoints()["aliyun"]
    sdk = dysms.Client(
        Config(
            access_key_id=settings["access_key_id"],
            access_key_secret=settings["access_key_secret"],
            endpoint=urlsplit(settings["url"]).netloc,
            protocol="HTTP",
        )
    )
    odd = "张三 A&B+~*"
    values = [{"order": n, "carrier": odd, "tracking": "SF1234567"} for n in ("A1", "B2", "C3")]
    numbers = [f"1380000000{n}" for n in (1, 2, 3)]
    ours = [sms(n, order_number=value["order"], carrier=odd) for n, value in enumerate(values, 1)]
    with recorded(sandbox, "aliyun") as theirs:
        sdk.send_sms(
            models.SendSmsRequest(
                phone_numbers=numbers[0],
                sign_name="示例商店",
                template_code="SMS_460000001",
                out_id="1",
                template_param=json.dumps(values[0], ensure_ascii=False, separators=(",", ":")),
            )
        )
        sdk.send_batch_sms(
            models.SendBatchSmsRequest(
                phone_number_json=json.dumps(numbers[1:], separators=(",", ":")),
                template_code="SMS_460000001",
                out_id="batch:2",
                sign_name_json=json.dumps(
                    ["示例商店"] * 2, ensure_ascii=False, separators=(",", ":")
                ),
                template_param_json=json.dumps(
                    values[1:], ensure_ascii=False, separators=(",", ":")
                ),
            )
        )
        day = datetime.now(UTC).strftime("%Y%m%d")
        query = models.QuerySendDetailsRequest(
            phone_number=numbers[0], send_date=day, page_size=50, current_page=1
        )
        sdk.query_send_details(query)
    with recorded(sandbox, "aliyun") as calls:
        aliyun = client("aliyun", sandbox)
        aliyun.send(ours[:1])
        aliyun.send(ours[1:])
        aliyun._records(numbers[0], day)
    assert [checked_by_aliyun(*one) for one in calls] == [checked_by_aliyun(*one) for one in theirs]
    assert {reply.body["Code"] for _, reply in theirs} == {"OK"}


def checked_by_aliyun(request: Request, reply: Any) -> Any:
    """What the vendor checks of a call, but for what must differ (time, nonce, signature)."""
    kept = {
        name: value
        for name, value in request.headers.items()
        if name in {"host", "x-acs-action", "x-acs-version"}
    }
    signed = set(signed_names(request.headers["authorization"])) & {
        "host",
        "content-type",
        *(n for n in request.headers if n[:6] == "x-acs-"),
    }
    signed -= {"x-acs-credentials-provider"}
    return (
        request.method,
        request.path,
        request.query,
        request.form,
        kept,
        signed,
        reply.status,
        reply.body["Code"],
    )


def test_sdk_of_tencent_sends_the_same(sandbox: Sandbox) -> None:
    """The vendor's own client and ours, against the same simulated vendor: equal in all that is
    checked.
    """
    sms_client = pytest.importorskip(
        "tencentcloud.sms.v20210111.sms_client", reason="needs the extra `vendors`"
    )
    models = pytest.importorskip("tencentcloud.sms.v20210111.models")
    from tencentcloud.common.credential import Credential
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile

    settings = sandbox.endpoints()["tencent"]
    profile = ClientProfile(
        httpProfile=HttpProfile(protocol="http", endpoint=urlsplit(settings["url"]).netloc)
    )
    sdk = sms_client.SmsClient(
        Credential(settings["secret_id"], settings["secret_key"]), "ap-guangzhou", profile
    )
    request = models.SendSmsRequest()
    request.PhoneNumberSet, request.SmsSdkAppId, request.TemplateId = (
        ["+8613800000001"],
        settings["app_id"],
        "2100001",
    )
    request.SignName, request.TemplateParamSet, request.SessionContext = (
        "示例商店",
        ["A1", "顺丰&+~*", "234567"],
        "1",
    )
    with recorded(sandbox, "tencent") as theirs:
        sdk.SendSms(request)
    with recorded(sandbox, "tencent") as calls:
        client("tencent", sandbox).send([sms(1, order_number="A1", carrier="顺丰&+~*")])
    assert [checked_by_tencent(*one) for one in calls] == [
        checked_by_tencent(*one) for one in theirs
    ]
    assert "Error" not in theirs[0][1].body["Response"]


def checked_by_tencent(request: Request, reply: Reply) -> Any:
    """What the vendor checks of a call, but for what must differ (time, signature)."""
    names = {"host", "content-type", "x-tc-action", "x-tc-version", "x-tc-region"}
    kept = {name: value for name, value in request.headers.items() if name in names}
    signed = request.headers["authorization"].partition("Signature=")[0]
    return (
        request.method,
        request.path,
        request.raw_query,
        json.loads(request.body),
        kept,
        signed,
        list(reply.body["Response"]),
    )


def test_sdk_of_twilio_sends_the_same(sandbox: Sandbox) -> None:
    """The vendor's own client and ours, against the same simulated vendor: equal in all that is
    checked.
    """
    rest = pytest.importorskip("twilio.rest", reason="needs the extra `vendors`")
    from twilio.http.http_client import TwilioHttpClient

    settings = sandbox.endpoints()["twilio"]

    class ToSandbox(TwilioHttpClient):  # type: ignore[misc]
        def request(self, method: str, url: str, **options: Any) -> Any:
            return super().request(
                method, url.replace("https://api.twilio.com", settings["url"]), **options
            )

    sdk = rest.Client(settings["account_sid"], settings["auth_token"], http_client=ToSandbox())
    odd = "顺丰 A&B+~* 🌸"
    with recorded(sandbox, "twilio") as theirs:
        sdk.messages.create(
            to="+8613800000001",
            messaging_service_sid=settings["sender"],
            status_callback="https://shop.example/callbacks/twilio?delivery=1",
            body=f"您的订单A1已由{odd}发出，运单号SF1234567，请留意查收。",
        )
    with recorded(sandbox, "twilio") as calls:
        client("twilio", sandbox).send([sms(1, order_number="A1", carrier=odd)])
    assert [checked_by_twilio(*one) for one in calls] == [checked_by_twilio(*one) for one in theirs]
    assert theirs[0][1].status == 201


def checked_by_twilio(request: Request, reply: Reply) -> Any:
    """What the vendor checks of a call."""
    names = {"host", "content-type", "authorization"}
    kept = {name: value for name, value in request.headers.items() if name in names}
    return request.method, request.path, request.raw_query, request.form, kept, reply.status
