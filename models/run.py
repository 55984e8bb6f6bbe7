"""A run and its summary: the JSON that ``sluice run --json`` and ``sluice plan --json`` print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from models.plan import ActivationPlan, GuardrailCheck


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its id and its logical time (aware, UTC)."""

    run_id: str
    as_of: datetime


class _Summary(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SyncSummary(_Summary):
    """Operations due for a sync, by kind, and what the destination said of them. ``held``: not due, since the mapping changed and
    its mapping_version was not raised."""

    sync: str
    entered: int = 0
    changed: int = 0
    exited: int = 0
    held: int = 0
    accepted: int = 0
    failed: int = 0
    unknown: int = 0


class MessageSummary(_Summary):
    """Messages due, sent, held, suppressed (by reason), failed, and those nobody knows about."""

    due: int = 0
    sent: int = 0
    held: int = 0
    suppressed: Mapping[str, int] = {}
    failed: int = 0
    unknown: int = 0


class RunSummary(_Summary):
    """All a run did, or, for a plan, would do. ``quarantined``: rows that could not be read, by raw table.

    ``paused``: the activations whose messages a pause held, or whose push it ended, with the pause's name. ``blocked``: the
    guardrails that stopped an activation; ``approved``: those that would have, had nobody let it go. ``activations``: the plan of
    each.
    """

    run_id: str
    as_of: str
    mode: str
    syncs: list[SyncSummary]
    messages: MessageSummary
    quarantined: Mapping[str, int] = {}
    paused: Mapping[str, str] = {}
    errors: list[str] = []
    blocked: list[GuardrailCheck] = []
    approved: list[GuardrailCheck] = []
    activations: list[ActivationPlan] = []
