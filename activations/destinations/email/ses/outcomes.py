"""What SES says, as outcomes.

Statuses: enum BulkEmailStatus of sesv2/2019-09-27; errors: its exceptions.

An account that is suspended, paused, throttled or not set up is no fault of a message: it is tried
again.
"""

from __future__ import annotations

from typing import Any

from sluice.activations.http.client import Answer
from sluice.models.delivery import ItemResult, Outcome

RETRY_AFTER = {
    "ACCOUNT_THROTTLED": 5.0,
    "ACCOUNT_DAILY_QUOTA_EXCEEDED": 3600.0,
    "TRANSIENT_FAILURE": None,
}
NOT_SET_UP = frozenset({
    "MAIL_FROM_DOMAIN_NOT_VERIFIED", "CONFIGURATION_SET_NOT_FOUND", "TEMPLATE_NOT_FOUND",
    "ACCOUNT_SUSPENDED",
    "INVALID_SENDING_POOL_NAME", "ACCOUNT_SENDING_PAUSED", "CONFIGURATION_SET_SENDING_PAUSED",
})  # fmt: skip
REFUSED = frozenset({"MESSAGE_REJECTED", "INVALID_PARAMETER", "FAILED"})
# of a whole call: what is wrong with one of its entries, as far as we know; all other 4xx are the
# account's
OF_AN_ENTRY = frozenset(
    {"BadRequestException", "MessageRejected", "InvalidParameterValue", "ValidationException"}
)


def entry_result(delivery_id: int, result: Any) -> ItemResult:
    """One of ``BulkEmailEntryResults``. The Error text may echo an address, and is not used."""
    status = str(result.get("Status", "")) if isinstance(result, dict) else ""
    if status == "SUCCESS":
        return ItemResult(
            delivery_id, Outcome.ACCEPTED, vendor_id=str(result.get("MessageId") or "") or None
        )
    if status in RETRY_AFTER:
        return ItemResult(
            delivery_id, Outcome.RETRY, status.lower(), retry_after_seconds=RETRY_AFTER[status]
        )
    if status in NOT_SET_UP:
        return ItemResult(delivery_id, Outcome.RETRY, status.lower())
    if status in REFUSED:
        return ItemResult(delivery_id, Outcome.FAILED, status.lower())
    return ItemResult(delivery_id, Outcome.UNKNOWN, "no_answer_for_item")


def error_name(answer: Answer) -> str:
    """The exception of a refused call: in a header, or in the body's ``__type``."""
    body = answer.body if isinstance(answer.body, dict) else {}
    name = str(
        answer.headers.get("x-amzn-errortype") or body.get("__type") or body.get("code") or ""
    )
    name = name.split(":")[0].rpartition("#")[2]
    return name if name.isalnum() else ""


def call_result(answer: Answer) -> ItemResult:
    """The outcome of a whole call that was refused."""
    name = error_name(answer)
    reason = f"ses_{name}" if name else answer.reason
    if answer.outcome is Outcome.FAILED and name not in OF_AN_ENTRY and answer.status != 413:
        return ItemResult(0, Outcome.RETRY, reason)
    return ItemResult(0, answer.outcome, reason, retry_after_seconds=answer.retry_after_seconds)


def is_of_an_entry(answer: Answer) -> bool:
    """True when one entry may be at fault, so that a smaller call may get through."""
    return answer.outcome is Outcome.FAILED and (
        answer.status == 413 or error_name(answer) in OF_AN_ENTRY
    )
