"""How far a push is: how many, how fast, and how long it will take yet."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

EVERY_SECONDS = 5.0


class Progress:
    """Told of items as they are done, it tells in words now and then. Safe for threads."""

    def __init__(self, tell: Callable[[str], object] = lambda words: None, total: int = 0) -> None:
        self._tell = tell
        self._total = total
        self._done = 0
        self._started = self._told = time.monotonic()
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        """So many more are done."""
        with self._lock:
            self._done += count
            moment = time.monotonic()
            if moment - self._told < EVERY_SECONDS:
                return
            self._told = moment
            words = describe(self._done, self._total, moment - self._started)
        self._tell(words)


def describe(done: int, total: int, seconds: float) -> str:
    """``12,000 of 50,000 (400/s, 1 min 35 s left)``; without a total, how many and how fast."""
    rate = done / seconds if seconds > 0 else 0.0
    if not total:
        return f"{done:,} ({rate:,.0f}/s)"
    left = (total - done) / rate if rate else 0.0
    return f"{done:,} of {total:,} ({rate:,.0f}/s, {span(left)} left)"


def span(seconds: float) -> str:
    """A time in words: ``12 s``, ``3 min 20 s``, ``2 h 5 min``."""
    whole = round(max(0.0, seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
