"""What every source promises who lands it: pages of deal versions in the order of the vendor's
clock, and the stages there are.

A reading begins where the last one ended, less an overlap. The cursor is a time of the *vendor's*
clock, the greatest that was landed, so a clock of ours that is wrong makes no gap. The overlap
finds what the vendor showed late; what comes twice is dropped by who lands it. Records of one and
the same moment come in full, whatever the size of a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sluice.models.errors import SluiceError


class ReadError(SluiceError):
    """A source could not be read to the end; ``reason`` is a category.

    What was landed stays, and the next reading goes on.
    """

    def __init__(self, source: str, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"{source} could not be read ({reason})", f"see the README of {source}, and run again"
        )


@dataclass(frozen=True, slots=True)
class DealVersion:
    """A deal as it was when it was last changed.

    ``stage_id`` and ``owner_id`` are the vendor's; ``contact_key`` is our id of its (first)
    contact, where the CRM has it; times are aware UTC by the vendor's clock.
    """

    deal_id: str
    name: str | None
    stage_id: str | None
    pipeline_id: str | None
    owner_id: str | None
    amount: float | None
    currency: str | None
    contact_key: str | None
    is_deleted: bool
    created_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a pipeline, and what it means that a deal stands there."""

    pipeline_id: str
    stage_id: str
    label: str
    position: int
    is_closed: bool
    is_won: bool


class DealSource(Protocol):
    """One account at one CRM."""

    def stages(self) -> list[Stage]:
        """All stages there are. Raises ReadError."""

    def deals(self, since: datetime | None) -> Iterator[Sequence[DealVersion]]:
        """Pages of deals that were changed at or after ``since`` (aware UTC; None: ever), by the
        time of the change. Raises ReadError after the pages that could be read.
        """

    def close(self) -> None:
        """Give the connection back."""
