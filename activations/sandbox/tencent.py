"""A Tencent-like SMS provider: checks signature and clock, the call as a whole, then each number,
as SMS 2021-01-11 does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sluice.activations.content.sms_templates import VendorTemplate, approved_templates
from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.signatures import credential, tc3_is_right
from sluice.activations.sandbox.sms_phones import (
    CHINA,
    DailyLimit,
    has_opted_out,
    is_mainland,
    is_sendable,
)
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

SECRET_ID, SECRET_KEY, APP_ID, SIGNATURE = (
    "AKIDSANDBOX",
    "sandbox-secret-key",
    "1400006666",
    "示例商店",
)
VERSION = "2021-01-11"
SKEW_SECONDS = 10 * 60
NUMBER_LIMIT, CONTEXT_LIMIT, VARIABLE_LIMIT, LIMIT_A_DAY = 200, 512, 6, 10
URL = re.compile(r"https?://|www\.", re.IGNORECASE)
DAYTIME = range(8, 22)


class Refused(Exception):
    """The call ends with this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TencentVendor:
    """POST / with the action SendSms. The answer is always 200."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.limit = DailyLimit(LIMIT_A_DAY)

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, its keys, the application and the signature it approved."""
        return {
            "url": url,
            "secret_id": SECRET_ID,
            "secret_key": SECRET_KEY,
            "app_id": APP_ID,
            "signature": SIGNATURE,
            "callback_token": "sandbox-callback-token",
        }

    def handle(self, request: Request) -> Reply:
        """Answer as Tencent does."""
        try:
            self._check_caller(request)
            return Reply(200, {"Response": {**self._send(_json(request)), "RequestId": "sandbox"}})
        except Refused as error:
            return Reply(200, _error(error.code))

    def fault_reply(self, fault: HttpFault) -> Reply:
        """500 comes from the gateway; the others are codes in a 200."""
        codes = {"429": "RequestLimitExceeded", "401": "AuthFailure.SecretIdNotFound"}
        return Reply(500) if fault == "500" else Reply(200, _error(codes[fault]))

    def _check_caller(self, request: Request) -> None:
        timestamp = request.headers.get("x-tc-timestamp", "")
        if credential(request.headers.get("authorization", "")).partition("/")[0] != SECRET_ID:
            raise Refused("AuthFailure.SecretIdNotFound")
        if not tc3_is_right(request, SECRET_KEY):
            raise Refused("AuthFailure.SignatureFailure")
        if abs(self.clock.now().timestamp() - int(timestamp)) > SKEW_SECONDS:
            raise Refused("InternalError.RequestTimeException")
        if (
            request.headers.get("x-tc-action") != "SendSms"
            or request.headers.get("x-tc-version") != VERSION
        ):
            raise Refused("InvalidAction")
        if not request.headers.get("x-tc-region"):
            raise Refused("MissingParameter")

    def _send(self, given: Mapping[str, Any]) -> dict[str, Any]:
        numbers = [str(number) for number in given.get("PhoneNumberSet") or []]
        parameters = [str(one) for one in given.get("TemplateParamSet") or []]
        check_call(given, numbers)
        text = self._text(given, numbers, parameters)
        context = str(given.get("SessionContext") or "")
        return {"SendStatusSet": [self._send_one(number, text, context) for number in numbers]}

    def _text(
        self, given: Mapping[str, Any], numbers: Sequence[str], parameters: Sequence[str]
    ) -> str:
        found = approved_templates("tencent", self.store.content).get(str(given.get("TemplateId")))
        if found is None:
            raise Refused("FailedOperation.TemplateIncorrectOrUnapproved")
        kind, area, template = found
        check_area(area, numbers)
        check_parameters(template, parameters)
        if kind == "marketing" and area == "mainland":
            if not template.text.endswith("拒收请回复R"):
                raise Refused("InvalidParameterValue.MarketingTemplateWithoutUnsubscribe")
            if self.clock.now().astimezone(CHINA).hour not in DAYTIME:
                raise Refused("FailedOperation.MarketingSendTimeConstraint")
        return template.fill({str(place): one for place, one in enumerate(parameters, 1)})

    def _send_one(self, number: str, text: str, context: str) -> dict[str, Any]:
        code = self._refusal(number)
        serial = ""
        if code is None:
            self.limit.count(number, now=self.clock.now())
            row = self.store.add_received(
                "tencent", "sms", number, text, title=SIGNATURE, key=context or None
            )
            serial = f"5000:{row:019d}"
        self.store.add_call("tencent", "SendSms", int(code is None))
        status = {
            "SerialNo": serial,
            "PhoneNumber": number,
            "Fee": int(code is None),
            "SessionContext": context,
        }
        return {
            **status,
            "Code": code or "Ok",
            "Message": "send success" if code is None else "refused",
            "IsoCode": "CN",
        }

    def _refusal(self, number: str) -> str | None:
        if not is_sendable(number):
            return "InvalidParameterValue.IncorrectPhoneNumber"
        if has_opted_out(number):
            return "FailedOperation.PhoneNumberInBlacklist"
        return (
            "LimitExceeded.PhoneNumberDailyLimit"
            if self.limit.is_reached(number, now=self.clock.now())
            else None
        )


def check_call(given: Mapping[str, Any], numbers: Sequence[str]) -> None:
    """Refuse what concerns the call as a whole."""
    if not numbers:
        raise Refused("MissingParameter.EmptyPhoneNumberSet")
    if len(numbers) > NUMBER_LIMIT:
        raise Refused("LimitExceeded.PhoneNumberCountLimit")
    if given.get("SmsSdkAppId") != APP_ID:
        raise Refused("UnauthorizedOperation.SmsSdkAppIdVerifyFail")
    if given.get("SignName") != SIGNATURE:
        raise Refused("FailedOperation.SignatureIncorrectOrUnapproved")
    if len(str(given.get("SessionContext") or "").encode()) >= CONTEXT_LIMIT:
        raise Refused("InvalidParameterValue")


def check_area(area: str, numbers: Sequence[str]) -> None:
    """Refuse a template for elsewhere, and numbers of both kinds in one call."""
    are_mainland = {is_mainland(number) for number in numbers}
    if len(are_mainland) > 1:
        raise Refused("UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber")
    if area == "mainland" and are_mainland == {False}:
        raise Refused("UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone")
    if area == "abroad" and are_mainland == {True}:
        raise Refused("UnsupportedOperation.GlobalTemplateToChineseMainlandPhone")


def check_parameters(template: VendorTemplate, parameters: Sequence[str]) -> None:
    """Refuse variables that are too many, too few, too long or links."""
    if len(parameters) != len(template.placeholders()):
        raise Refused("FailedOperation.TemplateParamSetNotMatchApprovedTemplate")
    for one in parameters:
        if URL.search(one):
            raise Refused("InvalidParameterValue.ProhibitedUseUrlInTemplateParameter")
        if len(one) > VARIABLE_LIMIT:
            raise Refused("InvalidParameterValue.TemplateParameterLengthLimit")


def _json(request: Request) -> Mapping[str, Any]:
    try:
        given = request.json()
    except ValueError as error:
        raise Refused("FailedOperation.JsonParseFail") from error
    if not isinstance(given, dict):
        raise Refused("InvalidParameter")
    return given


def _error(code: str) -> dict[str, Any]:
    return {"Response": {"Error": {"Code": code, "Message": "refused"}, "RequestId": "sandbox"}}
