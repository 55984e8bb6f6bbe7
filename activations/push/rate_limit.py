"""The rate limit of a destination's account: evenly spaced, in messages where it sends messages,
else in calls.

A limit of 6 messages a second lets 6 through in a second, and a burst of a quarter of a second (1)
beside them. Messages are taken in batches that are no larger than the burst, so a crash leaves few
deliveries unknown.
"""

from __future__ import annotations

import contextlib
import contextvars
import threading
from collections.abc import Callable, Iterator

from sluice.activations.push.clock import Clock

BURST_SECONDS = 0.25


class RateLimit:
    """At most ``per_second`` units a second over time, and ``burst`` at once (generic cell rate
    algorithm). Safe for threads.
    """

    def __init__(self, per_second: float, clock: Clock) -> None:
        self.per_second = per_second
        self.burst = max(1, int(per_second * BURST_SECONDS))
        self._clock = clock
        self._lock = threading.Lock()
        self._paid_until = clock.monotonic()

    def try_take(self, units: int = 1) -> bool:
        """Take so many units (at most ``burst``) if they are free now."""
        with self._lock:
            now = self._clock.monotonic()
            paid_until = max(self._paid_until, now) + units / self.per_second
            if paid_until - now > self.burst / self.per_second + 1e-9:
                return False
            self._paid_until = paid_until
            return True

    def give_back(self, units: int) -> None:
        """Units that were taken and not used."""
        with self._lock:
            self._paid_until -= units / self.per_second


class SharedLimits:
    """One limit an account of this process: the pushes of a run to one account follow each other
    within a second.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._limits: dict[tuple[str, str, float], RateLimit] = {}

    def of(self, account: str, unit: str, per_second: float, clock: Clock) -> RateLimit:
        """The limit of an account; a new one for the account without a name."""
        if not account:
            return RateLimit(per_second, clock)
        with self._lock:
            return self._limits.setdefault(
                (account, unit, per_second), RateLimit(per_second, clock)
            )


SHARED = SharedLimits()
_pay: contextvars.ContextVar[Callable[[], None] | None] = contextvars.ContextVar(
    "pay", default=None
)


@contextlib.contextmanager
def paying(pay: Callable[[], None]) -> Iterator[None]:
    """While the block runs, each call of this thread pays."""
    token = _pay.set(pay)
    try:
        yield
    finally:
        _pay.reset(token)


def before_call() -> None:
    """A call is about to be made: wait until the limit of the push allows it.

    Outside a push there is none.
    """
    pay = _pay.get()
    if pay is not None:
        pay()
