"""What an Aliyun-like provider reads in a call, what it knows of templates, and what it remembers
of a number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sluice.activations.content.sms_templates import approved_templates
from sluice.activations.sandbox.sms_phones import CHINA, is_mainland
from sluice.activations.sandbox.store import Store

LIMIT_A_DAY = 50
SEND_LIMIT, BATCH_LIMIT, PAGE_LIMIT, OUT_ID_LIMIT, VARIABLE_LIMIT = 1000, 100, 50, 255, 35
URL = re.compile(r"https?://|www\.", re.IGNORECASE)


class Refused(Exception):
    """The call ends with this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Sent:
    """One message of a call; ``number`` in E.164."""

    number: str
    sign_name: str
    template: str
    parameters: Mapping[str, str]
    out_id: str


def single(given: Mapping[str, str], content: Path) -> list[Sent]:
    """The messages of SendSms: the same text to each number."""
    numbers = [number for number in given.get("PhoneNumbers", "").split(",") if number]
    if not numbers:
        raise Refused("isv.MOBILE_NUMBER_ILLEGAL")
    if len(numbers) > SEND_LIMIT:
        raise Refused("isv.MOBILE_COUNT_OVER_LIMIT")
    parameters = _json(given["TemplateParam"], dict) if given.get("TemplateParam") else {}
    return [
        _sent(number, given.get("SignName", ""), parameters, given, content) for number in numbers
    ]


def batch(given: Mapping[str, str], content: Path) -> list[Sent]:
    """The messages of SendBatchSms: three arrays that match by place."""
    numbers, names = (
        _json(given.get("PhoneNumberJson", ""), list),
        _json(given.get("SignNameJson", ""), list),
    )
    parameters = (
        _json(given["TemplateParamJson"], list)
        if given.get("TemplateParamJson")
        else [{} for _ in numbers]
    )
    if not 1 <= len(numbers) <= BATCH_LIMIT:
        raise Refused("isv.MOBILE_COUNT_OVER_LIMIT")
    if len({len(numbers), len(names), len(parameters)}) != 1:
        raise Refused("isv.INVALID_PARAMETERS")
    return [
        _sent(number, name, one, given, content)
        for number, name, one in zip(numbers, names, parameters, strict=True)
    ]


def check_template(sent: Sent, content: Path) -> str:
    """The text the recipient reads.

    Raises Refused when template, area or variables are not as approved.
    """
    found = approved_templates("aliyun", content).get(sent.template)
    if found is None or (found[1] == "mainland") != is_mainland(sent.number):
        raise Refused("isv.SMS_TEMPLATE_ILLEGAL")
    if not found[2].placeholders() <= set(sent.parameters):
        raise Refused("isv.TEMPLATE_MISSING_PARAMETERS")
    for value in sent.parameters.values():
        if URL.search(value):
            raise Refused("isv.PARAM_NOT_SUPPORT_URL")
        if len(value) > VARIABLE_LIMIT:
            raise Refused("isv.PARAM_LENGTH_LIMIT")
    return found[2].fill(sent.parameters)


def details(store: Store, given: Mapping[str, str]) -> dict[str, Any]:
    """QuerySendDetails: one page of what a number got on a day in China, the newest first."""
    size, page = _number(given.get("PageSize")), _number(given.get("CurrentPage"))
    if not 1 <= size <= PAGE_LIMIT or page < 1:
        raise Refused("isv.INVALID_PARAMETERS")
    query = (
        "select title, body, source from received where vendor = 'aliyun' and recipient in (?, ?)"
        " order by received_id desc"
    )
    number = given.get("PhoneNumber", "")
    found = [
        _detail(*row) for row in store.rows(query, (_e164(number, True), _e164(number, False)))
    ]
    on_day = [
        one for one in found if one["SendDate"][:10].replace("-", "") == given.get("SendDate")
    ]
    shown = on_day[(page - 1) * size : page * size]
    return {"TotalCount": str(len(on_day)), "SmsSendDetailDTOs": {"SmsSendDetailDTO": shown}}


def _detail(name: str, text: str, source: str) -> dict[str, Any]:
    known = json.loads(source)
    sent_at = (
        datetime.fromisoformat(known["sent_at"]).astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    )
    content = {
        "Content": f"【{name}】{text}",
        "TemplateCode": known["template"],
        "OutId": known["out_id"],
    }
    return {
        **content,
        "SendStatus": 3,
        "ErrCode": "DELIVERED",
        "SendDate": sent_at,
        "ReceiveDate": sent_at,
    }


def _sent(number: Any, name: Any, parameters: Any, given: Mapping[str, str], content: Path) -> Sent:
    if not isinstance(parameters, dict) or not all(
        isinstance(value, str) for value in parameters.values()
    ):
        raise Refused("isv.INVALID_JSON_PARAM")
    if len(given.get("OutId", "")) > OUT_ID_LIMIT:
        raise Refused("isv.INVALID_PARAMETERS")
    template = given.get("TemplateCode", "")
    found = approved_templates("aliyun", content).get(template)
    written = _e164(str(number), found is None or found[1] == "mainland")
    return Sent(written, str(name), template, parameters, given.get("OutId", ""))


def _e164(number: str, is_domestic: bool) -> str:
    """In a domestic template a number may have its country code or not, in another it begins with
    it; empty when it is none.
    """
    digits = re.sub(r"^(\+|00)", "", number)
    if not digits.isdigit():
        return ""
    return (
        f"+86{digits.removeprefix('86')}"
        if is_domestic and len(digits.removeprefix("86")) == 11
        else f"+{digits}"
    )


def _json(text: str, kind: type) -> Any:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Refused("isv.INVALID_JSON_PARAM") from error
    if not isinstance(value, kind):
        raise Refused("isv.INVALID_JSON_PARAM")
    return value


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0
