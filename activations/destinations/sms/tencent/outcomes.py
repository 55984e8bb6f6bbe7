"""What the codes of Tencent's SMS 2021-01-11 mean for a message: of a call (``Error.Code``) or of a
recipient (``Code``).
"""

from __future__ import annotations

from sluice.activations.destinations.sms.outcomes import (
    ACCEPT,
    ASK,
    FAIL,
    HALF_DAY,
    HOUR,
    OPT_OUT,
    RETRY,
    STOP,
    SUPPRESS,
    CodeOutcome,
)

LATER, TOMORROW = CodeOutcome("retry", HOUR), CodeOutcome("retry", HALF_DAY)

CODES = {
    "Ok": ACCEPT,
    # one recipient's
    "FailedOperation.PhoneNumberInBlacklist": OPT_OUT,  # said no to the provider or the carrier
    "FailedOperation.PhoneNumberParseFail": SUPPRESS,
    "InvalidParameterValue.IncorrectPhoneNumber": SUPPRESS,
    "LimitExceeded.PhoneNumberThirtySecondLimit": CodeOutcome("retry", 30.0),
    "LimitExceeded.PhoneNumberOneHourLimit": LATER,
    "LimitExceeded.PhoneNumberDailyLimit": TOMORROW,
    "LimitExceeded.PhoneNumberSameContentDailyLimit": TOMORROW,
    "LimitExceeded.DeliveryFrequencyLimit": LATER,
    "UnsupportedOperation.UnsupportedRegion": FAIL,
    "LimitExceeded.AppCountryOrRegionInBlacklist": FAIL,
    # of this text
    "FailedOperation.ContainSensitiveWord": FAIL,
    "InvalidParameter.DirtyWordFound": FAIL,
    "InvalidParameterValue.ContentLengthLimit": FAIL,
    "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter": FAIL,
    "InvalidParameterValue.TemplateParameterLengthLimit": FAIL,
    "InvalidParameterValue.TemplateParameterFormatError": FAIL,
    # of the hour, the day, the second
    "FailedOperation.MarketingSendTimeConstraint": (
        LATER
    ),  # marketing goes out from 08:00 to 22:00 alone
    "LimitExceeded.AppDailyLimit": TOMORROW,
    "LimitExceeded.AppMainlandChinaDailyLimit": TOMORROW,
    "LimitExceeded.AppGlobalDailyLimit": TOMORROW,
    "LimitExceeded.AppCountryOrRegionDailyLimit": TOMORROW,
    "LimitExceeded.DailyLimit": TOMORROW,
    "LimitExceeded.GlobalSmsSendingRateLimit": RETRY,
    "RequestLimitExceeded": RETRY,
    # of the call: ours
    "LimitExceeded.PhoneNumberCountLimit": FAIL,
    "MissingParameter.EmptyPhoneNumberSet": FAIL,
    "UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber": FAIL,
    # of the template, the signature, the application, the account: all wait until it is fixed
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": STOP,
    "FailedOperation.TemplateIncorrectOrUnapproved": STOP,
    "FailedOperation.TemplateUnapprovedOrNotExist": STOP,
    "FailedOperation.TemplateIdNotExist": STOP,
    "FailedOperation.SignatureIncorrectOrUnapproved": STOP,
    "InvalidParameterValue.MarketingTemplateWithoutUnsubscribe": STOP,
    "FailedOperation.InsufficientBalanceInSmsPackage": STOP,
    "InvalidParameterValue.SdkAppIdNotExist": STOP,
    "UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone": STOP,
    "UnsupportedOperation.GlobalTemplateToChineseMainlandPhone": STOP,
    "InternalError.RequestTimeException": STOP,  # our clock is wrong by 10 minutes
    "InternalError.SigVerificationFail": STOP,
    "InternalError.SigFieldMissing": STOP,
    # theirs: it is unknown whether it was sent
    "InternalError.Timeout": ASK,
    "InternalError.SendAndRecvFail": ASK,
    "ResourceUnavailable": RETRY,
}
FAMILIES = {
    "AuthFailure": STOP,
    "UnauthorizedOperation": STOP,
    "LimitExceeded": LATER,
    "RequestLimitExceeded": RETRY,
    "InternalError": ASK,
}
