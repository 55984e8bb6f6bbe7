"""What Twilio calls us with: the status of a message, or a message of somebody.

Signed over the address and all fields.

X-Twilio-Signature is base64 of HMAC-SHA1 with the auth token over the address called and each
field's name and value, sorted.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qs

from sluice.activations.destinations.base import CallbackAnswer, CallbackRequest
from sluice.activations.destinations.engagement import event_key
from sluice.activations.destinations.sms.callback import DENIED, delivery_number, one, withdrawals
from sluice.activations.destinations.sms.outcomes import named
from sluice.activations.destinations.sms.twilio.config import TwilioConfig
from sluice.models.delivery import DeliveryState, MessageEvent, Receipt, VendorEvent, Withdrawal

Form = dict[str, list[str]]
FINAL = {
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.DELIVERED,
    "undelivered": DeliveryState.BOUNCED,
    "failed": DeliveryState.FAILED,
}
# on the way, or read after it was delivered: no outcome
EVENTS = {
    "accepted": "sms_processed",
    "scheduled": "sms_processed",
    "queued": "sms_processed",
    "sending": "sms_processed",
    "sent": "sms_handed_over",
    "read": "sms_read",
}
NO_REPLY = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


def read_callback(config: TwilioConfig, request: CallbackRequest) -> CallbackAnswer:
    """A receipt of a final status, an event of any other, or a withdrawal.

    Where a proxy stands in front, the address called is the setting ``callback_url`` with the query
    of the call.
    """
    form = parse_qs(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    called = {request.url, _public_url(config, request)}
    given = request.headers.get("x-twilio-signature", "").encode()
    token = config.auth_token.get_secret_value()
    if not any(hmac.compare_digest(signature(token, url, form).encode(), given) for url in called):
        return DENIED
    reported: list[VendorEvent] = (
        _status(form, request, config) if one(form, "MessageStatus") else [*_reply(form, config)]
    )
    return CallbackAnswer(reported, body=NO_REPLY, content_type="text/xml; charset=utf-8")


def signature(auth_token: str, url: str, form: Mapping[str, Sequence[str]]) -> str:
    """The signature of a call, whatever fields it has."""
    fields = "".join(name + value for name in sorted(form) for value in sorted(set(form[name])))
    return b64encode(
        hmac.new(auth_token.encode(), (url + fields).encode(), hashlib.sha1).digest()
    ).decode()


def _public_url(config: TwilioConfig, request: CallbackRequest) -> str:
    base = config.callback_url.partition("?")[0]
    return f"{base}?{request.query}" if request.query else base


def _status(form: Form, request: CallbackRequest, config: TwilioConfig) -> list[VendorEvent]:
    status, sid = one(form, "MessageStatus"), one(form, "MessageSid")
    delivery_id = delivery_number(one(parse_qs(request.query), "delivery"))
    if not (sid or delivery_id is not None):
        return []
    reported: list[VendorEvent] = [*_receipt(form, status, sid, delivery_id, config)]
    if status in EVENTS:
        key = event_key("twilio", sid, delivery_id, status)
        reported.append(
            MessageEvent(EVENTS[status], datetime.now(UTC), key, delivery_id, sid or None)
        )
    return reported


def _receipt(
    form: Form, status: str, sid: str, delivery_id: int | None, config: TwilioConfig
) -> list[Receipt]:
    state = FINAL.get(status)
    if state is None:
        return []
    code = one(form, "ErrorCode")
    is_bad = state is not DeliveryState.DELIVERED
    receipt = Receipt(
        state,
        datetime.now(UTC),
        delivery_id=delivery_id,
        vendor_id=sid or None,
        reason=named(code or status) if is_bad else None,
        suppress=is_bad and config.is_dead_number(code),
    )
    return [receipt]


def _reply(form: Form, config: TwilioConfig) -> list[Receipt | Withdrawal]:
    text = "STOP" if one(form, "OptOutType") == "STOP" else one(form, "Body")
    return [*withdrawals(one(form, "From"), text, datetime.now(UTC), config)]
