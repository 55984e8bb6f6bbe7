"""What a push came to, in counts and in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sluice.models.delivery import Outcome


@dataclass
class PushResult:
    """Counts of one push: attempts by outcome, and ``skipped``: what the ledger would not give
    (settled, waiting or held).
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    is_stopped: bool = False
    paused: str | None = None  # the name of the pause that ended the push
    given_up: str | None = None  # why the vendor was given up

    def counts(self) -> dict[str, int]:
        """Every outcome with its count, and skipped."""
        return {
            **{outcome.value: self.outcomes[outcome.value] for outcome in Outcome},
            "skipped": self.skipped,
        }

    def problem(self) -> str | None:
        """Why not everything that was due was tried, and what to do; None when it was, or when a
        person paused it.
        """
        if self.given_up is not None:
            words = f"given up, call after call came to nothing ({self.given_up})"
            return f"{words} -> see that it is up; the rest is due in the next run"
        return (
            "stopped on request before its end -> the rest is due in the next run"
            if self.is_stopped
            else None
        )

    def describe(self) -> str:
        """The counts in words."""
        words = (
            ", ".join(f"{count} {name}" for name, count in self.counts().items() if count)
            or "nothing to send"
        )
        if self.paused is not None:
            return f"{words} (paused; the rest is due after `sluice resume {self.paused}`)"
        if self.given_up is not None:
            return (
                f"{words} (given up, call after call came to nothing: {self.given_up}; the rest is"
                " due in the next run)"
            )
        return words + (
            " (stopped on request after the batches in hand; the rest is due in the next run)"
            if self.is_stopped
            else ""
        )
