"""A rate limit for each of many keys: in the memory of one process, or ``shared_limits``."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

MOST_KEYS = 50_000
SKEW_SECONDS = 60.0  # by which the clocks of two machines may differ


class RateLimits(Protocol):
    """At most ``burst`` at once of a key, and ``per_second`` over time (generic cell rate
    algorithm).
    """

    def try_take(self, key: str, per_second: float, burst: float, once: str = "") -> float:
        """0 where one is free now, and it is taken; else the seconds until there is one. What is
        named by ``once`` was counted when it was taken before, and is not counted again as long as
        the whole burst takes to come back.
        """


def next_turn(
    paid_until: float, now: float, per_second: float, burst: float
) -> tuple[float, float]:
    """(until when a key has paid once it has one more, the seconds it has to wait for that). A
    time that no burst can have led to is of a clock that was put back, and does not count.
    """
    longest = burst / per_second
    start = paid_until if now < paid_until <= now + longest + SKEW_SECONDS else now
    after = start + 1 / per_second
    wait = after - now - longest
    return after, wait if wait > 1e-9 else 0.0


class KeyedLimits:
    """Counts in bounded memory: the keys that were seen last are kept. Safe for threads."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, most_keys: int = MOST_KEYS
    ) -> None:
        self._clock, self._most = clock, most_keys
        self._paid_until: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def try_take(self, key: str, per_second: float, burst: float, once: str = "") -> float:
        """As ``RateLimits`` says."""
        with self._lock:
            now = self._clock()
            if once and self._paid_until.get(once, now) > now:
                return 0.0
            after, wait = next_turn(self._paid_until.get(key, now), now, per_second, burst)
            if wait:
                return wait
            self._keep(key, after)
            if once:
                self._keep(once, now + burst / per_second)
            return 0.0

    def _keep(self, key: str, until: float) -> None:
        self._paid_until[key] = until
        self._paid_until.move_to_end(key)
        if len(self._paid_until) > self._most:
            self._paid_until.popitem(last=False)
