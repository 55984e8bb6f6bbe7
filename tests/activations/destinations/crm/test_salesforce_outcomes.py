"""Every code of Salesforce, in one table: what becomes of the row, and when it is tried again."""

from __future__ import annotations

import pytest

from sluice.activations.destinations.crm.salesforce import outcomes as salesforce
from sluice.models.delivery import Outcome
from tests.activations.destinations.crm.test_crm_outcomes import FAILED, RETRY, answer

# a code; outcome, reason, seconds to wait
SALESFORCE: list[tuple[str, Outcome, str, float | None]] = [
    ("INVALID_SESSION_ID", RETRY, "token_refused", 60),
    ("INVALID_AUTH_HEADER", RETRY, "token_refused", 60),
    ("REQUEST_LIMIT_EXCEEDED", RETRY, "daily_limit", 3600),
    ("CONCURRENT_REQUESTS_LIMIT_EXCEEDED", RETRY, "too_many_calls_at_once", 60),
    ("SERVER_UNAVAILABLE", RETRY, "vendor_busy", 60),
    ("QUERY_TIMEOUT", RETRY, "query_timeout", 60),
    ("UNKNOWN_EXCEPTION", RETRY, "vendor_error", None),
    ("UNABLE_TO_LOCK_ROW", RETRY, "row_locked", 5),
    ("PROCESSING_HALTED", RETRY, "halted_by_another_row", 5),
    ("ALL_OR_NONE_OPERATION_ROLLED_BACK", RETRY, "rolled_back", 5),
    ("API_CURRENTLY_DISABLED", RETRY, "api_disabled", 3600),
    ("API_DISABLED_FOR_ORG", RETRY, "api_disabled", 3600),
    ("STORAGE_LIMIT_EXCEEDED", RETRY, "storage_full", 3600),
    ("INVALID_OPERATION_WITH_EXPIRED_PASSWORD", RETRY, "password_expired", 3600),
    ("INSUFFICIENT_ACCESS", RETRY, "no_permission", 3600),
    ("INVALID_FIELD", RETRY, "field_does_not_exist", 3600),
    ("INVALID_FIELD_FOR_INSERT_UPDATE", RETRY, "field_not_writable", 3600),
    ("INVALID_TYPE", RETRY, "object_does_not_exist", 3600),
    ("MALFORMED_QUERY", RETRY, "query_refused", 3600),
    ("NOT_FOUND", RETRY, "external_id_field_not_there", 3600),
    ("INSUFFICIENT_ACCESS_OR_READONLY", RETRY, "record_not_writable", 3600),
    ("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", RETRY, "record_not_writable", 3600),
    ("ENTITY_IS_LOCKED", RETRY, "locked_by_an_approval", 3600),
    ("JSON_PARSER_ERROR", FAILED, "body_refused", None),
    ("REQUIRED_FIELD_MISSING", FAILED, "required_field_missing", None),
    ("FIELD_CUSTOM_VALIDATION_EXCEPTION", FAILED, "validation_rule", None),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", FAILED, "refused_by_a_trigger", None),
    ("INVALID_EMAIL_ADDRESS", FAILED, "email_not_valid", None),
    ("STRING_TOO_LONG", FAILED, "value_too_long", None),
    ("NUMBER_OUTSIDE_VALID_RANGE", FAILED, "number_out_of_range", None),
    ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", FAILED, "not_in_picklist", None),
    ("INVALID_TYPE_ON_FIELD_IN_RECORD", FAILED, "type_of_field", None),
    ("DUPLICATES_DETECTED", FAILED, "duplicate_rule", None),
    ("DUPLICATE_VALUE", FAILED, "value_of_another_record", None),
    ("DUPLICATE_EXTERNAL_ID", FAILED, "external_id_not_unique", None),
    ("INVALID_CROSS_REFERENCE_KEY", FAILED, "reference_not_valid", None),
    ("MALFORMED_ID", FAILED, "id_not_valid", None),
    ("ENTITY_IS_DELETED", FAILED, "record_deleted", None),
    ("INACTIVE_OWNER_OR_USER", FAILED, "owner_inactive", None),
    ("NEW_IN_2031", FAILED, "unlisted_code", None),
    ("a@b.cn", FAILED, "unlisted_code", None),
]
SALESFORCE_LOGIN: list[tuple[str, str, float]] = [
    ("invalid_client_id", "client_id_refused", 3600),
    ("invalid_client", "client_secret_refused", 3600),
    ("invalid_client_credentials", "client_secret_refused", 3600),
    ("invalid_grant", "login_refused", 3600),
    ("inactive_user", "user_inactive", 3600),
    ("inactive_org", "org_inactive", 3600),
    ("unsupported_grant_type", "flow_not_enabled", 3600),
    ("unauthorized_client", "flow_not_enabled", 3600),
    ("rate_limit_exceeded", "too_many_logins", 60),
    ("server_error", "vendor_error", 60),
    ("new_in_2031", "http_400", 60),
]


@pytest.mark.parametrize(("code", "outcome", "reason", "wait"), SALESFORCE)
def test_salesforce(code: str, outcome: Outcome, reason: str, wait: float | None) -> None:
    """The same of a record in an answer 200 and of a row of a job; of a whole call where the table
    has the code.
    """
    one = salesforce.record_outcome([{"statusCode": code, "message": "of a@b.cn", "fields": []}])
    row = salesforce.bulk_row_outcome(f"{code}:of a@b.cn: Ben:--")
    assert {(found.outcome, found.reason, found.wait_seconds) for found in (one, row)} == {
        (outcome, reason, wait)
    }
    if code in salesforce.CODES:
        assert salesforce.outcome_of(answer(400, [{"errorCode": code}])) == one


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --",
            "required_field_missing:lastname",
        ),
        (
            "STRING_TOO_LONG:Region: data value too large: Ben:Region2__c,Name --",
            "value_too_long:region2__c,name",
        ),
        ("DUPLICATE_VALUE:duplicates value on record with id: Ben:--", "value_of_another_record"),
        (
            "INVALID_EMAIL_ADDRESS:invalid email address: a@b:a@b --",
            "email_not_valid:unlisted_code",
        ),
    ],
)
def test_a_row_of_a_job_names_the_fields_and_never_a_value(error: str, reason: str) -> None:
    assert salesforce.bulk_row_outcome(error).reason == reason


@pytest.mark.parametrize(("error", "reason", "wait"), SALESFORCE_LOGIN)
def test_login_of_salesforce_fails_no_row(error: str, reason: str, wait: float) -> None:
    found = salesforce.login_outcome(answer(400, {"error": error}))
    assert (found.outcome, found.reason, found.wait_seconds) == (RETRY, reason, wait)


def test_every_code_of_salesforce_is_in_the_table() -> None:
    assert salesforce.CODES.keys() - {row[0] for row in SALESFORCE} == set()
    assert salesforce.LOGIN.keys() - {row[0] for row in SALESFORCE_LOGIN} == set()
