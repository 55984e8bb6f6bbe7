"""What a run would do, and what it did, as one summary.

Pure: it gets counts, and takes no clock and no connection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sluice.models.plan import ActivationPlan
from sluice.models.run import MessageSummary, MissingRows, Run, RunSummary, SyncSummary

Count = Mapping[str, Any]


def summarise(
    run: Run,
    mode: str,
    syncs: Sequence[str],
    operations: Iterable[Count],
    decisions: Iterable[Count],
    outcomes: Iterable[Count],
    quarantined: Mapping[str, int],
    errors: Sequence[str] = (),
    paused: Mapping[str, str] | None = None,
    plans: Sequence[ActivationPlan] = (),
    held: Mapping[str, int] | None = None,
    missing: Sequence[MissingRows] = (),
    quarantine_reasons: Mapping[str, Mapping[str, int]] | None = None,
    not_landed: Mapping[str, str] | None = None,
) -> RunSummary:
    """One summary from counts: operations {sync, operation, count}, decisions {decision, reason,
    count} and what the ledger says of this run {kind, activation, state, count}; no outcomes give
    the summary of a plan. ``held`` by sync.
    """
    operations, outcomes = list(operations), list(outcomes)
    lacking = Counter[str]()
    for entry in missing:
        lacking[entry.activation] += entry.count
    return RunSummary(
        run_id=run.run_id,
        as_of=run.as_of.isoformat(),
        mode=mode,
        syncs=[
            _sync(sync, operations, outcomes, (held or {}).get(sync, 0), lacking[sync])
            for sync in syncs
        ],
        messages=_messages(decisions, outcomes),
        quarantined=dict(quarantined),
        quarantine_reasons=quarantine_reasons or {},
        not_landed=not_landed or {},
        paused=paused or {},
        errors=list(errors),
        blocked=[check for plan in plans for check in plan.guardrails if check.state == "blocked"],
        approved=[
            check for plan in plans for check in plan.guardrails if check.state == "approved"
        ],
        activations=list(plans),
        missing=list(missing),
    )


def _sync(
    name: str, operations: Iterable[Count], outcomes: Iterable[Count], held: int, missing: int
) -> SyncSummary:
    due = Counter({row["operation"]: row["count"] for row in operations if row["sync"] == name})
    states = _states(row for row in outcomes if row["kind"] == "sync" and row["activation"] == name)
    return SyncSummary(
        sync=name,
        entered=due["entered"],
        changed=due["changed"],
        exited=due["exited"],
        held=held,
        accepted=states["accepted"],
        failed=states["failed"] + states["retry"],
        unknown=states["unknown"],
        missing=missing,
    )


def _messages(decisions: Iterable[Count], outcomes: Iterable[Count]) -> MessageSummary:
    by_decision: Counter[str] = Counter()
    reasons: dict[str, Counter[str]] = {"hold": Counter(), "suppress": Counter()}
    for row in decisions:
        by_decision[row["decision"]] += row["count"]
        if row["decision"] in reasons:
            reasons[row["decision"]][row["reason"]] += row["count"]
    states = _states(row for row in outcomes if row["kind"] == "message")
    return MessageSummary(
        due=by_decision["send"],
        sent=states["accepted"] + states["delivered"] + states["bounced"] + states["complained"],
        held=by_decision["hold"],
        held_by_reason=dict(sorted(reasons["hold"].items())),
        suppressed=dict(sorted(reasons["suppress"].items())),
        failed=states["failed"] + states["retry"],
        unknown=states["unknown"],
    )


def _states(rows: Iterable[Count]) -> Counter[str]:
    states: Counter[str] = Counter()
    for row in rows:
        states[row["state"]] += row["count"]
    return states
