"""What Twilio's error codes mean for a message."""

from __future__ import annotations

from sluice.activations.destinations.sms.outcomes import FAIL, OPT_OUT, RETRY, STOP, SUPPRESS

CODES = {
    # one recipient's
    "21211": SUPPRESS,  # 'To' is no valid number
    "21610": OPT_OUT,
    "21614": SUPPRESS,  # 'To' is no mobile number
    "21408": FAIL,  # the account may not send to that country
    "21612": FAIL,  # no route from the sender to the number
    "30003": FAIL,  # unreachable: switched off
    "30007": FAIL,  # filtered
    # of the text
    "21602": FAIL,  # no body
    "21617": FAIL,  # more than 1,600 characters
    # of the sender or the account: all wait until it is fixed
    "20003": STOP,  # login
    "20005": STOP,  # account not active
    "20404": STOP,  # no such account
    "21603": STOP,  # no sender
    "21606": STOP,  # the sender is not the account's
    "21609": STOP,  # StatusCallback is no address
    # of the rate
    "20429": RETRY,
    "429": RETRY,
}
