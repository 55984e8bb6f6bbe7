"""What a person decides about a probable match."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Decision = Literal["confirmed", "dismissed"]


@dataclass(frozen=True)
class MatchDecision:
    """Whether two contacts are one person. The smaller id is ``contact_id_a``."""

    contact_id_a: int
    contact_id_b: int
    decision: Decision
    reason: str | None = None
