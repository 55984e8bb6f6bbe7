"""What a person orders of journeys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Action = Literal["start", "stop", "move", "release"]


@dataclass(frozen=True)
class JourneyOrder:
    """One order. ``contact_id`` None: all who are in the journey. A release is of a contact, for
    all journeys.
    """

    action: Action
    journey: str | None = None
    contact_id: int | None = None
    from_node: str | None = None
    to_node: str | None = None
    reason: str | None = None
