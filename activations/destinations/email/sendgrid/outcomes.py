"""What SendGrid says, as outcomes: 202 is accepted, 400 and 413 are about the call's content, 401
and 403 about the account.
"""

from __future__ import annotations

from sluice.activations.http.client import Answer
from sluice.models.delivery import ItemResult, Outcome

OF_THE_CONTENT = frozenset({400, 413})


def is_of_an_entry(answer: Answer) -> bool:
    """True when one personalization may be at fault, so that a smaller call may get through."""
    return answer.status in OF_THE_CONTENT


def call_result(answer: Answer) -> ItemResult:
    """The outcome of all mails of a call.

    An account that may not send, or has no credits, is tried again once it is fixed.
    """
    if answer.outcome is Outcome.ACCEPTED:
        return ItemResult(0, Outcome.ACCEPTED)
    if answer.outcome is Outcome.FAILED and answer.status not in OF_THE_CONTENT:
        return ItemResult(0, Outcome.RETRY, answer.reason)
    retry_after = answer.retry_after_seconds
    return ItemResult(
        0,
        answer.outcome,
        answer.reason,
        retry_after_seconds=_until_reset(answer) if retry_after is None else retry_after,
    )


def _until_reset(answer: Answer) -> float | None:
    """Seconds to wait after a 429 without Retry-After: SendGrid's windows are a minute at most."""
    return 60.0 if answer.status == 429 else None
