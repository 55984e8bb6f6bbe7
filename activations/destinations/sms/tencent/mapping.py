"""A message as Tencent's parameters, and Tencent's answer as one result a recipient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sluice.activations.content.sms_templates import vendor_sms
from sluice.activations.content.sms_text import Area, check_length, check_variables, signed
from sluice.activations.destinations.sms.outcomes import (
    ASK,
    area_of,
    by_table,
    digits,
    named,
    result,
    valid_number,
)
from sluice.activations.destinations.sms.tencent.config import TencentConfig
from sluice.activations.destinations.sms.tencent.outcomes import CODES, FAMILIES
from sluice.models.delivery import ItemResult, Message


@dataclass(frozen=True)
class TencentSms:
    """A message ready for a call; ``number`` in E.164, ``parameters`` in the order of the
    template's {1}, {2}.
    """

    delivery_id: int
    number: str
    area: Area
    template: str
    parameters: tuple[str, ...]


def to_sms(message: Message, config: TencentConfig) -> TencentSms:
    """A message by its approved template.

    Raises ContentError for what Tencent would refuse: number, variables, length.
    """
    number = valid_number(message.address)
    area = area_of(number)
    template, parameters, text = vendor_sms(message, "tencent", area, config.content)
    check_variables(parameters, config.max_variable_length)
    check_length(
        signed(text, config.signature), config.max_segments, "ucs2" if area == "mainland" else None
    )
    return TencentSms(
        message.delivery_id, f"+{digits(number)}", area, template.code, tuple(parameters.values())
    )


def call_key(sms: TencentSms) -> tuple[Area, str, tuple[str, ...]]:
    """What one call shares: domestic or foreign numbers, a template, and one set of variables for
    all of them.
    """
    return sms.area, sms.template, sms.parameters


def body(batch: Sequence[TencentSms], config: TencentConfig) -> dict[str, Any]:
    """The body of SendSms. SessionContext is our delivery_id where the call is for one message."""
    first = batch[0]
    given: dict[str, Any] = {
        "PhoneNumberSet": [sms.number for sms in batch],
        "SmsSdkAppId": config.app_id,
        "TemplateId": first.template,
        "SignName": config.signature,
    }
    if first.parameters:
        given["TemplateParamSet"] = list(first.parameters)
    if len(batch) == 1:
        given["SessionContext"] = str(first.delivery_id)
    if config.sender_id and first.area == "abroad":
        given["SenderId"] = config.sender_id
    return given


def results(batch: Sequence[TencentSms], statuses: Any) -> list[ItemResult]:
    """One result a recipient, by number; who is not named is unknown."""
    listed = statuses if isinstance(statuses, list) else []
    by_number = {
        str(one.get("PhoneNumber")).removeprefix("+"): one
        for one in listed
        if isinstance(one, Mapping)
    }
    return [_result(sms, by_number.get(sms.number.removeprefix("+"))) for sms in batch]


def _result(sms: TencentSms, status: Mapping[str, Any] | None) -> ItemResult:
    if status is None:
        return result(sms.delivery_id, ASK, "no_answer_for_item")
    code = str(status.get("Code"))
    code_outcome = by_table(code, CODES, FAMILIES)
    is_accepted = code_outcome.action == "accept"
    return result(
        sms.delivery_id,
        code_outcome,
        None if is_accepted else named(code),
        str(status.get("SerialNo") or "") or None,
    )
