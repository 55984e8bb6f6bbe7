"""What an answer of 销售易 means: ``code`` in the body, 200 or 0 when it was done; the other codes as
the settings sort them.
"""

from __future__ import annotations

from collections.abc import Mapping

from sluice.activations.destinations.crm.finding import KEY_TAKEN
from sluice.activations.destinations.crm.outcomes import (
    MINUTE,
    CodeOutcome,
    by_table,
    fail,
    named,
    of_transport,
    retry,
    stop,
    token,
)
from sluice.activations.destinations.crm.xiaoshouyi.config import XiaoshouyiConfig
from sluice.activations.http.client import Answer
from sluice.models.delivery import Outcome

DONE = frozenset({"200", "0"})
LOGIN: Mapping[str, CodeOutcome] = {
    "invalid_client": stop("client_secret_refused"),
    "invalid_grant": stop("login_refused"),
    "unauthorized_client": stop("flow_not_enabled"),
    "unsupported_grant_type": stop("flow_not_enabled"),
    "invalid_request": stop("login_not_complete"),
}


def outcome_of(answer: Answer, config: XiaoshouyiConfig) -> CodeOutcome | None:
    """The outcome of a call, or None when it was done.

    HTTP comes first: a 401 has no code of the vendor's.
    """
    body = answer.body if isinstance(answer.body, Mapping) else {}
    code = str(body.get("code", body.get("error_code", "")))
    if answer.status is not None and answer.status >= 500:
        return of_transport(answer)
    if not code:
        return token("token_refused") if answer.status == 401 else of_transport(answer)
    if answer.outcome is Outcome.ACCEPTED and code in DONE:
        return None
    return _sorted(code, config)


def login_outcome(answer: Answer) -> CodeOutcome:
    """The outcome of a login that gave no token; it has no effect on any row."""
    error = answer.body.get("error", "") if isinstance(answer.body, Mapping) else ""
    found = by_table(error, LOGIN) or of_transport(answer)
    return CodeOutcome(Outcome.RETRY, found.reason, found.wait_seconds or MINUTE, is_shared=True)


def _sorted(code: str, config: XiaoshouyiConfig) -> CodeOutcome:
    if code in config.duplicate_codes:
        return KEY_TAKEN
    if code in config.token_codes:
        return token("token_refused")
    if code in config.busy_codes:
        return retry(named(code, "busy_"), MINUTE)
    return (
        stop(named(code, "stopped_")) if code in config.stop_codes else fail(named(code, "error_"))
    )
