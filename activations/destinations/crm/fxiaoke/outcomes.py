"""What an errorCode of 纷享销客 means.

The answer is HTTP 200 always, and errorMessage changes: only the code counts.

Source: developer.fxiaoke.com, openapi_v2, 全局返回码.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sluice.activations.destinations.crm.outcomes import (
    HOUR,
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
from sluice.activations.http.client import Answer
from sluice.models.delivery import Outcome

# an interface may be called 100 times in so many seconds
WINDOW_SECONDS = 20.0
# 50009: "服务异常，如:超时". Whether it acted is unknown; it is asked for the record before it is
# written
# again
TIMED_OUT = CodeOutcome(Outcome.UNKNOWN, "vendor_timeout")

MISSING = (
    10001,
    10002,
    10003,
    10004,
    10005,
    10006,
    10007,
    10008,
    10009,
    10010,
    10012,
    10013,
    10014,
    10015,
)
NOT_VALID = (
    11001,
    11002,
    11003,
    11004,
    11005,
    11006,
    11007,
    11008,
    11009,
    11010,
    11011,
    11013,
    11015,
    11016,
    11017,
    11018,
)
CODES: Mapping[str, CodeOutcome] = {
    "-2": TIMED_OUT,
    "-1": retry("vendor_busy", MINUTE),
    # what the settings give with every call: no row is to blame
    **{str(code): stop(f"parameter_missing_{code}") for code in MISSING},
    **{str(code): stop(f"parameter_not_valid_{code}") for code in NOT_VALID},
    "11014": token("token_refused"),
    "12002": token("login_refused"),
    "12003": fail("message_type"),
    "12004": fail("body_empty"),
    "12005": fail("text_empty"),
    "14001": retry("burst_limit", WINDOW_SECONDS),
    "15002": fail("parameter_not_valid"),
    "15003": stop("no_permission"),
    "20005": token("token_expired"),
    "20006": stop("app_secret_refused"),
    "20010": stop("code_expired"),
    "20012": stop("user_not_found"),
    "20014": stop("no_permission_for_employee"),
    "20015": stop("permanent_code_refused"),
    "20016": token("token_expired"),
    "20017": stop("corp_not_found"),
    "20020": stop("no_permission_for_corp"),
    "20021": stop("app_disabled"),
    "20022": stop("app_not_authorised"),
    "20023": stop("no_permission_for_department"),
    "30002": retry("daily_limit", HOUR),
    "30003": stop("no_quota_bought"),
    "30004": retry("burst_limit", WINDOW_SECONDS),
    "30007": fail("department_not_found"),
    "30027": fail("owner_not_found"),
    "32000": fail("parameter_not_valid"),
    "40010": fail("template_not_valid"),
    "50009": TIMED_OUT,
}


def outcome_of(answer: Answer) -> CodeOutcome | None:
    """The outcome of a call, or None when it was done.

    A code of a module that the list does not have refused the row.
    """
    if (
        answer.outcome is not Outcome.ACCEPTED
        or not isinstance(answer.body, Mapping)
        or "errorCode" not in answer.body
    ):
        return of_transport(answer)
    code: Any = answer.body["errorCode"]
    return None if str(code) == "0" else by_table(code, CODES) or fail(named(code, "error_"))
