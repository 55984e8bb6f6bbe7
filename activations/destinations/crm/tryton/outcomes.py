"""What an error of Tryton means: HTTP 200 with a name and its arguments, in a transaction that was
rolled back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sluice.activations.destinations.crm.outcomes import (
    MINUTE,
    CodeOutcome,
    by_table,
    fail,
    of_transport,
    stop,
    token,
)
from sluice.activations.http.client import Answer
from sluice.models.delivery import Outcome

# whatever is raised, the transaction is rolled back: what is not known did nothing, and is tried
# again
BUSY = CodeOutcome(Outcome.RETRY, "vendor_error", MINUTE)
ERRORS: Mapping[str, CodeOutcome] = {
    "UserError": fail("refused"),
    "UserWarning": fail("warning"),
    "ConcurrencyException": CodeOutcome(Outcome.RETRY, "changed_meanwhile", 1.0),
    "LoginException": stop("login_needs_more"),
    "RateLimitException": CodeOutcome(Outcome.RETRY, "too_many_logins", MINUTE, is_shared=True),
}
STATUSES: Mapping[str, CodeOutcome] = {
    "401": token("session_refused"),
    "403": stop("no_permission"),
    "404": stop("database_not_there"),
    "405": stop("rpc_path_not_right"),
}


def outcome_of(answer: Answer) -> CodeOutcome | None:
    """The outcome of a call, or None when it was done.

    A name in quotes is that of a field or model there is none of.
    """
    if answer.outcome is not Outcome.ACCEPTED:
        return by_table(answer.status, STATUSES) or of_transport(answer)
    if not isinstance(answer.body, Mapping) or not {"result", "error"} & answer.body.keys():
        return of_transport(answer)
    error: Any = answer.body.get("error")
    if error is None:
        return None
    name = str(error[0]) if isinstance(error, list) and error else ""
    if name.startswith("'"):
        return stop("field_does_not_exist")
    return by_table(name, ERRORS) or BUSY
