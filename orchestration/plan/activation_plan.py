"""Step 3: what is due for an activation is written down, checked by its guardrails, and
described.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow.parquet as pq

from sluice.activations.destinations import registry
from sluice.activations.plan.guardrails import APPROVAL, apply_approvals, check
from sluice.activations.plan.outbox import SYNC_COLUMNS
from sluice.activations.plan.sealed import mask
from sluice.models.config import SyncConfig
from sluice.models.errors import ConfigurationError, SluiceError
from sluice.models.plan import ActivationPlan, GuardrailCheck
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.plan.guardrail_figures import gather_facts, tariff
from sluice.orchestration.plan.interrupted_plans import find_rest
from sluice.orchestration.plan.marketing_syncs import carries_people
from sluice.orchestration.plan.sync_plans import count_held, spool_sync
from sluice.orchestration.push.reconciliation import spool_unknown
from sluice.orchestration.runs.notes import BuildNote, LandNote, PlanNote, StartNote
from sluice.orchestration.runs.state import RunState
from sluice.orchestration.warehouse.base import UnknownNameError, WarehouseError
from sluice.orchestration.warehouse.reader import (
    query,
    query_files,
    spool_messages,
    spool_nothing,
)

SAMPLE_SIZE = 3
DECIDE = "decide"  # the build of all that is decided
# of its SQL, its yml, its rows (a context that is no JSON); a warehouse that somebody else has open
# stops all
UNPLANNABLE = (WarehouseError, ConfigurationError, ValueError, KeyError, TypeError)
DECISIONS = (
    "select decision, reason, count(*) from activation.message_decisions where campaign = $1 group"
    " by decision, reason order by decision, reason"
)


def is_stopped(state: RunState, activation: Activation) -> bool:
    """True when the decisions of this run did not get as far, or were made of a source that was not
    landed: what the outbox holds of it is of an earlier day.
    """
    stopped = {*state.notes.find(BuildNote, DECIDE).stopped, *state.notes.find(LandNote).stopped}
    return bool({activation.model, activation.outbox_model} & stopped)


def due_rows_file(state: RunState, activation: Activation) -> Path:
    """The Parquet file of the rows that are due for one activation."""
    return state.folder / f"{activation.kind}_{activation.name}.parquet"


def make_plan(state: RunState, activation: Activation) -> ActivationPlan:
    """Write what is due, and what the guardrails say of it, to the run's folder.

    What cannot be read stops this activation, and no other: it is an error of the run.
    """
    error, held = None, 0
    try:
        with state.settings.warehouse.kept_open():
            held = count_waiting(state, activation)
            spool(state, activation)
            plan = _checked(state, activation)
    except UNPLANNABLE as reason:
        spool_nothing(due_rows_file(state, activation))
        error = f"{activation.name} cannot be planned, nothing of it is sent: {_words(reason)}"
        plan = ActivationPlan(
            activation=activation.name, kind=_kind(activation), destination=activation.destination
        )
    state.notes.keep(PlanNote(plan=plan, error=error, held=held), _of(activation))
    return plan


def plan_of(state: RunState, activation: Activation) -> ActivationPlan | None:
    """The plan that this run made for an activation; None when it has not got there."""
    return plan_note(state, activation).plan


def plan_note(state: RunState, activation: Activation) -> PlanNote:
    """What the step that planned an activation noted."""
    return state.notes.find(PlanNote, _of(activation))


def require_plan(state: RunState, activation: Activation) -> ActivationPlan:
    """The plan that this run made: without one nothing is pushed."""
    plan = plan_of(state, activation)
    if plan is None:
        raise SluiceError(
            f"{activation.name} was not planned in this run",
            f"materialize plan/{activation.name} with it",
        )
    return plan


def rows_of(due_rows: Path, size: int) -> Iterator[list[dict[str, Any]]]:
    """The due rows of a file in batches; memory holds one batch."""
    with pq.ParquetFile(due_rows) as file:
        for batch in file.iter_batches(batch_size=size):
            yield batch.to_pylist()


def plan_errors(state: RunState, activations: Sequence[Activation]) -> list[str]:
    """The activations that could not be planned, in words."""
    return [error for one in activations if (error := plan_note(state, one).error)]


def count_waiting(state: RunState, activation: Activation) -> int:
    """How many operations of a sync wait for a higher mapping_version."""
    if activation.kind == "message" or is_stopped(state, activation):
        return 0
    return count_held(state.settings.warehouse, activation.name)


def spool(state: RunState, activation: Activation) -> int:
    """Write what is due for one activation to a file of the run, nothing when it is stopped.

    Returns how many.
    """
    target, warehouse = due_rows_file(state, activation), state.settings.warehouse
    if is_stopped(state, activation):
        return spool_nothing(target)
    if activation.kind == "message":
        spool_unknown(state, activation)
        return spool_messages(warehouse, activation.name, target)
    assert isinstance(activation.config, SyncConfig)
    takes = registry.entry(activation.destination).takes
    return spool_sync(warehouse, activation.name, target, takes, carries_people(activation))


def with_sample(state: RunState, activation: Activation, plan: ActivationPlan) -> ActivationPlan:
    """The plan with some of its first rows, for a person to look at: no name, no value, no address
    in clear.
    """
    rows = next(rows_of(due_rows_file(state, activation), SAMPLE_SIZE), [])
    return plan.model_copy(update={"sample": [_shown(activation, row) for row in rows]})


def _checked(state: RunState, activation: Activation) -> ActivationPlan:
    if is_stopped(state, activation):
        return _described(state, activation, {}, {})
    file = due_rows_file(state, activation)
    column = "'send'" if activation.kind == "message" else "operation"
    counted = query_files(
        f"select {column}, count(*) from read_parquet($1) group by all order by all",
        [str(file)],
    )
    plan = _described(state, activation, dict(counted), _decisions(state, activation))
    rest = find_rest(state, activation, file)
    plan = plan.model_copy(update={"continued": rest.count, "tried": rest.tried})
    checks = check(
        gather_facts(state, activation, file, plan.operations, rest), activation.config.guardrails
    )
    approvals = state.ledger.approvals()
    now = datetime.now(UTC).replace(tzinfo=None)
    # what was approved for a plan holds for its rest, and not for what came on top
    plans = [
        *(rest.plans if not plan.new else ()),
        *state.notes.find(StartNote).plan_ids,
        state.run.run_id,
    ]
    checked = apply_approvals(checks, approvals, plan.new or plan.due, plans, now)
    return plan.model_copy(update={"guardrails": [*checked, *_waiting_for_approval(plan)]})


def _waiting_for_approval(plan: ActivationPlan) -> list[GuardrailCheck]:
    """The decisions hold a campaign above its size whole: that it waits for a person is reported as
    a guardrail is.
    """
    count = plan.decisions.get("hold", {}).get("not_approved", 0)
    if not count:
        return []
    words, fix = (
        f"{count:,} messages wait for an approval",
        f"sluice approve {plan.activation} --reason ..., then run again",
    )
    return [
        GuardrailCheck(
            activation=plan.activation, guardrail=APPROVAL, state="blocked", words=words, fix=fix
        )
    ]


def _described(
    state: RunState,
    activation: Activation,
    operations: dict[str, int],
    decisions: dict[str, dict[str, int]],
) -> ActivationPlan:
    due, at = sum(operations.values()), tariff(state, activation)
    return ActivationPlan(
        activation=activation.name,
        kind=_kind(activation),
        destination=activation.destination,
        operations=operations,
        decisions=decisions,
        cost=at.cost(due),
        currency=at.currency,
        expected_seconds=at.seconds(due),
    )


def _decisions(state: RunState, activation: Activation) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    if activation.kind == "message":
        for decision, reason, count in query(
            state.settings.warehouse, DECISIONS, [activation.name]
        ):
            found.setdefault(decision, {})[reason] = count
    return found


def _shown(activation: Activation, row: dict[str, Any]) -> dict[str, int | str]:
    if activation.kind == "message":
        return {
            "delivery_id": row["delivery_id"],
            "operation": "send",
            "subject_id": str(row["contact_id"]),
            "what": f"{row['template']} in {row['language']} to {mask(row['address'])}",
        }
    filled = sum(value is not None for name, value in row.items() if name not in SYNC_COLUMNS)
    return {
        "delivery_id": row["delivery_id"],
        "operation": row["operation"],
        "subject_id": str(row["sync_key"]),
        "what": f"{filled} fields" if filled else "",
    }


def _words(error: Exception) -> str:
    """Other errors may quote what a row holds."""
    if isinstance(error, ConfigurationError):
        return f"{error.message} -> {error.fix}"
    is_about_names = isinstance(error, UnknownNameError)
    return str(error).splitlines()[0] if is_about_names else type(error).__name__


def _kind(activation: Activation) -> Literal["message", "sync"]:
    return "message" if activation.kind == "message" else "sync"


def _of(activation: Activation) -> str:
    return f"{activation.kind}_{activation.name}"
