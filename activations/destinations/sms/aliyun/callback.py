"""What Aliyun calls us with (HTTP push): SmsReport, an array of delivery reports, and SmsUp, an
array of replies.

It signs nothing: the address it is given carries a secret, ``?token=``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sluice.activations.destinations.base import CallbackAnswer, CallbackRequest
from sluice.activations.destinations.sms.aliyun.config import AliyunConfig
from sluice.activations.destinations.sms.callback import (
    china_time,
    delivery_number,
    number_hash,
    read_push,
    withdrawals,
)
from sluice.activations.destinations.sms.outcomes import named
from sluice.models.delivery import DeliveryState, Receipt, VendorEvent

REPORTED = json.dumps({"code": 0, "msg": "接收成功"}, ensure_ascii=False).encode()


def read_callback(config: AliyunConfig, request: CallbackRequest) -> CallbackAnswer:
    """Receipts and withdrawals of one push."""
    return read_push(request, config, lambda entry: _read_entry(entry, config), REPORTED)


def _read_entry(entry: Mapping[str, Any], config: AliyunConfig) -> list[VendorEvent]:
    number = str(entry.get("phone_number") or "")
    if "content" in entry:
        return [
            *withdrawals(
                number, str(entry["content"]), china_time(str(entry.get("send_time"))), config
            )
        ]
    out_id, biz_id = str(entry.get("out_id") or ""), str(entry.get("biz_id") or "")
    if not number or not (out_id or biz_id):
        return []
    is_delivered = str(entry.get("success")).lower() == "true"
    code = str(entry.get("err_code") or "")
    delivery_id = delivery_number(out_id)
    receipt = Receipt(
        DeliveryState.DELIVERED if is_delivered else DeliveryState.BOUNCED,
        china_time(str(entry.get("report_time"))),
        delivery_id=delivery_id,
        vendor_id=biz_id or None,
        address_hash=number_hash(number, config) if delivery_id is None else None,
        reason=None if is_delivered else named(code),
        suppress=not is_delivered and config.is_dead_number(code),
    )
    return [receipt]
