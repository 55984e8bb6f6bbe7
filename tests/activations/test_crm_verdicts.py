"""Every code of every CRM, in one table: what becomes of the row, and when it is tried again."""

from __future__ import annotations

from typing import Any

import pytest

from activations.destinations.crm.hubspot import verdicts as hubspot
from activations.http import Answer
from models.delivery import Verdict

RETRY, FAILED, UNKNOWN = Verdict.RETRY, Verdict.FAILED, Verdict.UNKNOWN

# the status and body of an answer; verdict, reason, seconds to wait
HUBSPOT: list[tuple[int, Any, Verdict, str, float | None]] = [
    (401, {"category": "INVALID_AUTHENTICATION"}, RETRY, "token_refused", 60),
    (401, {"category": "EXPIRED_AUTHENTICATION"}, RETRY, "token_expired", 60),
    (401, {"category": "REVOKED_AUTHENTICATION"}, RETRY, "token_revoked", 3600),
    (403, {"category": "MISSING_SCOPES"}, RETRY, "missing_scopes", 3600),
    (403, {"category": "USER_DOES_NOT_HAVE_PERMISSIONS"}, RETRY, "no_permission", 3600),
    (403, {"category": "BANNED"}, RETRY, "account_banned", 3600),
    (403, None, RETRY, "http_403", 3600),
    (429, {"category": "RATE_LIMITS", "errorType": "RATE_LIMIT", "policyName": "DAILY"}, RETRY, "daily_limit", 3600),
    (429, {"category": "RATE_LIMITS", "policyName": "TEN_SECONDLY_ROLLING"}, RETRY, "burst_limit", 10),
    (429, {"category": "RATE_LIMITS", "policyName": "SECONDLY"}, RETRY, "burst_limit", 1),
    (429, {"category": "RATE_LIMITS"}, RETRY, "rate_limits", 10),
    (429, None, RETRY, "http_429", None),
    (423, None, RETRY, "locked", 2),
    (477, {"category": "MIGRATION_IN_PROGRESS"}, RETRY, "migration_in_progress", 3600),
    (477, None, RETRY, "migration_in_progress", 3600),
    (500, {"category": "INTERNAL_ERROR"}, RETRY, "http_500", None),
    (502, None, RETRY, "http_502", None),
    (504, None, RETRY, "http_504", None),
    (400, {"category": "VALIDATION_ERROR"}, FAILED, "validation_error", None),
    (
        400,
        {"category": "VALIDATION_ERROR", "errors": [{"code": "PROPERTY_DOESNT_EXIST"}]},
        RETRY,
        "property_does_not_exist",
        3600,
    ),
    (400, {"category": "VALIDATION_ERROR", "subCategory": "crm.INVALID_OWNER_ID"}, FAILED, "owner_not_found", None),
    (
        400,
        {"category": "VALIDATION_ERROR", "subCategory": "x.DUPLICATE_PROPERTY_VALUES"},
        FAILED,
        "value_of_another_record",
        None,
    ),
    (400, {"category": "INVALID_OBJECT_TYPE"}, RETRY, "object_does_not_exist", 3600),
    (404, {"category": "OBJECT_NOT_FOUND"}, FAILED, "object_not_found", None),
    (409, {"category": "CONFLICT"}, FAILED, "conflict", None),
    (409, {"category": "OBJECT_ALREADY_EXISTS"}, FAILED, "object_already_exists", None),
    (400, {"category": "NEW_IN_2031"}, FAILED, "http_400", None),
    (200, {"category": "INTERNAL_ERROR"}, RETRY, "vendor_error", None),
]


@pytest.mark.parametrize(("status", "body", "verdict", "reason", "wait"), HUBSPOT)
def test_hubspot(status: int, body: Any, verdict: Verdict, reason: str, wait: float | None) -> None:
    found = hubspot.rule(answer(status, body))
    assert (found.verdict, found.reason, found.wait_seconds) == (verdict, reason, wait)


def test_every_code_of_hubspot_is_in_the_table() -> None:
    tried = {code for _, body, *_ in HUBSPOT for code in hubspot._codes(body)}
    assert hubspot.CATEGORIES.keys() - tried == set()


def test_error_of_one_input_names_the_property_and_never_a_value() -> None:
    error = {"category": "VALIDATION_ERROR", "message": "a@b is not valid", "context": {"propertyName": ["email", "a@b"]}}
    assert hubspot.rule_error(error).reason == "validation_error:email,unlisted_code"


def answer(status: int, body: Any = None) -> Answer:
    """What the HTTP client makes of a status and a body."""
    if 200 <= status < 300:
        return Answer(Verdict.ACCEPTED, None, status, body)
    verdict = Verdict.RETRY if status in {408, 429} or status >= 500 else Verdict.FAILED
    return Answer(verdict, f"http_{status}", status, body)
