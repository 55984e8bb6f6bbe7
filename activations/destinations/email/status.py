"""Enhanced status codes (RFC 3463) and SMTP replies as outcomes.

Texts echo addresses, so a reason is made of codes alone.
"""

from __future__ import annotations

import re

from sluice.activations.destinations.email.submission import Reply
from sluice.models.delivery import ItemResult, Outcome

# the address itself is bad: unknown mailbox, system or syntax, moved, no mail accepted there (RFC
# 7505), disabled
BAD_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
STATUS = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")


def is_bad_address(status: str) -> bool:
    """True when nothing should be sent to the address again."""
    return status in BAD_ADDRESS


def reply_result(delivery_id: int, reply: Reply) -> ItemResult:
    """A reply as an outcome: 2xx accepted, 4xx again later, 5xx never.

    That the sender is refused (a 5xx to MAIL, but for its size) is no fault of this message: it is
    tried again once the account is fixed.
    """
    found = STATUS.match(reply.text)
    status = found[1].decode() if found else ""
    reason = f"smtp_{reply.code}" + (f"_{status}" if status[:1] in {"4", "5"} else "")
    if 200 <= reply.code < 300:
        return ItemResult(delivery_id, Outcome.ACCEPTED)
    if reply.phase == "mail" and reply.code not in {421, 552} and reply.code >= 500:
        return ItemResult(delivery_id, Outcome.RETRY, f"sender_refused_{reason}")
    if 400 <= reply.code < 500:
        return ItemResult(delivery_id, Outcome.RETRY, reason)
    return ItemResult(delivery_id, Outcome.FAILED, reason, suppress=is_bad_address(status))
