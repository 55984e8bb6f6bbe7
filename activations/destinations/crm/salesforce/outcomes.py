"""What Salesforce's status codes mean, of one record in an answer 200, of a whole call, of a Bulk
row, and of the login.

Sources: developer.salesforce.com, SOAP API "Core Data Types Used in API Calls" (StatusCode), REST
API "Status Codes and Error Responses", "OAuth 2.0 Authorization Errors". What the mapping or the
account is at fault for fails no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sluice.activations.destinations.crm.outcomes import (
    HOUR,
    MINUTE,
    CodeOutcome,
    by_table,
    done,
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

LOCK_SECONDS = 5.0
# the row may be tried again, the others of the call are not concerned
LOCKED = CodeOutcome(Outcome.RETRY, "row_locked", LOCK_SECONDS)

CODES: Mapping[str, CodeOutcome] = {
    "INVALID_SESSION_ID": token("token_refused"),
    "INVALID_AUTH_HEADER": token("token_refused"),
    "REQUEST_LIMIT_EXCEEDED": retry("daily_limit", HOUR),
    "CONCURRENT_REQUESTS_LIMIT_EXCEEDED": retry("too_many_calls_at_once", MINUTE),
    "SERVER_UNAVAILABLE": retry("vendor_busy", MINUTE),
    "QUERY_TIMEOUT": retry("query_timeout", MINUTE),
    "UNKNOWN_EXCEPTION": retry("vendor_error"),
    "UNABLE_TO_LOCK_ROW": LOCKED,
    "PROCESSING_HALTED": CodeOutcome(Outcome.RETRY, "halted_by_another_row", LOCK_SECONDS),
    "ALL_OR_NONE_OPERATION_ROLLED_BACK": CodeOutcome(Outcome.RETRY, "rolled_back", LOCK_SECONDS),
    "API_CURRENTLY_DISABLED": stop("api_disabled"),
    "API_DISABLED_FOR_ORG": stop("api_disabled"),
    "STORAGE_LIMIT_EXCEEDED": stop("storage_full"),
    "INVALID_OPERATION_WITH_EXPIRED_PASSWORD": stop("password_expired"),
    "INSUFFICIENT_ACCESS": stop("no_permission"),
    "INVALID_FIELD": stop("field_does_not_exist"),
    "INVALID_FIELD_FOR_INSERT_UPDATE": stop("field_not_writable"),
    "INVALID_TYPE": stop("object_does_not_exist"),
    "MALFORMED_QUERY": stop("query_refused"),
    "NOT_FOUND": stop("external_id_field_not_there"),
    "INSUFFICIENT_ACCESS_OR_READONLY": CodeOutcome(Outcome.RETRY, "record_not_writable", HOUR),
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": CodeOutcome(
        Outcome.RETRY, "record_not_writable", HOUR
    ),
    "ENTITY_IS_LOCKED": CodeOutcome(Outcome.RETRY, "locked_by_an_approval", HOUR),
    "JSON_PARSER_ERROR": fail("body_refused"),
    "REQUIRED_FIELD_MISSING": fail("required_field_missing"),
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": fail("validation_rule"),
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": fail("refused_by_a_trigger"),
    "INVALID_EMAIL_ADDRESS": fail("email_not_valid"),
    "STRING_TOO_LONG": fail("value_too_long"),
    "NUMBER_OUTSIDE_VALID_RANGE": fail("number_out_of_range"),
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": fail("not_in_picklist"),
    "INVALID_TYPE_ON_FIELD_IN_RECORD": fail("type_of_field"),
    "DUPLICATES_DETECTED": fail("duplicate_rule"),
    "DUPLICATE_VALUE": fail("value_of_another_record"),
    "DUPLICATE_EXTERNAL_ID": fail("external_id_not_unique"),
    "INVALID_CROSS_REFERENCE_KEY": fail("reference_not_valid"),
    "MALFORMED_ID": fail("id_not_valid"),
    "ENTITY_IS_DELETED": fail("record_deleted"),
    "INACTIVE_OWNER_OR_USER": fail("owner_inactive"),
}
# of a deletion: what is gone is what was wanted
GONE: Mapping[str, CodeOutcome] = {
    "ENTITY_IS_DELETED": done("was_gone"),
    "INVALID_CROSS_REFERENCE_KEY": done("was_gone"),
    "MALFORMED_ID": done("was_gone"),
}
LOGIN: Mapping[str, CodeOutcome] = {
    "invalid_client_id": stop("client_id_refused"),
    "invalid_client": stop("client_secret_refused"),
    "invalid_client_credentials": stop("client_secret_refused"),
    "invalid_grant": stop("login_refused"),
    "inactive_user": stop("user_inactive"),
    "inactive_org": stop("org_inactive"),
    "unsupported_grant_type": stop("flow_not_enabled"),
    "unauthorized_client": stop("flow_not_enabled"),
    "rate_limit_exceeded": retry("too_many_logins", MINUTE),
    "server_error": retry("vendor_error", MINUTE),
}


def outcome_of(answer: Answer) -> CodeOutcome:
    """The outcome of a call that was not accepted, by the first code of its list of errors."""
    errors = answer.body if isinstance(answer.body, list) else []
    code = errors[0].get("errorCode", "") if errors and isinstance(errors[0], Mapping) else ""
    code_outcome = by_table(code, CODES) or of_transport(answer)
    return (
        code_outcome
        if answer.retry_after_seconds is None
        else replace(code_outcome, wait_seconds=answer.retry_after_seconds)
    )


def login_outcome(answer: Answer) -> CodeOutcome:
    """The outcome of a login that gave no token; a login has no effect on any row."""
    error = answer.body.get("error", "") if isinstance(answer.body, Mapping) else ""
    found = by_table(error, LOGIN) or of_transport(answer)
    return CodeOutcome(Outcome.RETRY, found.reason, found.wait_seconds or MINUTE, is_shared=True)


def record_outcome(errors: Any) -> CodeOutcome:
    """The outcome of one record of an answer 200, whose ``success`` is false.

    Fields are named, never their values.
    """
    first = (
        errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], Mapping) else {}
    )
    return of_fields(status_outcome(first.get("statusCode", "")), first.get("fields") or [])


def status_outcome(code: object) -> CodeOutcome:
    """The outcome of a status code; one that is not listed refused the row."""
    return by_table(code, CODES) or fail(named(code))


def bulk_row_outcome(error: str) -> CodeOutcome:
    """The outcome of ``sf__Error`` of a Bulk row: ``CODE:message:fields --``, or
    ``CODE:message:--`` where no field is named. The message may hold values and is not read.
    """
    code, _, rest = error.partition(":")
    code_outcome, fields = (
        status_outcome(code),
        rest.rpartition(":")[2].removesuffix(" --") if rest.endswith(" --") else "",
    )
    return (
        of_fields(code_outcome, fields.split(","))
        if fields and code_outcome.outcome is Outcome.FAILED
        else code_outcome
    )
