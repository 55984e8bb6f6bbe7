"""What Kannel calls us with: a delivery report at the address of the message, or a message of
somebody (sms-service).

It signs nothing: the address has a secret. Our answer to a message of somebody is empty, and Kannel
sends none.
"""

from __future__ import annotations

import contextlib
import re
from urllib.parse import parse_qs

from sluice.activations.destinations.base import CallbackAnswer, CallbackRequest
from sluice.activations.destinations.sms.callback import (
    DENIED,
    UNREADABLE,
    delivery_number,
    has_token,
    one,
    unix_time,
    withdrawals,
)
from sluice.activations.destinations.sms.kannel.config import KannelConfig
from sluice.models.delivery import DeliveryState, Receipt, Withdrawal

Form = dict[str, list[str]]
FINAL = {
    "1": (DeliveryState.DELIVERED, None),
    "2": (DeliveryState.BOUNCED, "undelivered"),
    "16": (DeliveryState.FAILED, "refused_by_smsc"),
}
CHARSETS = ("utf-8", "gb18030", "utf-16-be")
ERROR = re.compile(r"\berr:([0-9A-Za-z]{1,8})\b")


def read_callback(config: KannelConfig, request: CallbackRequest) -> CallbackAnswer:
    """A receipt of a final report, or a withdrawal; other reports are no news."""
    if not has_token(request, config):
        return DENIED
    form = parse_qs(request.query, keep_blank_values=True)
    if one(form, "kind") == "reply":
        return CallbackAnswer(_reply(request, config))
    delivery_id = delivery_number(one(form, "delivery"))
    if one(form, "kind") != "report" or delivery_id is None:
        return UNREADABLE
    return CallbackAnswer(_receipt(form, delivery_id, config))


def _receipt(form: Form, delivery_id: int, config: KannelConfig) -> list[Receipt | Withdrawal]:
    if one(form, "status") not in FINAL:
        return []
    state, reason = FINAL[one(form, "status")]
    code = ERROR.search(one(form, "answer"))
    receipt = Receipt(
        state,
        unix_time(one(form, "at")),
        delivery_id=delivery_id,
        reason=f"{reason}:{code[1]}" if reason and code else reason,
        suppress=reason is not None and code is not None and config.is_dead_number(code[1]),
    )
    return [receipt]


def _reply(request: CallbackRequest, config: KannelConfig) -> list[Receipt | Withdrawal]:
    form = parse_qs(request.query, keep_blank_values=True, encoding="latin-1")  # byte by byte
    texts = _texts(one(form, "text").encode("latin-1", "ignore"), one(form, "charset"))
    at = unix_time(one(form, "at"))
    said = (withdrawals(one(form, "number"), text, at, config) for text in texts)
    return [*next((found for found in said if found), ())]


def _texts(written: bytes, charset: str) -> list[str]:
    """What a text may be: the gateway sends UTF-8, or the bytes of its link as they came (UCS-2,
    GBK), with or without the name of their charset. In doubt each reading counts.
    """
    found: list[str] = []
    for name in dict.fromkeys([charset.strip() or CHARSETS[0], *CHARSETS]):
        with contextlib.suppress(LookupError, ValueError):
            found.append(written.decode(name))
    return found or [written.decode("utf-8", "replace")]
