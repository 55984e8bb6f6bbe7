"""How fast a destination is called, and when not at all: one gate for all workers of a push."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from pyrate_limiter import Limiter, Rate

from models.delivery import ItemResult, Verdict

FAILURES = 5  # calls in a row without one item's fate, before the breaker opens
POLL_SECONDS = 0.01
COOL_SECONDS = 1.0  # doubled at each trial that fails
NO_FATE = (Verdict.RETRY, Verdict.UNKNOWN)


@dataclass(frozen=True)
class Pace:
    """``workers`` send at once and together make at most ``calls_per_second`` calls (0: as many as they can). What is refused for
    now is tried again within the push unless its wait is longer than ``patience_seconds``; so long a dead vendor is waited for.
    """

    workers: int = 1
    calls_per_second: float = 0.0
    patience_seconds: float = 20.0


class Gate:
    """Workers pass one by one: at the rate, not before the vendor's Retry-After, and not while the breaker is open."""

    def __init__(self, pace: Pace, stop: threading.Event) -> None:
        self._pace = pace
        self._stop = stop
        self._lock = threading.Lock()
        self._limiter = Limiter(_rate(pace.calls_per_second)) if pace.calls_per_second else None
        self._shut_until = 0.0  # monotonic
        self._failures = 0
        self._cool = 0.0  # of the open breaker
        self._since: float | None = None  # the first of the calls in a row that came to nothing
        self._is_on_trial = False
        self.given_up: str | None = None

    def try_pass(self) -> bool:
        """Pass, for one call, if there is nothing to wait for."""
        with self._lock:
            if self.given_up or self._is_on_trial or time.monotonic() < self._shut_until:
                return False
            if self._limiter is not None and not self._limiter.try_acquire("call", blocking=False):
                return False
            self._is_on_trial = self._cool > 0  # the breaker cooled down: one goes, and the others wait for what it hears
            return True

    def wait(self) -> bool:
        """Pass, waiting as long as it takes. False when the push is to stop, or the vendor was given up."""
        while not self._stop.is_set() and not self.given_up:
            if self.try_pass():
                return True
            self._stop.wait(POLL_SECONDS)
        return False

    def pay(self, calls: int) -> None:
        """So many more calls are about to be made: wait until the rate allows them, or the push is to stop."""
        if self._limiter is None:
            return
        for _ in range(calls):
            while not self._limiter.try_acquire("call", blocking=False) and not self._stop.is_set():
                self._stop.wait(POLL_SECONDS)

    def hear(self, results: Sequence[ItemResult]) -> None:
        """Learn from a call: a Retry-After shuts the gate for all; calls that come to nothing open the breaker.

        A wait longer than the push's patience, beside items that met their fate, is that item's alone (a limit of a recipient).
        """
        is_nothing = bool(results) and all(result.verdict in NO_FATE for result in results)
        waits = [result.retry_after_seconds or 0.0 for result in results if result.verdict is Verdict.RETRY]
        wait = max((one for one in waits if one <= self._pace.patience_seconds), default=0.0)
        with self._lock:
            self._is_on_trial = False
            self._shut_until = max(self._shut_until, time.monotonic() + wait)
            if is_nothing:
                self._count_failure(results[0].reason or "no answer", max(waits, default=0.0))
            else:
                self._failures, self._cool, self._since = 0, 0.0, None

    def skip(self) -> None:
        """Nothing was called after all."""
        with self._lock:
            self._is_on_trial = False

    def close(self) -> None:
        """End what the limiter runs."""
        if self._limiter is not None:
            self._limiter.close()

    def _count_failure(self, reason: str, wait: float) -> None:
        """A vendor that names a wait says itself when to try; else the breaker opens, and cools down twice as long each time. It
        is given up when that would take longer than the patience, counted from the first of the calls that came to nothing."""
        now = time.monotonic()
        self._since = self._since if self._since is not None else now
        self._failures += 1
        if self._failures < FAILURES:
            return
        if not wait:
            self._cool = 2 * self._cool or COOL_SECONDS
            self._shut_until = max(self._shut_until, now + self._cool)
        if now + (wait or self._cool) - self._since > self._pace.patience_seconds:
            self.given_up = reason


def _rate(calls_per_second: float) -> Rate:
    """Whole calls in whole milliseconds."""
    if calls_per_second >= 1:
        return Rate(int(calls_per_second), round(1000 * int(calls_per_second) / calls_per_second))
    return Rate(1, round(1000 / calls_per_second))
