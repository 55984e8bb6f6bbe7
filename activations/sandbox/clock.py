"""The sandbox's clock: the machine's, until a test or a person sets it; from there it goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Aware UTC times."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The time it is in the sandbox."""
        return datetime.now(UTC) + self._ahead

    def set(self, moment: datetime) -> None:
        """Make it another time."""
        self._ahead = moment - datetime.now(UTC)
