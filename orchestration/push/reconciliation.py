"""Querying vendors for deliveries whose outcome is unknown: the rows are read again, and the client
asks.
"""

from __future__ import annotations

from pathlib import Path

from sluice.activations.destinations import registry
from sluice.activations.destinations.base import Reconciler
from sluice.activations.plan.due_rows import read_items
from sluice.activations.push.dispatcher import Pusher
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.runs.state import RunState
from sluice.orchestration.warehouse.reader import spool_decisions


def unknown_file(state: RunState, activation: Activation) -> Path:
    """Where the messages lie that the vendor is to be asked about."""
    return state.folder / f"unknown_{activation.name}.parquet"


def unknown_ids(state: RunState, activation: Activation) -> list[int]:
    """The unknown deliveries of an activation at a destination that can be asked."""
    rows = state.ledger.unknown_deliveries()
    return [
        row["delivery_id"]
        for row in rows
        if row["activation"] == activation.name and row["on_unknown"] == "reconcile"
    ]


def spool_unknown(state: RunState, activation: Activation) -> int:
    """Write the unknown messages of a campaign whose destination can be asked. Returns how many.

    A sync's unknown operations are in its due rows: they are due, if their row is still wanted as
    it was.
    """
    ids = unknown_ids(state, activation) if activation.kind == "message" else []
    return (
        spool_decisions(state.settings.warehouse, ids, unknown_file(state, activation))
        if ids
        else 0
    )


def reconcile(state: RunState, activation: Activation, pusher: Pusher, due_rows: Path) -> int:
    """Ask about what is unknown. Returns how many are known now."""
    file = unknown_file(state, activation) if activation.kind == "message" else due_rows
    if (
        not isinstance(pusher.destination, Reconciler)
        or not file.is_file()
        or not unknown_ids(state, activation)
    ):
        return 0
    to_item = registry.entry(activation.destination).to_item
    return pusher.reconcile(
        read_items(file, pusher.destination.capabilities.batch_size, to_item, activation.config)
    )
