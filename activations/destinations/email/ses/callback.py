"""Events of SES (bounces, complaints ...) by SNS or EventBridge, as receipts.

Who cannot prove to be Amazon is 403.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sluice.activations import agents
from sluice.activations.addresses import address_hash
from sluice.activations.destinations import engagement
from sluice.activations.destinations.base import CallbackAnswer, CallbackRequest
from sluice.activations.destinations.email.bounces import bounce_reason
from sluice.activations.destinations.email.ses.config import SesConfig
from sluice.activations.destinations.email.sns import (
    confirm,
    fetch_certificate,
    is_amazon_url,
    is_signed,
)
from sluice.activations.destinations.email.unsubscribe import is_unsubscribe, read_unsubscribe
from sluice.activations.http.safe_json import read_json
from sluice.models.delivery import DeliveryState, MessageEvent, Receipt, VendorEvent, Withdrawal

REFUSED = CallbackAnswer(status=403)
# events of a message that are no outcome, by SES's name for them
EVENTS = {
    "open": engagement.OPENED,
    "click": engagement.CLICKED,
    "deliverydelay": engagement.DELAYED,
    "send": engagement.PROCESSED,
}
LATER = CallbackAnswer(status=503)  # SNS sends it again


def read_callback(config: SesConfig, request: CallbackRequest) -> CallbackAnswer:
    """A click to unsubscribe, or an event of SES."""
    return (
        read_unsubscribe(config, request)
        if is_unsubscribe(request)
        else read_events(config, request)
    )


def read_events(config: SesConfig, request: CallbackRequest) -> CallbackAnswer:
    """What an event says."""
    try:
        body = read_json(request.body)
    except ValueError:
        return CallbackAnswer(status=400)
    if not isinstance(body, dict):
        return CallbackAnswer(status=400)
    return (
        _from_event_bridge(config, request, body) if "detail" in body else _from_sns(config, body)
    )


def _from_event_bridge(
    config: SesConfig, request: CallbackRequest, body: Mapping[str, Any]
) -> CallbackAnswer:
    key = config.event_key.get_secret_value()
    if not key or not hmac.compare_digest(
        request.headers.get("x-api-key", "").encode(), key.encode()
    ):
        return REFUSED
    return CallbackAnswer(list(read_event(body["detail"])))


def _from_sns(config: SesConfig, message: Mapping[str, Any]) -> CallbackAnswer:
    if not config.topic_arn or message.get("TopicArn") != config.topic_arn:
        return REFUSED
    try:
        if not is_signed(message, _certificate(config, str(message.get("SigningCertURL", "")))):
            return REFUSED
        if message.get("Type") == "SubscriptionConfirmation":
            confirm(str(message.get("SubscribeURL", "")))
    except ValueError:
        return REFUSED
    except OSError:
        return LATER
    if message.get("Type") != "Notification":
        return CallbackAnswer()
    try:
        event = read_json(str(message.get("Message", "")))
    except ValueError:
        return CallbackAnswer()
    return CallbackAnswer(list(read_event(event)))


def _certificate(config: SesConfig, url: str) -> bytes:
    """The certificate that was put into the settings, else Amazon's own.

    The address must be Amazon's in any case.
    """
    if not is_amazon_url(url):
        raise ValueError("the certificate is not Amazon's")
    return (
        config.certificate_file.read_bytes()
        if config.certificate_file is not None
        else fetch_certificate(url)
    )


def read_event(event: Any) -> Iterator[VendorEvent]:
    """An event (``eventType``) or a notification (``notificationType``) of SES.

    What is not understood tells nothing.
    """
    if not isinstance(event, dict) or not isinstance(event.get("mail"), dict):
        return
    kind = (
        str(event.get("eventType") or event.get("notificationType") or "").lower().replace(" ", "")
    )
    mail = event["mail"]
    detail: Any = next((value for name, value in event.items() if name.lower() == kind), {})
    detail = detail if isinstance(detail, dict) else {}
    at = _time(detail.get("timestamp") or mail.get("timestamp"))
    delivery_id, vendor_id = _delivery_id(mail), str(mail.get("messageId") or "") or None
    found = _state(kind, detail)
    if found is not None and (delivery_id is not None or vendor_id is not None):
        state, reason, suppress = found
        yield Receipt(
            state,
            at,
            delivery_id,
            vendor_id if delivery_id is None else None,
            None,
            reason,
            suppress,
        )
    if kind in EVENTS and (delivery_id is not None or vendor_id is not None):
        yield _message_event(kind, detail, at, delivery_id, vendor_id)
    if kind == "subscription" and detail.get("contactList") is not None and _has_left(detail):
        yield from (
            Withdrawal("email", address_hash("email", str(to)), at)
            for to in mail.get("destination", [])
        )


def _message_event(
    kind: str,
    detail: Mapping[str, Any],
    at: datetime,
    delivery_id: int | None,
    vendor_id: str | None,
) -> MessageEvent:
    """SES gives events no id: a copy has the same message, kind, time, link and program."""
    link, user_agent = detail.get("link"), detail.get("userAgent")
    agent = agents.agent_of(user_agent)
    return MessageEvent(
        EVENTS[kind],
        at,
        engagement.event_key("ses", vendor_id, delivery_id, kind, at.isoformat(), link, user_agent),
        delivery_id,
        vendor_id,
        engagement.clean_link(link),
        agent,
        agents.is_machine(agent),
    )


def _state(kind: str, detail: Mapping[str, Any]) -> tuple[DeliveryState, str | None, bool] | None:
    if kind == "delivery":
        return DeliveryState.DELIVERED, None, False
    if kind == "complaint":
        return DeliveryState.COMPLAINED, "complaint", True
    if kind in {"reject", "renderingfailure"}:
        return DeliveryState.FAILED, f"ses_{kind}", False
    return _bounce(detail) if kind == "bounce" else None


def _bounce(detail: Mapping[str, Any]) -> tuple[DeliveryState, str, bool]:
    """Permanent is a bad address, unless it is about the sender; Transient and Undetermined may yet
    be well.
    """
    recipients = detail.get("bouncedRecipients")
    first = (
        recipients[0]
        if isinstance(recipients, list) and recipients and isinstance(recipients[0], dict)
        else {}
    )
    is_hard = detail.get("bounceType") == "Permanent"
    status = str(first.get("status") or "")
    is_status = len(status.split(".")) == 3 and status.replace(".", "").isdigit()
    reason = bounce_reason(status) if is_status else "hard" if is_hard else "soft"
    return DeliveryState.BOUNCED, reason, is_hard and not reason.startswith("policy")


def _has_left(detail: Mapping[str, Any]) -> bool:
    preferences = detail.get("newTopicPreferences")
    return isinstance(preferences, dict) and preferences.get("unsubscribeAll") is True


def _delivery_id(mail: Mapping[str, Any]) -> int | None:
    tags = mail.get("tags")
    values = tags.get("delivery_id") if isinstance(tags, dict) else None
    try:
        return int(values[0]) if isinstance(values, list) and values else None
    except ValueError:
        return None


def _time(text: Any) -> datetime:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return datetime.now(UTC)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
