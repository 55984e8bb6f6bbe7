"""The clock of a push: time, and waiting, in one place, so that a test can let hours pass in no
time.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime


class Clock:
    """The machine's clock."""

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def now(self) -> datetime:
        """The time of day, aware UTC."""
        return datetime.now(UTC)

    def wait(self, signal: threading.Event | threading.Condition, seconds: float) -> None:
        """Wait for the signal, so long at most. A condition must be held."""
        signal.wait(seconds)
