"""What each call to Tencent Ads carries, and the number of a mainland phone."""

from __future__ import annotations

import re
import time
import uuid

MAINLAND = re.compile(r"(?:\+86|0086)?(1\d{10})")


def mobile(text: str) -> str:
    """The 11 digits of a mainland mobile number; '' for any other."""
    found = MAINLAND.fullmatch(re.sub(r"[\s()-]", "", text))
    return found[1] if found else ""


def query(token: str) -> dict[str, str]:
    """The token, the time in seconds (300 off are refused) and a nonce that was never used."""
    return {
        "access_token": token,
        "timestamp": str(int(time.time())),
        "nonce": uuid.uuid4().hex,
    }
