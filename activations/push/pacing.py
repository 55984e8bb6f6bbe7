"""How fast a destination is called, and when not at all: one gate for all workers of a push."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sluice.activations.push.clock import Clock
from sluice.activations.push.rate_limit import SHARED
from sluice.models.delivery import ItemResult, Outcome

FAILURES = 5  # calls in a row without one item's outcome, before the breaker opens
POLL_SECONDS = 0.01
COOL_SECONDS = 1.0  # doubled at each trial that fails
UNSETTLED = (Outcome.RETRY, Outcome.UNKNOWN)


@dataclass(frozen=True)
class Pace:
    """``workers`` send at once.

    Together they send at most ``messages_per_second`` messages, or make at most
    ``calls_per_second`` calls for a sync (0: as many as they can); pushes of one ``account`` share
    the limit. What is refused for now is tried again within the push unless its wait is longer than
    ``patience_seconds``; so long a dead vendor is waited for.
    """

    workers: int = 1
    calls_per_second: float = 0.0
    patience_seconds: float = 20.0
    messages_per_second: float = 0.0
    account: str = ""

    @property
    def per_second(self) -> float:
        """The limit of this push; 0 for none."""
        return self.messages_per_second or self.calls_per_second


class Gate:
    """Workers pass one by one: at the rate, not before the vendor's Retry-After, and not while the
    breaker is open.

    ``counts_items``: the limit counts what is sent, because each item is a message, or a call; else
    it counts calls.
    """

    def __init__(
        self,
        pace: Pace,
        stop: threading.Event,
        clock: Clock | None = None,
        counts_items: bool = False,
    ) -> None:
        self._pace = pace
        self._stop = stop
        self._clock = clock or Clock()
        self._lock = threading.Lock()
        self._counts_items = counts_items
        unit = "items" if counts_items else "calls"
        self._limit = (
            SHARED.of(pace.account, unit, pace.per_second, self._clock) if pace.per_second else None
        )
        self._shut_until = 0.0  # monotonic
        self._failures = 0
        self._cool = 0.0  # of the open breaker
        self._since: float | None = None  # the first of the calls in a row that came to nothing
        self._is_on_trial = False
        self.given_up: str | None = None

    @property
    def most_items(self) -> int | None:
        """How many items a batch may have, so that the limit allows it at once.

        None: as many as the destination takes.
        """
        return self._limit.burst if self._limit is not None and self._counts_items else None

    def try_pass(self) -> bool:
        """Pass, for one call, if there is nothing to wait for.

        Items are paid for when the batch is known: ``try_pay``.
        """
        with self._lock:
            if self.given_up or self._is_on_trial or self._clock.monotonic() < self._shut_until:
                return False
            if self._limit is not None and not self._counts_items and not self._limit.try_take():
                return False
            self._is_on_trial = (
                self._cool > 0
            )  # the breaker cooled down: one goes, and the others wait for its outcome
            return True

    def wait(self) -> bool:
        """Pass, waiting as long as it takes.

        False when the push is to stop, or the vendor was given up.
        """
        while not self._stop.is_set() and not self.given_up:
            if self.try_pass():
                return True
            self._clock.wait(self._stop, POLL_SECONDS)
        return False

    def try_pay(self, items: int) -> bool:
        """Pay for the items of a batch if the rate allows it now."""
        return self._limit is None or not self._counts_items or self._limit.try_take(items)

    def pay(self, items: int) -> bool:
        """Pay for the items of a batch, waiting until the rate allows it.

        False when the push is to stop.
        """
        while not self._stop.is_set():
            if self.try_pay(items):
                return True
            self._clock.wait(self._stop, POLL_SECONDS)
        return False

    def give_back(self, items: int) -> None:
        """So many of the items paid for were not to be sent after all."""
        if self._limit is not None and self._counts_items and items:
            self._limit.give_back(items)

    def payer(self) -> Callable[[], None]:
        """What pays for each call of a batch after the first, which passed the gate."""
        is_first = True

        def pay() -> None:
            nonlocal is_first
            if not is_first and self._limit is not None and not self._counts_items:
                while not self._limit.try_take() and not self._stop.is_set():
                    self._clock.wait(self._stop, POLL_SECONDS)
            is_first = False

        return pay

    def observe(self, results: Sequence[ItemResult]) -> None:
        """Learn from a call: a Retry-After shuts the gate for all; calls that come to nothing open
        the breaker.

        A wait longer than the push's patience, beside items that met their outcome, is that item's
        alone (a limit of a recipient).
        """
        is_nothing = bool(results) and all(result.outcome in UNSETTLED for result in results)
        waits = [
            result.retry_after_seconds or 0.0
            for result in results
            if result.outcome is Outcome.RETRY
        ]
        wait = max((one for one in waits if one <= self._pace.patience_seconds), default=0.0)
        with self._lock:
            self._is_on_trial = False
            self._shut_until = max(self._shut_until, self._clock.monotonic() + wait)
            if is_nothing:
                self._count_failure(results[0].reason or "no answer", max(waits, default=0.0))
            else:
                self._failures, self._cool, self._since = 0, 0.0, None

    def skip(self) -> None:
        """Nothing was called after all."""
        with self._lock:
            self._is_on_trial = False

    def _count_failure(self, reason: str, wait: float) -> None:
        """A vendor that names a wait says itself when to try; else the breaker opens, and cools
        down twice as long each time. It is given up when that would take longer than the patience,
        counted from the first of the calls that came to nothing.
        """
        now = self._clock.monotonic()
        self._since = self._since if self._since is not None else now
        self._failures += 1
        if self._failures < FAILURES:
            return
        if not wait:
            self._cool = 2 * self._cool or COOL_SECONDS
            self._shut_until = max(self._shut_until, now + self._cool)
        if now + (wait or self._cool) - self._since > self._pace.patience_seconds:
            self.given_up = reason
