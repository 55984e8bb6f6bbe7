"""A plan: what each activation would do, what its guardrails say of it, and the saved plan that
`sluice apply` takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

PLAN_VERSION = 3  # 1 had a seal without a key, 2 other names of columns


class Summary(BaseModel):
    """A part of what commands print as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class GuardrailCheck(Summary):
    """What one guardrail says of one activation.

    ``off``: switched off, or there is nothing to compare with.

    ``words`` have the figures, ``fix`` the setting or command. ``approved_by``: who approved it
    where it would have blocked.
    """

    activation: str
    guardrail: str
    state: Literal["passed", "blocked", "approved", "off"]
    words: str
    figure: float | None = None
    limit: float | None = None
    # summaries in a ledger may be older than the name
    fix: str = Field(default="", validation_alias=AliasChoices("fix", "mend"))
    approved_by: str | None = None


class ActivationPlan(Summary):
    """What one campaign or sync would do in a run: due ``operations`` by kind (send, entered,
    changed, exited), candidate messages by decision and reason, the cost in the destination's
    currency, and the seconds it takes at its pace. ``continued``: how many of them belong to a plan
    that was let through before, ``tried`` of those once already; the others were cut off.
    """

    activation: str
    kind: Literal["message", "sync"]
    destination: str
    operations: Mapping[str, int] = {}
    continued: int = 0
    tried: int = 0
    decisions: Mapping[str, Mapping[str, int]] = {}
    cost: float = 0.0
    currency: str = "CNY"
    expected_seconds: float = 0.0
    guardrails: list[GuardrailCheck] = []
    sample: list[Mapping[str, int | str]] = []

    @property
    def due(self) -> int:
        """Messages or operations due."""
        return sum(self.operations.values())

    @property
    def new(self) -> int:
        """Of those due, what no earlier plan had."""
        return self.due - self.continued

    @property
    def is_blocked(self) -> bool:
        """True when a guardrail stops it."""
        return any(check.state == "blocked" for check in self.guardrails)


class PlannedActivation(Summary):
    """The exact operations of one activation: (id, operation, keyed hash of the payload).

    ``config_hash``: of its yml and, for messages, of the content.
    """

    activation: str
    kind: Literal["message", "sync"]
    config_hash: str
    blocked_by: Sequence[str] = ()
    operations: Sequence[tuple[int, str, str]] = ()


class SavedPlan(Summary):
    """What ``sluice plan --out`` writes.

    No personal data: ids, and hashes under a key that stays in the home.

    ``inputs``: fingerprints of the raw files, the project, the content and the ledger.
    ``is_as_of_given``: the logical time was asked for, so the plan is applied at that time, else at
    the time of the apply. ``plan_id``: SHA-256 of all else.
    """

    version: int = PLAN_VERSION
    plan_id: str = ""
    run_id: str
    made_at: datetime
    as_of: datetime
    is_as_of_given: bool
    mode: str
    inputs: Mapping[str, str]
    destinations: Mapping[str, Sequence[PlannedActivation]]

    def activations(self) -> dict[str, PlannedActivation]:
        """The activations of all destinations, by name."""
        return {one.activation: one for planned in self.destinations.values() for one in planned}


class PlanDifference(Summary):
    """How the operations of an activation moved since its plan: how many are new, gone, or have
    another payload.
    """

    activation: str
    added: int = 0
    removed: int = 0
    changed: int = 0
    is_config_changed: bool = False

    def describe(self) -> str:
        """The difference in words."""
        counts = f"{self.added:,} added, {self.removed:,} removed, {self.changed:,} changed"
        return f"{self.activation}: {counts}" + (
            ", and its yml or template changed" if self.is_config_changed else ""
        )
