"""Asking the vendors outside of a run, for `sluice ledger reconcile`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sluice.models.run import Run
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.plan.activation_plan import due_rows_file, spool
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.push.activation_push import pusher
from sluice.orchestration.push.reconciliation import reconcile, unknown_ids
from sluice.orchestration.runs import lock
from sluice.orchestration.runs.state import RunState


def ask_vendors(settings: Settings, activations: Sequence[Activation]) -> list[dict[str, Any]]:
    """Ask about every unknown delivery whose destination can be asked.

    Returns {activation, destination, unknown, known} of those there are. Raises BlockedError while
    a run is at work in this home: it asks itself.
    """
    lock.acquire(settings.home, warehouse=settings.warehouse.lock)
    now = datetime.now(UTC)
    state = RunState(Run(f"reconcile-{now:%Y%m%dT%H%M%S}", now), settings)
    return [row for activation in activations if (row := _ask(state, activation)) is not None]


def _ask(state: RunState, activation: Activation) -> dict[str, Any] | None:
    unknown = len(unknown_ids(state, activation))
    if not unknown:
        return None
    spool(state, activation)
    with pusher(state, activation) as opened:
        known = reconcile(state, activation, opened, due_rows_file(state, activation))
    return {
        "activation": activation.name,
        "destination": activation.destination,
        "unknown": unknown,
        "known": known,
    }
