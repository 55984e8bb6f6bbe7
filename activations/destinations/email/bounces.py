"""Mails that come back: delivery status notifications (RFC 3464), complaints (ARF, RFC 5965), and
wishes to unsubscribe.

A notification is matched by its return path, then by the envelope id: both carry our tag. Its class
comes from ``Status``: an expired soft failure arrives as ``Action: failed`` with 4.x.x.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.message import Message as Mail
from email.utils import parsedate_to_datetime

from sluice.activations.destinations.email.replies import is_no, sender_hash, subject_of
from sluice.activations.destinations.email.status import is_bad_address
from sluice.activations.destinations.email.tokens import Signer
from sluice.activations.destinations.email.unsubscribe import SUBJECT
from sluice.models.delivery import DeliveryState, Receipt, Withdrawal

TAG_IN_ADDRESS = re.compile(r"\+([0-9a-f]{16}(?:-[0-9a-f]{12})?)@", re.I)
MESSAGE_ID = re.compile(r"<sluice\.(-?\d{1,19})@", re.I)
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
# a mailbox that is full, whatever the class of its status: it may be emptied
FULL = re.compile(r"[45]\.2\.2")


def read_report(
    content: bytes, signer: Signer, received_at: datetime
) -> list[Receipt | Withdrawal]:
    """What a mail tells: nothing, when it is no report of ours.

    ``received_at`` (aware UTC) is used where it has no date. Never raises for what is in the mail.
    """
    mail = email.message_from_bytes(content, policy=email.policy.compat32)
    at = _date(mail, received_at)
    kind = (
        str(mail.get_param("report-type", "")).lower()
        if mail.get_content_type() == "multipart/report"
        else ""
    )
    if kind == "delivery-status":
        return list(_bounces(mail, signer, at))
    if kind == "feedback-report":
        return list(_complaint(mail, signer, at))
    return _unsubscribe(mail, signer, at)


def _bounces(mail: Mail, signer: Signer, at: datetime) -> Iterator[Receipt | Withdrawal]:
    blocks = _blocks(mail, "message/delivery-status")
    if not blocks:
        return
    delivery_id = _delivery_id(mail, signer, [str(blocks[0].get("Original-Envelope-Id", ""))])
    for block in blocks[1:]:
        found = STATUS.match(str(block.get("Status", "")).strip())
        state = _state(str(block.get("Action", "")).strip().lower())
        if delivery_id is None or found is None or state is None:
            continue
        reason = None if state is DeliveryState.DELIVERED else bounce_reason(found[0])
        yield Receipt(
            state,
            at,
            delivery_id,
            reason=reason,
            suppress=reason is not None and is_bad_address(found[0]),
        )


def bounce_reason(status: str) -> str:
    """``hard_``, ``soft_`` or ``policy_`` and the status.

    Policy (x.7.x) is about the sender: it says nothing of the address.
    """
    if status.startswith("5.7."):
        return f"policy_{status}"
    return (
        f"soft_{status}" if status.startswith("4.") or FULL.fullmatch(status) else f"hard_{status}"
    )


def _state(action: str) -> DeliveryState | None:
    """Delayed is no outcome yet; relayed and expanded mean that nothing more will be reported."""
    return {"failed": DeliveryState.BOUNCED, "delivered": DeliveryState.DELIVERED}.get(action)


def _complaint(mail: Mail, signer: Signer, at: datetime) -> Iterator[Receipt | Withdrawal]:
    """A feedback report: abuse, fraud, virus and other are complaints, opt-out is a wish; not-spam
    takes a complaint back.
    """
    blocks = _blocks(mail, "message/feedback-report")
    if not blocks:
        return
    kind = str(blocks[0].get("Feedback-Type", "")).strip().lower()
    given = [
        str(blocks[0].get(name, "")) for name in ("Original-Envelope-Id", "Original-Mail-From")
    ]
    delivery_id = _delivery_id(mail, signer, given)
    if delivery_id is not None and kind not in {"", "not-spam"}:
        yield Receipt(
            DeliveryState.COMPLAINED,
            at,
            delivery_id,
            reason=f"feedback_{_word(kind)}",
            suppress=True,
        )


def _unsubscribe(mail: Mail, signer: Signer, at: datetime) -> list[Receipt | Withdrawal]:
    """A mail to the mailto of List-Unsubscribe, or a reply that says no.

    The token says who, if there is one of ours; else it is the sender: nobody reads a token that
    was cut off.
    """
    _, is_wish, token = "".join(subject_of(mail).split()).lower().partition(SUBJECT)
    hashed = signer.read_unsubscribe_token(token) if is_wish else None
    if hashed is None and (is_wish or is_no(mail)):
        hashed = sender_hash(mail)
    reason = "unsubscribed" if is_wish else "replied_stop"
    return [Withdrawal("email", hashed, at, reason)] if hashed else []


def _delivery_id(mail: Mail, signer: Signer, given: Iterable[str]) -> int | None:
    """Our id: from the address it came to, from what the report gives, then from headers of the
    mail it returns.
    """
    returned = _returned_headers(mail)
    addresses = [str(mail.get(name, "")) for name in ("To", "Delivered-To", "X-Original-To")]
    texts = [*addresses, *given, str(returned.get("Return-Path", ""))]
    tags = [found[1] if (found := TAG_IN_ADDRESS.search(text)) else text.strip() for text in texts]
    ids = (signer.read_tag(tag) for tag in tags)
    found_id = next((delivery_id for delivery_id in ids if delivery_id is not None), None)
    if (
        found_id is not None or signer.secret
    ):  # a Message-ID is not signed: with a secret it proves nothing
        return found_id
    found = MESSAGE_ID.search(str(returned.get("Message-ID", "")))
    return int(found[1]) if found else None


def _blocks(mail: Mail, content_type: str) -> list[Mail]:
    """The blocks of fields of a part (RFC 3464, 2.1: of the message first, then one a
    recipient).
    """
    part = next((part for part in mail.walk() if part.get_content_type() == content_type), None)
    payload = part.get_payload() if part is not None else None
    return (
        [block for block in payload if isinstance(block, Mail)] if isinstance(payload, list) else []
    )


def _returned_headers(mail: Mail) -> Mail:
    """Headers of the mail that came back, whole or its headers alone."""
    for part in mail.walk():
        payload = part.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload else None
        if part.get_content_type() == "message/rfc822" and isinstance(inner, Mail):
            return inner
        if part.get_content_type() == "text/rfc822-headers":
            raw = part.get_payload(decode=True)
            return email.message_from_bytes(raw if isinstance(raw, bytes) else b"")
    return Mail()


def _date(mail: Mail, otherwise: datetime) -> datetime:
    try:
        date = parsedate_to_datetime(str(mail.get("Date", "")))
        at = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return otherwise
    return min(at, otherwise)  # a clock that is ahead


def _word(text: str) -> str:
    return re.sub(r"[^a-z0-9-]", "", text)[:30] or "other"
