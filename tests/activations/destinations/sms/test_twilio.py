"""Twilio, beyond the conformance suite: codes, bodies, signed calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from sluice.activations.addresses import address_hash
from sluice.activations.destinations.base import CallbackRequest
from sluice.activations.destinations.sms.twilio.callback import read_callback, signature
from sluice.activations.destinations.sms.twilio.client import Twilio
from sluice.activations.destinations.sms.twilio.config import TwilioConfig
from sluice.activations.destinations.sms.twilio.mapping import to_result
from sluice.activations.http.client import Answer
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import DeliveryState, Outcome
from tests.activations.destinations.sms.sms_items import sms, texts


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=["twilio"]) as sandbox:
        yield sandbox


def client(sandbox: Sandbox, **settings: Any) -> Twilio:
    return Twilio(TwilioConfig(**{**sandbox.endpoints()["twilio"], **settings}))


@pytest.mark.parametrize(
    ("status", "code", "outcome", "suppress"),
    [
        (400, 21610, Outcome.FAILED, True),
        (400, 21211, Outcome.FAILED, True),
        (400, 21614, Outcome.FAILED, True),
        (400, 21408, Outcome.FAILED, False),
        (400, 21612, Outcome.FAILED, False),
        (400, 30003, Outcome.FAILED, False),
        (400, 30007, Outcome.FAILED, False),
        (400, 21602, Outcome.FAILED, False),
        (400, 21617, Outcome.FAILED, False),
        (401, 20003, Outcome.RETRY, False),
        (403, 20005, Outcome.RETRY, False),
        (404, 20404, Outcome.RETRY, False),
        (400, 21603, Outcome.RETRY, False),
        (400, 21606, Outcome.RETRY, False),
        (400, 21609, Outcome.RETRY, False),
        (429, 20429, Outcome.RETRY, False),
        (429, 429, Outcome.RETRY, False),
        (400, 99999, Outcome.FAILED, False),
        (500, 20500, Outcome.UNKNOWN, False),
        (503, None, Outcome.RETRY, False),
        (400, None, Outcome.FAILED, False),
        (401, None, Outcome.RETRY, False),
    ],
)
def test_every_code_has_its_outcome(
    status: int, code: int | None, outcome: Outcome, suppress: bool
) -> None:
    transport = Outcome.RETRY if status in {429, 500, 503} else Outcome.FAILED
    body = {"code": code, "message": "+14155550100 is wrong", "status": status} if code else None
    result = to_result(1, Answer(transport, f"http_{status}", status, body))
    assert (result.outcome, result.suppress) == (outcome, suppress)
    assert result.reason == (str(code) if code and status != 500 else f"http_{status}")


def test_body_is_in_the_language_and_signed_where_a_signature_is_set(sandbox: Sandbox) -> None:
    client(sandbox).send(
        [sms(1, "+14155550100", "win_back_coupon", "en", full_name="Ann", valid_until="31 July")]
    )
    client(sandbox, signature="商店").send([sms(2)])
    assert texts(sandbox, "twilio") == [
        (
            "+14155550100",
            "",
            (
                "Ann, we have missed you! Here is a coupon of 50 yuan, valid until 31 July. Reply"
                " STOP to opt out"
            ),
        ),
        (
            "+8613800000002",
            "",
            "【商店】您的订单20261125001已由顺丰发出，运单号SF1234567，请留意查收。",
        ),
    ]


def test_marketing_to_china_says_no_in_chinese(sandbox: Sandbox) -> None:
    found = client(sandbox).send(
        [sms(1, template="win_back_coupon", language="en"), sms(2, template="win_back_coupon")]
    )
    assert [(r.outcome, r.reason) for r in found] == [
        (Outcome.FAILED, "no_opt_out_text"),
        (Outcome.ACCEPTED, None),
    ]


def test_number_that_opted_out_is_suppressed(sandbox: Sandbox) -> None:
    (result,) = client(sandbox).send([sms(1, "+8613800090403")])
    assert (result.outcome, result.reason, result.suppress) == (Outcome.FAILED, "21610", True)
    assert result.suppress_reason == "unsubscribed"


CONFIG = TwilioConfig(
    account_sid="AC1",
    auth_token="12345",
    sender="MG1",
    callback_url="https://shop.example/callbacks/twilio",
)


def test_signature_is_that_of_the_documentation() -> None:
    form = {
        "CallSid": ["CA1234567890ABCDE"], "Caller": ["+14158675310"], "Digits": ["1234"], "From": ["+14158675310"],
        "To": ["+18005551212"],
    }  # fmt: skip
    assert (
        signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form)
        == "GvWf1cFY/Q7PnoempGyD5oXAezc="
    )


def twilio_call(
    url: str = "https://shop.example/callbacks/twilio?delivery=77",
    signed_url: str = "",
    **form: str,
) -> CallbackRequest:
    """A call as Twilio makes it: signed by its own SDK."""
    validator = pytest.importorskip(
        "twilio.request_validator", reason="needs the extra `vendors`"
    ).RequestValidator("12345")
    headers = {"x-twilio-signature": validator.compute_signature(signed_url or url, form)}
    return CallbackRequest("POST", url, urlsplit(url).query, headers, urlencode(form).encode())


@pytest.mark.parametrize(
    ("status", "code", "state", "reason", "suppress"),
    [
        ("delivered", "", DeliveryState.DELIVERED, None, False),
        ("undelivered", "30003", DeliveryState.BOUNCED, "30003", False),
        ("undelivered", "30007", DeliveryState.BOUNCED, "30007", False),
        ("undelivered", "30005", DeliveryState.BOUNCED, "30005", True),
        ("failed", "", DeliveryState.FAILED, "failed", False),
        ("failed", "+14155550100", DeliveryState.FAILED, "unlisted_code", False),
    ],
)
def test_final_status_is_a_receipt(
    status: str, code: str, state: DeliveryState, reason: str | None, suppress: bool
) -> None:
    request = twilio_call(
        MessageSid="SM1",
        MessageStatus=status,
        ErrorCode=code,
        To="+8613800000001",
        NewField="x y&z",
    )
    (receipt,) = read_callback(CONFIG, request).reported
    found: Any = receipt
    assert (found.state, found.delivery_id, found.vendor_id) == (state, 77, "SM1")
    assert (found.reason, found.suppress, found.address_hash) == (reason, suppress, None)
    assert datetime.now(UTC) - found.occurred_at < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("status", "event_type"),
    [
        ("queued", "sms_processed"),
        ("sending", "sms_processed"),
        ("sent", "sms_handed_over"),
        ("something_new", None),
    ],
)
def test_status_on_the_way_is_an_event_and_no_receipt(status: str, event_type: str | None) -> None:
    answer = read_callback(CONFIG, twilio_call(MessageSid="SM1", MessageStatus=status))
    assert answer.status == 200
    assert [(one.event_type, one.delivery_id) for one in answer.reported] == (
        [(event_type, 77)] if event_type else []
    )  # type: ignore[union-attr]


def test_proxy_in_front_does_not_break_the_signature() -> None:
    request = twilio_call(
        "http://127.0.0.1:8000/callbacks/twilio?delivery=77", "https://shop.example/callbacks/twilio?delivery=77",
        MessageSid="SM1", MessageStatus="delivered",
    )  # fmt: skip
    assert len(read_callback(CONFIG, request).reported) == 1


@pytest.mark.parametrize(
    ("form", "says_no"),
    [
        ({"Body": "Stop!"}, True),
        ({"Body": "退订"}, True),
        ({"Body": "no thanks", "OptOutType": "STOP"}, True),
        ({"Body": "When does it arrive?"}, False),
        ({"Body": ""}, False),
    ],
)
def test_reply_that_says_no_is_a_withdrawal(form: dict[str, str], says_no: bool) -> None:
    answer = read_callback(
        CONFIG,
        twilio_call("https://shop.example/callbacks/twilio", From="+14155550100", To="+1", **form),
    )
    assert [type(one).__name__ for one in answer.reported] == (["Withdrawal"] if says_no else [])
    assert [one.address_hash for one in answer.reported] == (
        [address_hash("sms", "+14155550100")] if says_no else []
    )
    assert answer.body.endswith(b"<Response></Response>")


@pytest.mark.parametrize("change", ["signature", "field", "delivery"])
def test_forged_call_is_not_heard(change: str) -> None:
    real = twilio_call(MessageSid="SM1", MessageStatus="delivered")
    forged = {
        "signature": CallbackRequest("POST", real.url, real.query, {}, real.body),
        "field": CallbackRequest(
            "POST", real.url, real.query, real.headers, real.body + b"&ErrorCode=1"
        ),
        "delivery": CallbackRequest(
            "POST", real.url.replace("77", "78"), "delivery=78", real.headers, real.body
        ),
    }[change]
    answer = read_callback(CONFIG, forged)
    assert (answer.status, answer.reported) == (403, ())
