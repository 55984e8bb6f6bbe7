"""Saved plans: written after a plan, and compared with what is due before the first push of an
apply.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sluice.activations.plan.sealed import MAKE_ANEW, differences, payload_hash, read_plan, seal
from sluice.activations.private_files import write_private
from sluice.models.errors import BlockedError, ConfigurationError
from sluice.models.plan import PlannedActivation, SavedPlan
from sluice.orchestration.dbt.project_files import fingerprint
from sluice.orchestration.installation.home_key import home_key
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.plan.activation_plan import due_rows_file, plan_of, rows_of
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.runs.notes import StartNote
from sluice.orchestration.runs.state import RunState
from sluice.orchestration.warehouse.reader import query

BATCH = 5_000
NOT_SENT = {"guardrails", "owner"}  # of an activation's yml: what changes nothing of what is sent


def write_plan(
    state: RunState, activations: Sequence[Activation], target: Path, is_as_of_given: bool
) -> SavedPlan:
    """Write the plan of a run to a file. Raises ConfigurationError when it cannot be written."""
    plan = seal(describe(state, activations, is_as_of_given), home_key(state.settings.home))
    try:
        write_private(target, plan.model_dump_json() + "\n")
    except OSError as error:
        raise ConfigurationError(
            f"the plan cannot be written ({error.strerror})",
            "give --out a file in a folder there is",
        ) from error
    return plan


def load_plan(settings: Settings, path: Path) -> SavedPlan:
    """Read a plan to apply.

    Raises ConfigurationError for what is no plan, BlockedError for one of the other delivery mode.
    """
    try:
        plan = read_plan(path.read_text(encoding="utf-8"), home_key(settings.home))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError("the plan cannot be read", MAKE_ANEW) from error
    if plan.mode != settings.delivery:
        raise BlockedError(
            f"the plan is for {plan.mode}, and SLUICE_DELIVERY is {settings.delivery}", MAKE_ANEW
        )
    return plan


def remember_plan(state: RunState, plan: SavedPlan) -> None:
    """Have a run compare its plans with this one before it pushes."""
    state.notes.keep(StartNote(saved_plan=plan.model_dump_json(), plan_ids=[plan.plan_id]))


def require_unmoved(state: RunState, activations: Sequence[Activation]) -> None:
    """Where a saved plan is applied: raises BlockedError when what is due is not exactly what it
    says.
    """
    applied = state.notes.find(StartNote).saved_plan
    if applied is None:
        return
    planned = read_plan(applied, home_key(state.settings.home))
    now = describe(state, activations, planned.is_as_of_given)
    found = differences(planned.activations(), now.activations())
    if found:
        moved = [name for name, value in now.inputs.items() if planned.inputs.get(name) != value]
        why = f" (since then changed: {', '.join(moved)})" if moved else " (the clock went on)"
        reported = "; ".join(one.describe() for one in found)
        raise BlockedError(
            f"the plan is out of date, nothing was sent: {reported}{why}",
            f"{MAKE_ANEW}, and look at what is new",
        )


def describe(state: RunState, activations: Sequence[Activation], is_as_of_given: bool) -> SavedPlan:
    """The exact operations that a run planned, by destination; ids and keyed hashes, no personal
    data.
    """
    key, inputs = home_key(state.settings.home), _inputs(state)
    destinations: dict[str, list[PlannedActivation]] = {}
    for activation in activations:
        planned = _planned(state, activation, key, inputs["content"])
        destinations.setdefault(activation.destination, []).append(planned)
    return SavedPlan(
        run_id=state.run.run_id,
        made_at=datetime.now(UTC).replace(microsecond=0),
        as_of=state.as_of,
        is_as_of_given=is_as_of_given,
        mode=state.settings.delivery,
        inputs=inputs,
        destinations=destinations,
    )


def _planned(
    state: RunState, activation: Activation, key: bytes, content: str
) -> PlannedActivation:
    checked = plan_of(state, activation)
    blocked = (
        [check.guardrail for check in checked.guardrails if check.state == "blocked"]
        if checked is not None
        else []
    )
    config = activation.config.model_dump_json(exclude=NOT_SENT) + (
        content if activation.kind == "message" else ""
    )
    return PlannedActivation(
        activation=activation.name,
        kind="message" if activation.kind == "message" else "sync",
        config_hash=hashlib.sha256(config.encode()).hexdigest(),
        blocked_by=blocked,
        operations=list(_operations(due_rows_file(state, activation), activation, key)),
    )


def _operations(
    due_rows: Path, activation: Activation, key: bytes
) -> Iterator[tuple[int, str, str]]:
    is_message = activation.kind == "message"
    for batch in rows_of(due_rows, BATCH):
        for row in batch:
            operation = "send" if is_message else str(row["operation"])
            yield (
                int(row["delivery_id"]),
                operation,
                payload_hash(row, key),
            )


def _inputs(state: RunState) -> dict[str, str]:
    """Fingerprints of what the decisions were made of."""
    landed = query(
        state.settings.warehouse,
        "select table_name, content_hash from raw.landings order by table_name, content_hash",
    )
    receipts = query(
        state.settings.warehouse, "select coalesce(max(receipt_id), 0) from ledger.receipts"
    )[0][0]
    pauses = [(row["scope"], row["name"]) for row in state.ledger.pauses()]
    suppressions = query(state.settings.warehouse, "select count(*) from ledger.suppressions")[0][0]
    return {
        "raw": _hash(json.dumps(landed)),
        "project": fingerprint(state.settings.project.dbt_folders, ""),
        "content": _content(state.settings.project.content),
        "ledger": _hash(json.dumps([receipts, suppressions, pauses])),
    }


def _content(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return _hash(
        "\n".join(f"{path.relative_to(folder)} {_hash(path.read_bytes())}" for path in files)
    )


def _hash(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()
