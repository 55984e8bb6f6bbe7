"""The summary of a run: decisions read from the warehouse, outcomes from the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sluice.activations.plan.summary import summarise
from sluice.models.run import MissingRows, RunSummary
from sluice.orchestration.inspection.missing import find_missing
from sluice.orchestration.plan.activation_plan import due_rows_file, plan_errors, plan_note, plan_of
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.runs.notes import BuildNote, LandNote, PushNote
from sluice.orchestration.runs.state import RunState
from sluice.orchestration.warehouse.reader import has_table, query, query_files


def summarise_run(
    state: RunState, activations: Sequence[Activation], problems: Sequence[str] = ()
) -> RunSummary:
    """What this run decided, and its outcomes. Before the push it is the plan."""
    with state.settings.warehouse.kept_open():
        return _summarise(state, activations, problems)


def _summarise(
    state: RunState, activations: Sequence[Activation], problems: Sequence[str]
) -> RunSummary:
    landed = state.notes.find(LandNote)
    return summarise(
        run=state.run,
        mode=state.settings.delivery,
        syncs=[activation.name for activation in activations if activation.kind == "sync"],
        operations=_operations(state, activations),
        decisions=_decisions(state),
        outcomes=state.ledger.counts(state.run.run_id),
        quarantined=landed.quarantined,
        quarantine_reasons=landed.quarantine_reasons,
        not_landed=landed.not_landed,
        errors=[
            *problems,
            *landed.failures,
            *state.notes.find(BuildNote, "decide").failures,
            *plan_errors(state, activations),
            *(
                f"{one.name}: {problem}"
                for one in activations
                if (problem := state.notes.find(PushNote, one.name).problem)
            ),
            *state.notes.find(BuildNote, "reports").failures,
        ],
        paused=_paused(state, activations),
        plans=[plan for one in activations if (plan := plan_of(state, one)) is not None],
        held={one.name: plan_note(state, one).held for one in activations if one.kind == "sync"},
        missing=missing_of(state, activations),
    )


def missing_of(state: RunState, activations: Sequence[Activation]) -> list[MissingRows]:
    """What is not at its destination after the pushes so far."""
    return find_missing(state.settings.warehouse, state.ledger, activations, state.run.run_id)


def _operations(state: RunState, activations: Sequence[Activation]) -> list[dict[str, Any]]:
    """Counts of what was due when the run planned: from the files of the plan, since the ledger
    moves on.
    """
    rows: list[dict[str, Any]] = []
    for activation in activations:
        file = due_rows_file(state, activation)
        if activation.kind == "sync" and file.is_file():
            counted = query_files(
                "select operation, count(*) from read_parquet($1) group by operation",
                [str(file)],
            )
            rows.extend(
                {"sync": activation.name, "operation": operation, "count": count}
                for operation, count in counted
            )
    return rows


def _decisions(state: RunState) -> list[dict[str, Any]]:
    """None in a home where the decisions have never been made: what they hang on failed, and the
    errors say what.
    """
    if not has_table(state.settings.warehouse, "activation", "message_decisions"):
        return []
    counted = query(
        state.settings.warehouse,
        "select decision, reason, count(*) from activation.message_decisions group by decision,"
        " reason",
    )
    return [
        {"decision": decision, "reason": reason, "count": count}
        for decision, reason, count in counted
    ]


def _paused(state: RunState, activations: Sequence[Activation]) -> dict[str, str]:
    """The names of the pauses that ended a push of this run, or held messages before it came to
    one.
    """
    names = {one.name: state.notes.find(PushNote, one.name).paused for one in activations}
    held: list[tuple[Any, ...]] = []
    if has_table(state.settings.warehouse, "activation", "message_decisions"):
        held = query(
            state.settings.warehouse,
            "select distinct campaign from activation.message_decisions where reason = 'paused'",
        )
    for one in activations:
        if one.kind == "message" and (one.name,) in held:
            by = names[one.name] or state.ledger.paused_by(one.name, one.destination)
            names[one.name] = by
    return {activation: name for activation, name in names.items() if name}
