"""A clock that runs as fast as the test: who waits moves it on."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

from sluice.activations.push.clock import Clock


class FakeClock(Clock):
    """Begins at 0. Waiting takes no time, and lets the seconds pass for all who ask this clock."""

    def __init__(self, begins: datetime = datetime(2026, 6, 29, 13, tzinfo=UTC)) -> None:
        self.begins = begins
        self.seconds = 0.0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.begins + timedelta(seconds=self.seconds)

    def wait(self, signal: threading.Event | threading.Condition, seconds: float) -> None:
        with self._lock:
            self.seconds += seconds
        if isinstance(signal, threading.Condition):
            signal.wait(0.0005)  # lets go of it for a moment, as the others' turn
        else:
            time.sleep(0.0)
