"""An Aliyun-like SMS provider: checks signature, clock and nonce, then numbers, template and
variables, as Dysmsapi does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sluice.activations.sandbox.aliyun_records import (
    LIMIT_A_DAY,
    Refused,
    Sent,
    batch,
    check_template,
    details,
    single,
)
from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.signatures import acs3_is_right, credential
from sluice.activations.sandbox.sms_phones import DailyLimit, has_opted_out, is_sendable
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

KEY_ID, SECRET, SIGNATURE = "sandbox-key-id", "sandbox-key-secret", "示例商店"
VERSION = "2017-05-25"
SKEW_SECONDS = 15 * 60


class AliyunVendor:
    """POST / with the actions SendSms, SendBatchSms and QuerySendDetails."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.nonces: set[str] = set()
        self.limit = DailyLimit(LIMIT_A_DAY)
        self.actions: dict[str, Callable[[Mapping[str, str]], dict[str, Any]]] = {
            "SendSms": lambda given: self._send("SendSms", single(given, store.content)),
            "SendBatchSms": lambda given: self._send("SendBatchSms", batch(given, store.content)),
            "QuerySendDetails": lambda given: details(self.store, given),
        }

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, its keys, and the signature it approved."""
        return {
            "url": url,
            "access_key_id": KEY_ID,
            "access_key_secret": SECRET,
            "signature": SIGNATURE,
            "callback_token": "sandbox-callback-token",
        }

    def handle(self, request: Request) -> Reply:
        """Answer as Aliyun does: 4xx before it knows who calls, 200 with a code after."""
        refused = self._who_calls(request)
        if refused is not None:
            return Reply(400, _answer(*refused))
        action = self.actions.get(request.headers.get("x-acs-action", ""))
        if action is None or request.headers.get("x-acs-version") != VERSION:
            return Reply(404, _answer("InvalidAction.NotFound", "no such action"))
        try:
            return Reply(200, {**_answer("OK", "OK"), **action(_parameters(request))})
        except Refused as error:
            return Reply(200, _answer(error.code, "refused"))

    def fault_reply(self, fault: HttpFault) -> Reply:
        """How Aliyun's gateway words it."""
        codes = {
            "500": "InternalError",
            "429": "Throttling.User",
            "401": "InvalidAccessKeyId.NotFound",
        }
        return Reply({"500": 500, "429": 429}.get(fault, 404), _answer(codes[fault], "scripted"))

    def _who_calls(self, request: Request) -> tuple[str, str] | None:
        if credential(request.headers.get("authorization", "")) != KEY_ID:
            return "InvalidAccessKeyId.NotFound", "Specified access key is not found."
        if not acs3_is_right(request, SECRET):
            return (
                "SignatureDoesNotMatch",
                "Specified signature is not matched with our calculation.",
            )
        if (
            abs((self.clock.now() - _moment(request.headers.get("x-acs-date", ""))).total_seconds())
            > SKEW_SECONDS
        ):
            return "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."
        nonce = request.headers.get("x-acs-signature-nonce", "")
        if not nonce or nonce in self.nonces:
            return "SignatureNonceUsed", "Specified signature nonce was used already."
        self.nonces.add(nonce)
        return None

    def _send(self, action: str, messages: list[Sent]) -> dict[str, Any]:
        """All or none: one bad recipient refuses the whole call."""
        now = self.clock.now()
        texts = [check_template(sent, self.store.content) for sent in messages]
        for sent in messages:
            self._check_recipient(sent, now)
        biz_id = f"{self.store.value('select count(*) from received') + 1:015d}^0"
        for sent, text in zip(messages, texts, strict=True):
            self.limit.count(sent.sign_name, sent.template, sent.number, now=now)
            key = (
                None if sent.out_id.startswith("batch:") else sent.out_id
            )  # that of a batch is no message's
            source = json.dumps(
                {
                    "template": sent.template,
                    "out_id": sent.out_id,
                    "sent_at": now.isoformat(),
                    "biz_id": biz_id,
                }
            )
            self.store.add_received(
                "aliyun", "sms", sent.number, text, title=sent.sign_name, key=key, source=source
            )
        self.store.add_call("aliyun", action, len(messages))
        return {"BizId": biz_id}

    def _check_recipient(self, sent: Sent, now: datetime) -> None:
        if sent.sign_name != SIGNATURE:
            raise Refused("isv.SMS_SIGNATURE_ILLEGAL")
        if not is_sendable(sent.number):
            raise Refused("isv.MOBILE_NUMBER_ILLEGAL")
        if has_opted_out(sent.number):
            raise Refused("isv.BLACK_KEY_CONTROL_LIMIT")
        if self.limit.is_reached(sent.sign_name, sent.template, sent.number, now=now):
            raise Refused("isv.BUSINESS_LIMIT_CONTROL")


def _parameters(request: Request) -> dict[str, str]:
    """From the query and the form: the provider takes them in both places."""
    return {name: values[0] for name, values in {**request.query, **request.form}.items()}


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


def _answer(code: str, message: str) -> dict[str, Any]:
    return {"Code": code, "Message": message, "RequestId": "00000000-0000-0000-0000-000000000000"}
