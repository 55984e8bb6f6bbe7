"""A message as Aliyun's parameters, and Aliyun's records of a number as the outcome of a
message.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sluice.activations.content.sms_templates import vendor_sms
from sluice.activations.content.sms_text import Area, check_length, check_variables, signed
from sluice.activations.destinations.sms.aliyun.config import AliyunConfig
from sluice.activations.destinations.sms.callback import CHINA, china_time
from sluice.activations.destinations.sms.outcomes import (
    ACCEPT,
    ASK,
    FAIL,
    RETRY,
    area_of,
    digits,
    named,
    result,
    valid_number,
)
from sluice.models.delivery import ItemResult, Message

CLOCKS = timedelta(seconds=60)  # how far their clock and ours may be apart


@dataclass(frozen=True)
class AliyunSms:
    """A message ready for a call.

    ``number``: without country code in mainland China, else with it and without +.
    """

    delivery_id: int
    number: str
    area: Area
    template: str
    parameters: Mapping[str, str]
    text: str


def to_sms(message: Message, config: AliyunConfig) -> AliyunSms:
    """A message by its approved template.

    Raises ContentError for what Aliyun would refuse: number, variables, length.
    """
    number = valid_number(message.address)
    area = area_of(number)
    template, parameters, text = vendor_sms(message, "aliyun", area, config.content)
    check_variables(parameters, config.max_variable_length)
    check_length(
        signed(text, config.signature), config.max_segments, "ucs2" if area == "mainland" else None
    )
    written = str(number.national_number) if area == "mainland" else digits(number)
    return AliyunSms(message.delivery_id, written, area, template.code, parameters, text)


def one_query(sms: AliyunSms, config: AliyunConfig) -> dict[str, str]:
    """Parameters of SendSms, all in the query; OutId is our delivery_id, which reports bring
    back.
    """
    query = {
        "PhoneNumbers": sms.number,
        "SignName": config.signature,
        "TemplateCode": sms.template,
        "OutId": str(sms.delivery_id),
    }
    if sms.parameters:
        query["TemplateParam"] = _json(dict(sms.parameters))
    if config.extend_code:
        query["SmsUpExtendCode"] = config.extend_code
    return query


def batch_query(batch: Sequence[AliyunSms]) -> dict[str, str]:
    """The query of SendBatchSms; its one OutId cannot name each message, so it only says whose call
    it was.
    """
    return {"TemplateCode": batch[0].template, "OutId": f"batch:{batch[0].delivery_id}"}


def batch_form(batch: Sequence[AliyunSms], config: AliyunConfig) -> dict[str, str]:
    """The form of SendBatchSms: arrays that match by place."""
    form = {
        "PhoneNumberJson": _json([sms.number for sms in batch]),
        "SignNameJson": _json([config.signature] * len(batch)),
    }
    if any(sms.parameters for sms in batch):
        form["TemplateParamJson"] = _json([dict(sms.parameters) for sms in batch])
    if config.extend_code:
        form["SmsUpExtendCodeJson"] = _json([config.extend_code] * len(batch))
    return form


def days(claimed_at: datetime) -> list[str]:
    """The days in China on which a message of a claim may have been sent, as QuerySendDetails takes
    them.
    """
    moments = (claimed_at - CLOCKS, claimed_at + timedelta(hours=1))
    return sorted({moment.astimezone(CHINA).strftime("%Y%m%d") for moment in moments})


def outcome(
    sms: AliyunSms,
    records: Sequence[Mapping[str, Any]],
    claimed_at: datetime,
    now: datetime,
    config: AliyunConfig,
) -> ItemResult:
    """What the records of a number say of a message: by our id, or, sent in a batch, by template,
    time and text. No record, long enough after the call: it was not sent. A record that may be it,
    or may not: that is unknown.
    """
    since = [record for record in records if _is_candidate(record, sms, claimed_at)]
    mine = [record for record in since if _is_certain(record, sms)]
    if mine:
        is_failed = str(mine[0].get("SendStatus")) == str(config.failed_send_status)
        return result(
            sms.delivery_id,
            FAIL if is_failed else ACCEPT,
            named(mine[0].get("ErrCode")) if is_failed else None,
        )
    if since:
        return result(sms.delivery_id, ASK, "similar_message_found")
    if now - claimed_at < timedelta(seconds=config.settle_seconds):
        return result(sms.delivery_id, ASK, "too_early_to_tell")
    return result(sms.delivery_id, RETRY, "never_arrived")


def _is_candidate(record: Mapping[str, Any], sms: AliyunSms, claimed_at: datetime) -> bool:
    out_id = str(record.get("OutId") or "")
    if out_id == str(sms.delivery_id):
        return True
    is_anothers = out_id.removeprefix("-").isdigit()
    sent_at = china_time(str(record.get("SendDate")))
    return (
        not is_anothers
        and record.get("TemplateCode") == sms.template
        and sent_at >= claimed_at - CLOCKS
    )


def _is_certain(record: Mapping[str, Any], sms: AliyunSms) -> bool:
    return str(record.get("OutId")) == str(sms.delivery_id) or str(
        record.get("Content", "")
    ).endswith(sms.text)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
