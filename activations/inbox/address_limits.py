"""A rate limit for each of many keys, in bounded memory."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_KEYS = 50_000


class KeyedLimits:
    """At most ``burst`` at once of a key, and ``per_second`` over time (generic cell rate
    algorithm). Safe for threads. The keys that were seen last are kept.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, most_keys: int = MOST_KEYS
    ) -> None:
        self._clock, self._most = clock, most_keys
        self._paid_until: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def try_take(self, key: str, per_second: float, burst: float) -> float:
        """0 where one is free now, and it is taken; else the seconds until there is one."""
        with self._lock:
            now = self._clock()
            paid_until = max(self._paid_until.get(key, now), now) + 1 / per_second
            wait = paid_until - now - burst / per_second
            if wait > 1e-9:
                return wait
            self._paid_until[key] = paid_until
            self._paid_until.move_to_end(key)
            if len(self._paid_until) > self._most:
                self._paid_until.popitem(last=False)
            return 0.0
