"""Events and messages of the official account as receipts and withdrawals.

A new follower (``subscribe``) who had left comes back: what the unfollow silenced counts again as
before. What followers do and write is kept too: ``conversation.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sluice.activations.addresses import address_hash
from sluice.activations.destinations.wechat.config import OfficialAccountConfig
from sluice.activations.opt_out_words import OPT_OUT_PARTS, plain, says_no
from sluice.models.delivery import DeliveryState, Receipt, Return, VendorEvent, Withdrawal

Fields = Mapping[str, Any]
CHANNEL = "wechat"
PUNCTUATION = re.compile(r"[\W_]+")
# words of a failed template message, without spaces: what they mean, and whether the person wants
# none at all
TEMPLATE_FAILURES = {
    "failed:userblock": ("messages_blocked", True),
    "failed:systemfailed": ("vendor_failed", False),
}


def events_in(config: OfficialAccountConfig, fields: Fields) -> list[VendorEvent]:
    """What one document says.

    The time is the vendor's CreateTime, now where it cannot be read: a no at an unknown time is a
    no.
    """
    if not fields.get("FromUserName"):
        return []  # nobody said it
    if fields.get("MsgType") == "event":
        kind = str(fields.get("Event", "")).lower()
        if kind == "click" and fields.get("EventKey") in config.unsubscribe_menu_keys:
            return [_withdrawal(fields)]
        return EVENTS[kind](fields) if kind in EVENTS else []
    words = {plain(word) for word in config.unsubscribe_words}
    parts = tuple(
        word for word in words if word in OPT_OUT_PARTS or (not word.isascii() and len(word) > 3)
    )
    is_no = fields.get("MsgType") == "text" and says_no(
        str(fields.get("Content", "")), words, parts
    )
    return [_withdrawal(fields)] if is_no else []


def _withdrawal(fields: Fields, reason: str = "unsubscribed") -> Withdrawal:
    return Withdrawal(CHANNEL, _hash_of(fields), time_of(fields), reason)


def _template_finished(fields: Fields) -> list[VendorEvent]:
    """TEMPLATESENDJOBFINISH: success, failed:user block, failed: system failed."""
    status = str(fields.get("Status", "")).lower().replace(" ", "")
    if status == "success":
        return _receipt(fields, fields.get("MsgID"), DeliveryState.DELIVERED)
    reason, is_block = TEMPLATE_FAILURES.get(status, ("vendor_failed", False))
    return _receipt(fields, fields.get("MsgID"), DeliveryState.FAILED, reason, is_block)


def _subscription_sent(fields: Fields) -> list[VendorEvent]:
    """subscribe_msg_sent_event: a list of messages with their ErrorCode."""
    listed = fields.get("SubscribeMsgSentEvent") or {}
    rows = listed.get("List") or [] if isinstance(listed, Mapping) else []
    found: list[VendorEvent] = []
    for row in rows if isinstance(rows, list) else [rows]:
        code = str(row.get("ErrorCode", ""))
        state = DeliveryState.DELIVERED if code == "0" else DeliveryState.FAILED
        found += _receipt(fields, row.get("MsgID"), state, None if code == "0" else "vendor_failed")
    return found


def _mass_finished(fields: Fields) -> list[VendorEvent]:
    """MASSSENDJOBFINISH counts people and names none.

    So it is a receipt for all of them only where all fared alike.
    """
    status = str(fields.get("Status", "")).lower().replace(" ", "")
    total, sent = _number(fields, "TotalCount"), _number(fields, "SentCount")
    vendor_id, occurred_at = str(fields.get("MsgID") or fields.get("MsgId") or ""), time_of(fields)
    if not vendor_id:
        return []
    is_sent = status in {"sendsuccess", "success"}
    if is_sent and total == sent and sent > 0:
        return [Receipt(DeliveryState.DELIVERED, occurred_at, vendor_id=vendor_id)]
    if sent == 0:
        reason = (
            "mass_" + PUNCTUATION.sub("_", status).strip("_")
            if status.startswith("err(")
            else "mass_failed"
        )
        reason = "all_left_out" if is_sent and _number(fields, "FilterCount") == 0 else reason
        return [Receipt(DeliveryState.FAILED, occurred_at, vendor_id=vendor_id, reason=reason)]
    return []


def _receipt(
    fields: Fields,
    number: Any,
    state: DeliveryState,
    reason: str | None = None,
    suppress: bool = False,
) -> list[VendorEvent]:
    if not number:
        return []
    return [Receipt(state, time_of(fields), None, str(number), _hash_of(fields), reason, suppress)]


def _hash_of(fields: Fields) -> str:
    return address_hash(CHANNEL, str(fields.get("FromUserName", "")))


def time_of(fields: Fields) -> datetime:
    """The vendor's CreateTime, aware UTC; now where it cannot be read."""
    seconds = _number(fields, "CreateTime")
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else datetime.now(UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.now(UTC)


def _number(fields: Fields, name: str) -> int:
    try:
        return int(str(fields.get(name, "")))
    except ValueError:
        return 0


EVENTS: dict[str, Callable[[Fields], list[VendorEvent]]] = {
    "subscribe": lambda fields: [Return(CHANNEL, _hash_of(fields), time_of(fields))],
    "unsubscribe": lambda fields: [_withdrawal(fields, "unfollowed")],
    "templatesendjobfinish": _template_finished,
    "subscribe_msg_sent_event": _subscription_sent,
    "masssendjobfinish": _mass_finished,
}
