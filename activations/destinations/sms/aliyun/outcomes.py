"""What the codes of Aliyun's Dysmsapi mean for a message.

Codes of a template, a signature or the account stop everything.
"""

from __future__ import annotations

from sluice.activations.destinations.sms.outcomes import (
    ACCEPT,
    ASK,
    FAIL,
    HALF_DAY,
    RETRY,
    STOP,
    SUPPRESS,
    CodeOutcome,
)

CODES = {
    "OK": ACCEPT,
    # one recipient's
    "isv.BUSINESS_LIMIT_CONTROL": CodeOutcome(
        "retry", HALF_DAY
    ),  # so many a day to this number: later, never at once
    "isv.MOBILE_NUMBER_ILLEGAL": SUPPRESS,
    "isv.BLACK_KEY_CONTROL_LIMIT": FAIL,
    "isv.PARAM_LENGTH_LIMIT": FAIL,
    "isv.PARAM_NOT_SUPPORT_URL": FAIL,
    # ours, and shared by the call
    "isv.MOBILE_COUNT_OVER_LIMIT": FAIL,
    "isv.TEMPLATE_MISSING_PARAMETERS": STOP,
    "isv.INVALID_JSON_PARAM": FAIL,
    "isv.INVALID_PARAMETERS": FAIL,
    "isv.SMS_TEMPLATE_ILLEGAL": STOP,
    "isv.SMS_SIGNATURE_ILLEGAL": STOP,
    # the account's
    "isv.OUT_OF_SERVICE": STOP,
    "isv.AMOUNT_NOT_ENOUGH": STOP,
    "isv.ACCOUNT_NOT_EXISTS": STOP,
    "isv.ACCOUNT_ABNORMAL": STOP,
    "isv.PRODUCT_UN_SUBSCRIPT": STOP,
    "isp.RAM_PERMISSION_DENY": STOP,
    "SignatureDoesNotMatch": STOP,
    "SignatureNonceUsed": RETRY,
    "InvalidTimeStamp.Expired": STOP,
    # theirs
    "isp.SYSTEM_ERROR": ASK,
    "InternalError": ASK,
    "ServiceUnavailable": RETRY,
}
FAMILIES = {
    "Throttling": RETRY,
    "InvalidAccessKeyId": STOP,
    "InvalidTimeStamp": STOP,
    "Forbidden": STOP,
    "NoPermission": STOP,
    "isp.": ASK,
}
# codes that may be one recipient's alone: a call refused with one is split, until who is at fault
# is found
OF_ONE_RECIPIENT = frozenset(
    {
        "isv.BUSINESS_LIMIT_CONTROL",
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.PARAM_LENGTH_LIMIT",
        "isv.PARAM_NOT_SUPPORT_URL",
        "isv.INVALID_JSON_PARAM",
        "isv.INVALID_PARAMETERS",
    }
)
