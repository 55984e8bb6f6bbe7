"""A run and its summary: the JSON that ``sluice run --json`` and ``sluice plan --json`` print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sluice.models.plan import ActivationPlan, GuardrailCheck


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its id and its logical time (aware, UTC)."""

    run_id: str
    as_of: datetime


class _Summary(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SyncSummary(_Summary):
    """Operations due for a sync, by kind, and what the destination said of them.

    ``held``: not due, since the mapping changed and its mapping_version was not raised.
    ``missing``: rows that are wanted and not there, whichever run tried them last.
    """

    sync: str
    entered: int = 0
    changed: int = 0
    exited: int = 0
    held: int = 0
    accepted: int = 0
    failed: int = 0
    unknown: int = 0
    missing: int = 0


class MessageSummary(_Summary):
    """Messages due, sent, held, suppressed (both by reason too), failed, and those whose outcome is
    unknown.
    """

    due: int = 0
    sent: int = 0
    held: int = 0
    held_by_reason: Mapping[str, int] = {}
    suppressed: Mapping[str, int] = {}
    failed: int = 0
    unknown: int = 0


class MissingRows(_Summary):
    """What a destination does not have as wanted, by the reason last given for it.

    ``operation``: what was tried (send, entered, changed, exited). ``cause``: why a member of a
    list is not there, else None. ``new``: of ``count``, those that this run tried. ``ids``: some of
    the contact ids or keys. ``fix``: what to do.
    """

    activation: str
    kind: Literal["message", "sync"]
    destination: str
    operation: str
    state: str
    reason: str
    cause: str | None = None
    count: int
    new: int = 0
    ids: list[int] = []
    fix: str


class DataIssue(_Summary):
    """Records or events of a source that count otherwise than the source may think: two rows with
    one id that differ, events of nobody.
    """

    source: str
    issue: str
    count: int


class JourneyEdit(_Summary):
    """Contacts at a node of a journey that is gone, or says something else than when they came.

    ``edit``: version_removed, node_removed or node_changed. ``changes``: what the node said and
    says, by key. ``outcome``: stopped (neither moved nor mailed until the node is back), stays
    (waits by what the node says now) or moves_on (leaves it in this run).
    """

    journey: str
    version: int
    node: str
    edit: Literal["version_removed", "node_removed", "node_changed"]
    changes: list[str] = []
    outcome: Literal["stopped", "stays", "moves_on"]
    contacts: int


class RunSummary(_Summary):
    """All a run did, or, for a plan, would do.

    ``quarantined``: rows that could not be read, by raw table, with the most frequent
    ``quarantine_reasons``. ``not_landed``: the sources of which this run landed nothing, in words;
    those that are required are among the ``errors`` too.

    ``missing``: what failed, waits or is unknown and is still wanted, from this run or an earlier
    one.

    ``paused``: the activations whose messages a pause held, or whose push it ended, with the
    pause's name. ``blocked``: the guardrails that stopped an activation; ``approved``: those that
    would have, had nobody approved it. ``activations``: the plan of each. ``data_issues``: what is
    wrong with the data, by source, as of the last reports. ``journey_edits``: of a plan, who stood
    at a node that was edited, and what becomes of them. ``notes``: what else a person must know of
    it.
    """

    run_id: str
    as_of: str
    mode: str
    syncs: list[SyncSummary]
    messages: MessageSummary
    quarantined: Mapping[str, int] = {}
    data_issues: list[DataIssue] = []
    quarantine_reasons: Mapping[str, Mapping[str, int]] = {}
    not_landed: Mapping[str, str] = {}
    paused: Mapping[str, str] = {}
    errors: list[str] = []
    blocked: list[GuardrailCheck] = []
    approved: list[GuardrailCheck] = []
    activations: list[ActivationPlan] = []
    missing: list[MissingRows] = []
    journey_edits: list[JourneyEdit] = []
    notes: list[str] = []

    @property
    def exit_code(self) -> int:
        """What the command ends with: 1 when something of this run failed, else 3 when a guardrail
        blocks, else 0. What is missing since an earlier run is reported, and fails no later one.
        """
        if self.errors or any(sync.failed for sync in self.syncs) or self.messages.failed:
            return 1
        return 3 if self.blocked else 0
