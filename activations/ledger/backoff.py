"""When to try again."""

from __future__ import annotations

import random

FIRST_SECONDS = 2.0
LONGEST_SECONDS = 6 * 3600.0
LONGEST_ASKED = 24 * 3600.0


def wait_seconds(attempts: int, retry_after: float | None = None) -> float:
    """Seconds until the next attempt: what the vendor asked for, or 2 s doubling up to 6 h, with up
    to half of it as jitter.
    """
    if retry_after is not None:
        return min(max(0.0, retry_after), LONGEST_ASKED)
    delay = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(attempts - 1, 20))
    return delay * (0.5 + random.random() / 2)
