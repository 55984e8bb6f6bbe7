"""The signed event webhook of SendGrid: ECDSA over timestamp and body; a call without a good
signature is 403.
"""

from __future__ import annotations

import base64
import binascii
import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sluice.activations import agents
from sluice.activations.addresses import address_hash
from sluice.activations.destinations import engagement
from sluice.activations.destinations.base import CallbackAnswer, CallbackRequest
from sluice.activations.destinations.email.bounces import bounce_reason
from sluice.activations.destinations.email.sendgrid.config import SendGridConfig
from sluice.activations.destinations.email.unsubscribe import is_unsubscribe, read_unsubscribe
from sluice.activations.http.safe_json import read_json
from sluice.models.delivery import DeliveryState, MessageEvent, Receipt, VendorEvent, Withdrawal
from sluice.models.errors import ConfigurationError

SIGNATURE, TIMESTAMP = (
    "x-twilio-email-event-webhook-signature",
    "x-twilio-email-event-webhook-timestamp",
)
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
# events of a message that are no outcome
EVENTS = {
    "open": engagement.OPENED,
    "click": engagement.CLICKED,
    "deferred": engagement.DELAYED,
    "processed": engagement.PROCESSED,
}
LEFT = frozenset({"unsubscribe", "group_unsubscribe"})
# a mail that was dropped since the address bounced, complained or left before; other drops are
# about the mail
DROPPED = {
    "bounced address": DeliveryState.BOUNCED,
    "spam reporting address": DeliveryState.COMPLAINED,
}


def read_callback(config: SendGridConfig, request: CallbackRequest) -> CallbackAnswer:
    """A click to unsubscribe, or a call of the event webhook."""
    return (
        read_unsubscribe(config, request)
        if is_unsubscribe(request)
        else read_events(config, request)
    )


def read_events(config: SendGridConfig, request: CallbackRequest) -> CallbackAnswer:
    """What the events say."""
    if not _is_fresh(config, request) or not is_signed(config, request):
        return CallbackAnswer(status=403)
    try:
        events = read_json(request.body)
    except ValueError:
        return CallbackAnswer(status=400)
    listed = events if isinstance(events, list) else []
    return CallbackAnswer(
        [reported for event in listed if isinstance(event, dict) for reported in read_event(event)]
    )


def is_signed(config: SendGridConfig, request: CallbackRequest) -> bool:
    """True when the account's key signed this call.

    Raises ConfigurationError when ``cryptography`` is not installed.
    """
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import load_der_public_key
    except ImportError as error:
        raise ConfigurationError(
            "events of SendGrid cannot be verified", "pip install cryptography"
        ) from error
    try:
        key = load_der_public_key(base64.b64decode(config.event_public_key, validate=True))
        signature = base64.b64decode(request.headers.get(SIGNATURE, ""), validate=True)
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return False
        key.verify(
            signature,
            request.headers.get(TIMESTAMP, "").encode() + request.body,
            ec.ECDSA(hashes.SHA256()),
        )
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, binascii.Error):
        return False
    return True


def read_event(event: Mapping[str, Any]) -> Iterator[VendorEvent]:
    """An event. What is not understood tells nothing."""
    kind, at = str(event.get("event", "")), _time(event.get("timestamp"))
    delivery_id, email = _delivery_id(event), str(event.get("email") or "")
    found = _state(kind, event)
    if found is not None and delivery_id is not None:
        state, reason, suppress = found
        yield Receipt(state, at, delivery_id, reason=reason, suppress=suppress)
    if kind in EVENTS and delivery_id is not None:
        yield _message_event(kind, event, at, delivery_id)
    if kind in LEFT and "@" in email:
        yield Withdrawal("email", address_hash("email", email), at)


def _message_event(
    kind: str, event: Mapping[str, Any], at: datetime, delivery_id: int
) -> MessageEvent:
    user_agent = event.get("useragent")
    agent = agents.agent_of(user_agent)
    is_apple = event.get("sg_machine_open") is True
    named = event.get("sg_event_id") or (
        kind,
        at.isoformat(),
        event.get("url"),
        user_agent,
        event.get("attempt"),
    )
    return MessageEvent(
        EVENTS[kind],
        at,
        engagement.event_key("sendgrid", delivery_id, named),
        delivery_id,
        link=engagement.clean_link(event.get("url")),
        agent="apple_mail_privacy" if is_apple else agent,
        is_machine=is_apple or agents.is_machine(agent),
    )


def _state(kind: str, event: Mapping[str, Any]) -> tuple[DeliveryState, str | None, bool] | None:
    if kind == "delivered":
        return DeliveryState.DELIVERED, None, False
    if kind == "spamreport":
        return DeliveryState.COMPLAINED, "complaint", True
    if kind == "bounce":
        return _bounce(event)
    return _dropped(event) if kind == "dropped" else None


def _bounce(event: Mapping[str, Any]) -> tuple[DeliveryState, str, bool]:
    """Type ``blocked`` is about the sender or the moment, ``bounce`` about the address."""
    status, is_blocked = str(event.get("status") or ""), event.get("type") == "blocked"
    reason = bounce_reason(status) if STATUS.fullmatch(status) else "soft" if is_blocked else "hard"
    return DeliveryState.BOUNCED, reason, reason.startswith("hard") and not is_blocked


def _dropped(event: Mapping[str, Any]) -> tuple[DeliveryState, str, bool]:
    reason = str(event.get("reason") or "").strip().lower()
    state = DROPPED.get(reason, DeliveryState.FAILED)
    words = (
        re.sub(r"[^a-z]+", "_", reason).strip("_")
        if reason in DROPPED or reason in {"unsubscribed address", "invalid"}
        else "mail"
    )
    return (
        state,
        f"dropped_{words}",
        state is not DeliveryState.FAILED or reason in {"unsubscribed address", "invalid"},
    )


def _is_fresh(config: SendGridConfig, request: CallbackRequest) -> bool:
    """A call is signed with its time; SendGrid repeats one that was not answered for a day."""
    text = request.headers.get(TIMESTAMP, "")
    return (
        text.isdigit()
        and len(text) < 12
        and abs(time.time() - int(text)) <= config.event_tolerance_seconds
    )


def _delivery_id(event: Mapping[str, Any]) -> int | None:
    text = str(event.get("delivery_id", ""))
    return int(text) if re.fullmatch(r"-?\d{1,19}", text) else None


def _time(stamp: Any) -> datetime:
    try:
        return datetime.fromtimestamp(float(stamp), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return datetime.now(UTC)
