"""What HubSpot's errors mean: one table by category, and by the name of the daily and the rolling
limit.

Source: developers.hubspot.com, "Error handling" and "API usage guidelines". The status says little:
a 400 may be one bad input or a property that nobody made. The categories that a row is not to blame
for fail no row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sluice.activations.destinations.crm.outcomes import (
    HOUR,
    CodeOutcome,
    by_table,
    fail,
    named,
    of_fields,
    of_transport,
    retry,
    stop,
    token,
)
from sluice.activations.http.client import Answer
from sluice.models.delivery import Outcome

INNER = re.compile(r'"error":"([A-Z_]+)"')
NAME = re.compile(r'"name":"(\w{1,80})"')
# the rolling limit counts the calls of ten seconds
BURST_SECONDS = 10.0
UNMADE = "PROPERTY_DOESNT_EXIST"

CATEGORIES: Mapping[str, CodeOutcome] = {
    "INVALID_AUTHENTICATION": token("token_refused"),
    "EXPIRED_AUTHENTICATION": token("token_expired"),
    "REVOKED_AUTHENTICATION": stop("token_revoked"),
    "MISSING_SCOPES": stop("missing_scopes"),
    "USER_DOES_NOT_HAVE_PERMISSIONS": stop("no_permission"),
    "BANNED": stop("account_banned"),
    "DAILY": retry("daily_limit", HOUR),
    "TEN_SECONDLY_ROLLING": retry("burst_limit", BURST_SECONDS),
    "SECONDLY": retry("burst_limit", 1.0),
    "RATE_LIMITS": retry("rate_limits", BURST_SECONDS),
    "MIGRATION_IN_PROGRESS": retry("migration_in_progress", HOUR),
    "INTERNAL_ERROR": retry("vendor_error"),
    UNMADE: stop("property_does_not_exist"),
    "INVALID_OBJECT_TYPE": stop("object_does_not_exist"),
    "VALIDATION_ERROR": fail("validation_error"),
    "CONFLICT": fail("conflict"),
    "OBJECT_ALREADY_EXISTS": fail("object_already_exists"),
    "DUPLICATE_PROPERTY_VALUES": fail("value_of_another_record"),
    "OBJECT_NOT_FOUND": fail("object_not_found"),
    "INVALID_OWNER_ID": fail("owner_not_found"),
}
STATUSES: Mapping[str, CodeOutcome] = {
    "423": retry("locked", 2.0),
    "477": CATEGORIES["MIGRATION_IN_PROGRESS"],
}


def outcome_of(answer: Answer) -> CodeOutcome:
    """The outcome of a call that was not accepted: the narrowest code it names, else its status.

    A wait asked for wins.
    """
    found = [
        code_outcome
        for code_outcome in (by_table(code, CATEGORIES) for code in _codes(answer.body))
        if code_outcome
    ]
    code_outcome = found[0] if found else by_table(answer.status, STATUSES) or of_transport(answer)
    if answer.status is not None and answer.status >= 500:
        code_outcome = of_transport(answer)
    if code_outcome is CATEGORIES[UNMADE]:
        code_outcome = of_fields(code_outcome, sorted(unmade_properties(answer)))
    elif code_outcome.outcome is Outcome.FAILED and isinstance(answer.body, Mapping):
        code_outcome = of_fields(code_outcome, _fields(answer.body))
    return (
        code_outcome
        if answer.retry_after_seconds is None
        else replace(code_outcome, wait_seconds=answer.retry_after_seconds)
    )


def unmade_properties(answer: Answer) -> frozenset[str]:
    """The properties that a call was refused for because nobody made them; HubSpot names them in
    the message.
    """
    message = str(answer.body.get("message") or "") if isinstance(answer.body, Mapping) else ""
    return frozenset(NAME.findall(message)) if UNMADE in INNER.findall(message) else frozenset()


def error_outcome(error: Mapping[str, Any]) -> CodeOutcome:
    """The outcome of one entry of ``errors`` in an answer 207; the properties at fault are named,
    never their values.
    """
    found = next(
        (
            code_outcome
            for code_outcome in (by_table(code, CATEGORIES) for code in _codes(error))
            if code_outcome
        ),
        None,
    )
    code_outcome = found or fail(named(error.get("category", "refused")))
    return of_fields(code_outcome, error.get("context", {}).get("propertyName") or _fields(error))


def _fields(body: Mapping[str, Any]) -> list[str]:
    """The properties that an error names: in its details, or in the JSON inside its message.

    A value cannot pass for one, since quotes within it are escaped there.
    """
    details = [one for one in body.get("errors") or [] if isinstance(one, Mapping)]
    listed = [
        name for one in details for name in (one.get("context") or {}).get("propertyName") or []
    ]
    return [*listed, *NAME.findall(str(body.get("message") or ""))]


def _codes(body: Any) -> Iterator[str]:
    """The codes of an error from the narrowest to the widest."""
    if not isinstance(body, Mapping):
        return
    for detail in body.get("errors") or []:
        if isinstance(detail, Mapping):
            yield str(detail.get("code") or detail.get("error") or "")
    # older answers hold the details as JSON inside the message
    yield from INNER.findall(str(body.get("message") or ""))
    sub = body.get("subCategory")
    yield str(sub).rpartition(".")[2] if sub else ""
    yield str(body.get("policyName") or "")
    yield str(body.get("category") or body.get("errorType") or "")
