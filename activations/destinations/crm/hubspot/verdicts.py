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

from sluice.activations.destinations.crm.rulings import (
    HOUR,
    Ruling,
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
from sluice.models.delivery import Verdict

INNER = re.compile(r'"error":"([A-Z_]+)"')
NAME = re.compile(r'"name":"(\w{1,80})"')
# the rolling limit counts the calls of ten seconds
BURST_SECONDS = 10.0
UNMADE = "PROPERTY_DOESNT_EXIST"

CATEGORIES: Mapping[str, Ruling] = {
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
STATUSES: Mapping[str, Ruling] = {
    "423": retry("locked", 2.0),
    "477": CATEGORIES["MIGRATION_IN_PROGRESS"],
}


def rule(answer: Answer) -> Ruling:
    """The ruling on a call that was not accepted: the narrowest code it names, else its status. A
    wait asked for wins.
    """
    found = [
        ruling for ruling in (by_table(code, CATEGORIES) for code in _codes(answer.body)) if ruling
    ]
    ruling = found[0] if found else by_table(answer.status, STATUSES) or of_transport(answer)
    if answer.status is not None and answer.status >= 500:
        ruling = of_transport(answer)
    if ruling is CATEGORIES[UNMADE]:
        ruling = of_fields(ruling, sorted(unmade_properties(answer)))
    elif ruling.verdict is Verdict.FAILED and isinstance(answer.body, Mapping):
        ruling = of_fields(ruling, _fields(answer.body))
    return (
        ruling
        if answer.retry_after_seconds is None
        else replace(ruling, wait_seconds=answer.retry_after_seconds)
    )


def unmade_properties(answer: Answer) -> frozenset[str]:
    """The properties that a call was refused for because nobody made them; HubSpot names them in
    the message.
    """
    message = str(answer.body.get("message") or "") if isinstance(answer.body, Mapping) else ""
    return frozenset(NAME.findall(message)) if UNMADE in INNER.findall(message) else frozenset()


def rule_error(error: Mapping[str, Any]) -> Ruling:
    """The ruling on one entry of ``errors`` in an answer 207; the properties at fault are named,
    never their values.
    """
    found = next(
        (ruling for ruling in (by_table(code, CATEGORIES) for code in _codes(error)) if ruling),
        None,
    )
    ruling = found or fail(named(error.get("category", "refused")))
    return of_fields(ruling, error.get("context", {}).get("propertyName") or _fields(error))


def _fields(body: Mapping[str, Any]) -> list[str]:
    """The properties that an error names: in its details, or in the JSON inside its message. A
    value cannot pass for one, since quotes within it are escaped there.
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
