"""What simulated SMS providers share: whose number it is, which numbers they refuse, and how often
one may be written to.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
MOBILE = re.compile(r"\+86(1[3-9]\d{9})")
ABROAD = re.compile(r"\+(?!86)[1-9]\d{7,14}")
UNLISTED = "90404"  # numbers that end so are not in use
OPTED_OUT = "90403"  # numbers that end so said no, at the provider


def is_sendable(number: str) -> bool:
    """Whether a number in E.164 is one that SMS go to."""
    return bool(MOBILE.fullmatch(number) or ABROAD.fullmatch(number)) and not number.endswith(
        UNLISTED
    )


def is_mainland(number: str) -> bool:
    """Whether a number in E.164 is of mainland China."""
    return number.startswith("+86")


def has_opted_out(number: str) -> bool:
    """Whether the provider has it that this number wants nothing."""
    return number.endswith(OPTED_OUT)


class DailyLimit:
    """So many a day in China for each key."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._sent: Counter[tuple[str, ...]] = Counter()

    def is_reached(self, *key: str, now: datetime) -> bool:
        """Whether one more would be too many."""
        return self._sent[(_day(now), *key)] >= self.limit

    def count(self, *key: str, now: datetime) -> None:
        """One more was sent."""
        self._sent[(_day(now), *key)] += 1


def _day(now: datetime) -> str:
    return now.astimezone(CHINA).strftime("%Y%m%d")
