"""What Tencent calls us with: an array of delivery reports, or a reply of somebody.

It signs nothing: the address has a secret.

Reports name a message by ``sid``, the SerialNo of the answer, and by the number in two parts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sluice.activations.destinations.base import CallbackAnswer, CallbackRequest
from sluice.activations.destinations.sms.callback import (
    china_time,
    number_hash,
    read_push,
    unix_time,
    withdrawals,
)
from sluice.activations.destinations.sms.outcomes import named
from sluice.activations.destinations.sms.tencent.config import TencentConfig
from sluice.models.delivery import DeliveryState, Receipt, VendorEvent

REPORTED = json.dumps({"result": 0, "errmsg": "OK"}).encode()


def read_callback(config: TencentConfig, request: CallbackRequest) -> CallbackAnswer:
    """Receipts and withdrawals of one push."""
    return read_push(request, config, lambda entry: _read_entry(entry, config), REPORTED)


def _read_entry(entry: Mapping[str, Any], config: TencentConfig) -> list[VendorEvent]:
    number = _number(entry)
    if "text" in entry:
        return [*withdrawals(number, str(entry["text"]), unix_time(entry.get("time")), config)]
    if not number or not entry.get("sid"):
        return []
    is_delivered = entry.get("report_status") == "SUCCESS"
    code = str(entry.get("errmsg") or "")
    receipt = Receipt(
        DeliveryState.DELIVERED if is_delivered else DeliveryState.BOUNCED,
        china_time(str(entry.get("user_receive_time"))),
        vendor_id=str(entry["sid"]),
        address_hash=number_hash(number, config),
        reason=None if is_delivered else named(code),
        suppress=not is_delivered and config.is_dead_number(code),
    )
    return [receipt]


def _number(entry: Mapping[str, Any]) -> str:
    mobile, country = str(entry.get("mobile") or ""), str(entry.get("nationcode") or "")
    return f"+{country}{mobile}" if mobile and country and not mobile.startswith("+") else mobile
