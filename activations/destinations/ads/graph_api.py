"""What Meta's Graph API asks of each call, and what its answers mean."""

from __future__ import annotations

import hashlib
import hmac

from sluice.activations.http.client import Answer
from sluice.models.delivery import ItemResult, Outcome

# error codes of the Graph API that pass: unknown, service, limits of calls, of users, of audiences;
# and the account's own faults
TRANSIENT = {1, 2, 4, 17, 32, 341, 368, 613, 80003, 80004}
ACCOUNT = {3, 10, 102, 190, *range(200, 300)}


def proof(token: str, app_secret: str) -> dict[str, str]:
    """``appsecret_proof``: HMAC-SHA256 of the token; nothing without a secret."""
    if not app_secret:
        return {}
    return {
        "appsecret_proof": hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    }


def call_result(answer: Answer) -> ItemResult:
    """The outcome of a call: by Meta's error code, since limits and a refused token come as 400
    too.
    """
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    if not isinstance(error, dict) or answer.outcome is Outcome.UNKNOWN:
        return ItemResult(
            0, answer.outcome, answer.reason, retry_after_seconds=answer.retry_after_seconds
        )
    code = error.get("code") if isinstance(error.get("code"), int) else 0
    passes = (
        bool(error.get("is_transient"))
        or code in TRANSIENT
        or code in ACCOUNT
        or answer.outcome is Outcome.RETRY
    )
    outcome = Outcome.RETRY if passes else Outcome.FAILED
    return ItemResult(0, outcome, f"meta_{code}", retry_after_seconds=answer.retry_after_seconds)
