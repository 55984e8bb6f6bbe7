"""Every code of every CRM: what becomes of the row, and when it is tried again. Salesforce has a
file of its own.
"""

from __future__ import annotations

from typing import Any

import pytest

from sluice.activations.destinations.crm.finding import KEY_TAKEN
from sluice.activations.destinations.crm.fxiaoke import outcomes as fxiaoke
from sluice.activations.destinations.crm.hubspot import outcomes as hubspot
from sluice.activations.destinations.crm.tryton import outcomes as tryton
from sluice.activations.destinations.crm.xiaoshouyi import outcomes as xiaoshouyi
from sluice.activations.destinations.crm.xiaoshouyi.config import XiaoshouyiConfig
from sluice.activations.http.client import Answer
from sluice.models.delivery import Outcome

RETRY, FAILED, UNKNOWN = Outcome.RETRY, Outcome.FAILED, Outcome.UNKNOWN

# the status and body of an answer; outcome, reason, seconds to wait
HUBSPOT: list[tuple[int, Any, Outcome, str, float | None]] = [
    (401, {"category": "INVALID_AUTHENTICATION"}, RETRY, "token_refused", 60),
    (401, {"category": "EXPIRED_AUTHENTICATION"}, RETRY, "token_expired", 60),
    (401, {"category": "REVOKED_AUTHENTICATION"}, RETRY, "token_revoked", 3600),
    (403, {"category": "MISSING_SCOPES"}, RETRY, "missing_scopes", 3600),
    (403, {"category": "USER_DOES_NOT_HAVE_PERMISSIONS"}, RETRY, "no_permission", 3600),
    (403, {"category": "BANNED"}, RETRY, "account_banned", 3600),
    (403, None, RETRY, "http_403", 3600),
    (
        429,
        {"category": "RATE_LIMITS", "errorType": "RATE_LIMIT", "policyName": "DAILY"},
        RETRY,
        "daily_limit",
        3600,
    ),
    (
        429,
        {"category": "RATE_LIMITS", "policyName": "TEN_SECONDLY_ROLLING"},
        RETRY,
        "burst_limit",
        10,
    ),
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
    (
        400,
        {"category": "VALIDATION_ERROR", "message": '[{"error":"PROPERTY_DOESNT_EXIST"}]'},
        RETRY,
        "property_does_not_exist",
        3600,
    ),
    (
        400,
        {"category": "VALIDATION_ERROR", "subCategory": "crm.INVALID_OWNER_ID"},
        FAILED,
        "owner_not_found",
        None,
    ),
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

# a code; outcome, reason, seconds to wait
FXIAOKE: list[tuple[int, Outcome, str, float | None]] = [
    (-2, UNKNOWN, "vendor_timeout", None),
    (-1, RETRY, "vendor_busy", 60),
    *(
        (code, RETRY, f"parameter_missing_{code}", 3600.0)
        for code in (10001, 10002, 10003, 10004, 10005, 10006, 10007)
    ),
    *(
        (code, RETRY, f"parameter_missing_{code}", 3600.0)
        for code in (10008, 10009, 10010, 10012, 10013, 10014, 10015)
    ),
    *(
        (code, RETRY, f"parameter_not_valid_{code}", 3600.0)
        for code in (11001, 11002, 11003, 11004, 11005, 11006)
    ),
    *(
        (code, RETRY, f"parameter_not_valid_{code}", 3600.0)
        for code in (11007, 11008, 11009, 11010, 11011, 11013)
    ),
    *(
        (code, RETRY, f"parameter_not_valid_{code}", 3600.0)
        for code in (11015, 11016, 11017, 11018)
    ),
    (11014, RETRY, "token_refused", 60),
    (12002, RETRY, "login_refused", 60),
    (12003, FAILED, "message_type", None),
    (12004, FAILED, "body_empty", None),
    (12005, FAILED, "text_empty", None),
    (14001, RETRY, "burst_limit", 20),
    (15002, FAILED, "parameter_not_valid", None),
    (15003, RETRY, "no_permission", 3600),
    (20005, RETRY, "token_expired", 60),
    (20006, RETRY, "app_secret_refused", 3600),
    (20010, RETRY, "code_expired", 3600),
    (20012, RETRY, "user_not_found", 3600),
    (20014, RETRY, "no_permission_for_employee", 3600),
    (20015, RETRY, "permanent_code_refused", 3600),
    (20016, RETRY, "token_expired", 60),
    (20017, RETRY, "corp_not_found", 3600),
    (20020, RETRY, "no_permission_for_corp", 3600),
    (20021, RETRY, "app_disabled", 3600),
    (20022, RETRY, "app_not_authorised", 3600),
    (20023, RETRY, "no_permission_for_department", 3600),
    (30002, RETRY, "daily_limit", 3600),
    (30003, RETRY, "no_quota_bought", 3600),
    (30004, RETRY, "burst_limit", 20),
    (30007, FAILED, "department_not_found", None),
    (30027, FAILED, "owner_not_found", None),
    (32000, FAILED, "parameter_not_valid", None),
    (40010, FAILED, "template_not_valid", None),
    (50009, UNKNOWN, "vendor_timeout", None),
    (301620053, FAILED, "unlisted_code", None),
    (99999, FAILED, "error_99999", None),
]

# the status and body of an answer; outcome, reason, seconds to wait
XIAOSHOUYI: list[tuple[int, Any, Outcome, str, float | None]] = [
    (401, None, RETRY, "token_refused", 60),
    (401, {"code": 401}, RETRY, "token_refused", 60),
    (200, {"code": "401"}, RETRY, "token_refused", 60),
    (200, {"code": 403}, RETRY, "stopped_403", 3600),
    (200, {"code": 429}, RETRY, "busy_429", 60),
    (200, {"code": 500}, RETRY, "busy_500", 60),
    (200, {"code": 503}, RETRY, "busy_503", 60),
    (500, {"code": 500}, RETRY, "http_500", None),
    (502, None, RETRY, "http_502", None),
    (200, {"code": 1020}, RETRY, KEY_TAKEN.reason, None),
    (200, {"code": 1010}, FAILED, "error_1010", None),
    (200, {"error_code": 2000}, FAILED, "error_2000", None),
    (200, {"msg": "a@b.cn"}, UNKNOWN, "unreadable_answer", None),
    (200, {"code": "a@b.cn"}, FAILED, "unlisted_code", None),
    (404, None, FAILED, "http_404", None),
]
XIAOSHOUYI_LOGIN: list[tuple[str, str, float]] = [
    ("invalid_client", "client_secret_refused", 3600),
    ("invalid_grant", "login_refused", 3600),
    ("unauthorized_client", "flow_not_enabled", 3600),
    ("unsupported_grant_type", "flow_not_enabled", 3600),
    ("invalid_request", "login_not_complete", 3600),
    ("new_in_2031", "http_400", 60),
]

TRYTON: list[tuple[int, Any, Outcome, str, float | None]] = [
    (
        200,
        {"error": ["UserError", ["The code on party must be unique.", "", None]]},
        FAILED,
        "refused",
        None,
    ),
    (200, {"error": ["UserWarning", ["name", "message", ""]]}, FAILED, "warning", None),
    (200, {"error": ["ConcurrencyException", ["party.party"]]}, RETRY, "changed_meanwhile", 1),
    (
        200,
        {"error": ["LoginException", ["password", "Password for a", "password"]]},
        RETRY,
        "login_needs_more",
        3600,
    ),
    (200, {"error": ["RateLimitException", ""]}, RETRY, "too_many_logins", 60),
    (200, {"error": ["'nofield'", ""]}, RETRY, "field_does_not_exist", 3600),
    (200, {"error": ["database is locked", "Traceback of a@b.cn"]}, RETRY, "vendor_error", 60),
    (200, {"error": []}, RETRY, "vendor_error", 60),
    (200, {"id": 1}, UNKNOWN, "unreadable_answer", None),
    (401, None, RETRY, "session_refused", 60),
    (403, None, RETRY, "no_permission", 3600),
    (404, None, RETRY, "database_not_there", 3600),
    (405, None, RETRY, "rpc_path_not_right", 3600),
    (429, None, RETRY, "http_429", None),
    (500, None, RETRY, "http_500", None),
]


@pytest.mark.parametrize(("status", "body", "outcome", "reason", "wait"), HUBSPOT)
def test_hubspot(status: int, body: Any, outcome: Outcome, reason: str, wait: float | None) -> None:
    found = hubspot.outcome_of(answer(status, body))
    assert (found.outcome, found.reason, found.wait_seconds) == (outcome, reason, wait)


def test_every_code_of_hubspot_is_in_the_table() -> None:
    tried = {code for _, body, *_ in HUBSPOT for code in hubspot._codes(body)}
    assert hubspot.CATEGORIES.keys() - tried == set()


def test_error_of_one_input_names_the_property_and_never_a_value() -> None:
    error = {
        "category": "VALIDATION_ERROR",
        "message": "a@b is not valid",
        "context": {"propertyName": ["email", "a@b"]},
    }
    assert hubspot.error_outcome(error).reason == "validation_error:email,unlisted_code"


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (
            (
                "Property values were not valid:"
                ' [{"isValid":false,"error":"INVALID_LENGTH","name":"town"}]'
            ),
            "validation_error:town",
        ),
        (
            (
                'not valid: [{"message":"\\"name\\":\\"ben\\" is no'
                ' e-mail","error":"INVALID_EMAIL","name":"email"}]'
            ),
            "validation_error:email",
        ),
        ("the body is not valid", "validation_error"),
    ],
)
def test_a_refused_call_of_hubspot_names_the_property_and_never_a_value(
    message: str, reason: str
) -> None:
    assert (
        hubspot.outcome_of(answer(400, {"category": "VALIDATION_ERROR", "message": message})).reason
        == reason
    )


@pytest.mark.parametrize(("code", "outcome", "reason", "wait"), FXIAOKE)
def test_fxiaoke(code: int, outcome: Outcome, reason: str, wait: float | None) -> None:
    found = fxiaoke.outcome_of(answer(200, {"errorCode": code, "errorMessage": "of a@b.cn"}))
    assert found is not None
    assert (found.outcome, found.reason, found.wait_seconds) == (outcome, reason, wait)


def test_every_code_of_fxiaoke_is_in_the_table() -> None:
    assert fxiaoke.CODES.keys() - {str(row[0]) for row in FXIAOKE} == set()
    assert fxiaoke.outcome_of(answer(200, {"errorCode": 0})) is None
    assert fxiaoke.outcome_of(answer(200, {"other": 0})).outcome is UNKNOWN  # type: ignore[union-attr]


@pytest.mark.parametrize(("status", "body", "outcome", "reason", "wait"), XIAOSHOUYI)
def test_xiaoshouyi(
    status: int, body: Any, outcome: Outcome, reason: str, wait: float | None
) -> None:
    config = XiaoshouyiConfig(
        client_id="a", client_secret="b", username="c", password="d", duplicate_codes=["1020"]
    )
    found = xiaoshouyi.outcome_of(answer(status, body), config)
    assert found is not None
    assert (found.outcome, found.reason, found.wait_seconds) == (outcome, reason, wait)


@pytest.mark.parametrize(("error", "reason", "wait"), XIAOSHOUYI_LOGIN)
def test_login_of_xiaoshouyi_fails_no_row(error: str, reason: str, wait: float) -> None:
    found = xiaoshouyi.login_outcome(answer(400, {"error": error}))
    assert (found.outcome, found.reason, found.wait_seconds) == (RETRY, reason, wait)


def test_every_code_of_xiaoshouyi_is_in_the_table() -> None:
    config = XiaoshouyiConfig(client_id="a", client_secret="b", username="c", password="d")
    tried = {str(row[1]["code"]) for row in XIAOSHOUYI if row[1] and "code" in row[1]}
    assert (config.token_codes | config.busy_codes | config.stop_codes) - tried == set()
    assert xiaoshouyi.LOGIN.keys() - {row[0] for row in XIAOSHOUYI_LOGIN} == set()


@pytest.mark.parametrize(("status", "body", "outcome", "reason", "wait"), TRYTON)
def test_tryton(status: int, body: Any, outcome: Outcome, reason: str, wait: float | None) -> None:
    found = tryton.outcome_of(answer(status, body))
    assert found is not None
    assert (found.outcome, found.reason, found.wait_seconds) == (outcome, reason, wait)


def test_every_error_of_tryton_is_in_the_table() -> None:
    tried = {row[1]["error"][0] for row in TRYTON if row[1] and row[1].get("error")}
    assert tryton.ERRORS.keys() - tried == set()
    assert tryton.STATUSES.keys() - {str(row[0]) for row in TRYTON} == set()
    assert tryton.outcome_of(answer(200, {"id": 1, "result": None})) is None


def answer(status: int, body: Any = None) -> Answer:
    """What the HTTP client makes of a status and a body."""
    if 200 <= status < 300:
        return Answer(Outcome.ACCEPTED, None, status, body)
    outcome = Outcome.RETRY if status in {408, 429} or status >= 500 else Outcome.FAILED
    return Answer(outcome, f"http_{status}", status, body)
