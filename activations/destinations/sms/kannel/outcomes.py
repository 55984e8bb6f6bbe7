"""What Kannel's answers mean for a message: the status and the number before the colon (User's
Guide 1.4.5, sendsms).
"""

from __future__ import annotations

from sluice.activations.destinations.sms.outcomes import ACCEPT, ASK, FAIL, RETRY, STOP

# 202 with the number that the text begins with
ACCEPTED = {"0": ACCEPT, "3": ACCEPT}  # sent to the link, or kept for it
STATUSES = {
    202: ASK,  # neither of them
    400: FAIL,  # no receiver, no text
    403: STOP,  # wrong login, or a sender or link that the user may not use
    404: STOP,  # no such service at this address
    503: RETRY,  # temporal failure
}
