"""Messages as tasks for employees, and the outcome of a task as receipts.

A task is created, waits until the employee confirms it, and then is sent, or not: the customer is
no friend any more, or has had the messages of the month. Only "sent" is a delivery.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sluice.activations.destinations.wechat.content import render
from sluice.models.delivery import DeliveryState, Message, Receipt
from sluice.models.errors import ContentError

# status of get_groupmsg_send_result; 0 is a task that was not confirmed yet, of which there is
# nothing to tell
OUTCOMES: Mapping[int, tuple[DeliveryState, str | None]] = {
    1: (DeliveryState.DELIVERED, None),
    2: (DeliveryState.FAILED, "not_friend"),
    3: (DeliveryState.FAILED, "limit_reached"),
}


@dataclass(frozen=True)
class Customer:
    """A customer, and the employee who knows them, as the campaign's values name them."""

    external_userid: str
    sender: str


@dataclass(frozen=True)
class Task:
    """Messages with one content, of one employee."""

    sender: str
    content: dict[str, Any]
    messages: Sequence[tuple[Message, Customer]]

    def body(self) -> dict[str, Any]:
        """Body of ``externalcontact/add_msg_template``."""
        customers = list(dict.fromkeys(customer.external_userid for _, customer in self.messages))
        return {
            "chat_type": "single",
            "external_userid": customers,
            "sender": self.sender,
            **self.content,
        }


def customer_of(message: Message, sender: str) -> Customer | None:
    """Who gets the message and who sends it: the values ``external_userid`` and ``sender``, which
    is ``sender`` without.
    """
    external, employee = (
        str(message.values.get("external_userid") or ""),
        str(message.values.get("sender") or sender),
    )
    return Customer(external, employee) if external and employee else None


def content_of(message: Message, folder: Path) -> dict[str, Any]:
    """``text`` and ``attachments``. Raises ContentError."""
    content = render(message.template, message.language, "message", message.values, folder)
    content.pop("msgtype", None)
    if not (content.get("text") or content.get("attachments")):
        raise ContentError(
            f"{message.template} has no text and no attachments", "add one of them to it"
        )
    return content


def part_id(msgid: str, external_userid: str) -> str:
    """The vendor's id of one message of a task: the task has one id for all, and the customer is
    named by a hash.
    """
    return f"{msgid}/{hashlib.sha256(external_userid.encode()).hexdigest()[:32]}"


def receipts_of(msgid: str, rows: Iterable[Mapping[str, Any]]) -> list[Receipt]:
    """Receipts of what an employee has confirmed. Times are the vendor's."""
    found = []
    for row in rows:
        state, reason = OUTCOMES.get(int(row.get("status", 0)), (None, None))
        if state is not None:
            occurred_at = datetime.fromtimestamp(int(row.get("send_time") or 0), UTC)
            vendor_id = part_id(msgid, str(row.get("external_userid", "")))
            found.append(Receipt(state, occurred_at, vendor_id=vendor_id, reason=reason))
    return found
