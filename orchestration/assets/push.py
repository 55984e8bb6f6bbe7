"""Steps 3 and 4: what is due is planned, one asset a campaign and sync, and pushed, one asset each."""

from pathlib import Path

import dagster as dg
import pyarrow.parquet as pq

from activations.destinations import registry
from activations.dispatcher import Pusher, PushResult
from models.config import SyncConfig
from orchestration.activation_registry import Activation
from orchestration.assets.land import WAREHOUSE_POOL
from orchestration.progress import tell
from orchestration.run_state import RunState, step
from orchestration.sandboxing import endpoints
from orchestration.warehouse import count_held, read_batches, spool_messages, spool_nothing, spool_sync


def build_push_assets(activations: list[Activation]) -> list[dg.AssetsDefinition]:
    """For each activation: ``plan/<name>`` from the outbox, and ``push/<name>`` from the plan."""
    return [build(activation) for activation in activations for build in (_plan_asset, _push_asset)]


def _plan_asset(activation: Activation) -> dg.AssetsDefinition:
    @dg.asset(
        key=["plan", activation.name],
        deps=[dg.AssetKey(["activation", activation.model]), dg.AssetKey(["activation", activation.outbox_model])],
        group_name="plan",
        kinds={"parquet"},
        pool=WAREHOUSE_POOL,
        description=f"What is due for {activation.name}. Nothing has left the house.",
    )
    def plan(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with step(context) as state:
            stopped = is_stopped(state, activation)
            due = spool(state, activation)
            held = state.noted(f"held_{activation.name}", 0)
            words = "stopped, its decisions failed" if stopped else f"{due} due"
            words += f", {held} held until mapping_version in {activation.model}.yml is raised" if held else ""
            tell("plan", f"{activation.name} -> {activation.destination}: {words}")
            return dg.MaterializeResult(
                metadata={"due": due, "held": held, "destination": activation.destination, "stopped": stopped}
            )

    return plan


def _push_asset(activation: Activation) -> dg.AssetsDefinition:
    @dg.asset(
        key=["push", activation.name],
        deps=[dg.AssetKey(["plan", activation.name])],
        group_name="push",
        kinds={activation.destination},
        description=f"{activation.name} pushed to {activation.destination}: claimed in the ledger before, recorded after.",
    )
    def push_activation(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with step(context) as state:
            result = deliver(state, activation)
            tell("push", f"{activation.name} -> {activation.destination}: {result.describe()}")
            state.note(f"paused_{activation.name}", result.paused)
            return dg.MaterializeResult(metadata={**result.counts(), "paused": result.paused or "no"})

    return push_activation


def is_stopped(state: RunState, activation: Activation) -> bool:
    """True when the decisions of this run did not get as far: what the outbox holds of it is of an earlier day."""
    return bool({activation.model, activation.outbox_model} & set(state.noted("decide_stopped", [])))


def spool(state: RunState, activation: Activation) -> int:
    """Write what is due for one activation to a file of the run, nothing when it is stopped. Returns how many."""
    target, warehouse = plan_file(state, activation), state.settings.warehouse
    if is_stopped(state, activation):
        return spool_nothing(target)
    if activation.kind == "message":
        return spool_messages(warehouse, activation.name, target)
    assert isinstance(activation.config, SyncConfig)
    state.note(f"held_{activation.name}", count_held(warehouse, activation.name))
    return spool_sync(warehouse, activation.name, activation.config.key, target)


def plan_file(state: RunState, activation: Activation) -> Path:
    """Where the plan of one activation lies."""
    return state.folder / f"{activation.kind}_{activation.name}.parquet"


def deliver(state: RunState, activation: Activation) -> PushResult:
    """Push the plan of one activation. With nothing due, no connection is made and no setting is needed."""
    plan = plan_file(state, activation)
    if pq.read_metadata(plan).num_rows == 0:
        return PushResult()
    with endpoints(state.settings) as sandbox:
        destination = registry.build(activation.destination, sandbox)
        try:
            to_item = registry.entry(activation.destination).to_item
            batches = (
                [to_item(row, activation.config) for row in rows]
                for rows in read_batches(plan, destination.capabilities.batch_size)
            )
            pusher = Pusher(activation.kind, activation.name, activation.destination, destination, state.ledger, state.run)
            return pusher.push(batches)
        finally:
            destination.close()
