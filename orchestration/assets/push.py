"""Steps 3 and 4: what is due is planned, one asset a campaign and sync, and pushed, one asset each."""

from pathlib import Path

import dagster as dg

from models.config import SyncConfig
from orchestration.activation_registry import Activation
from orchestration.assets.land import WAREHOUSE_POOL
from orchestration.delivering import deliver
from orchestration.progress import tell
from orchestration.run_state import RunState, step
from orchestration.warehouse import spool_messages, spool_nothing, spool_sync


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
            words = "stopped, its decisions failed" if stopped else f"{due} due"
            tell("plan", f"{activation.name} -> {activation.destination}: {words}")
            return dg.MaterializeResult(metadata={"due": due, "destination": activation.destination, "stopped": stopped})

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
            result = deliver(state, activation, plan_file(state, activation))
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
    return spool_sync(warehouse, activation.name, activation.config.key, target)


def plan_file(state: RunState, activation: Activation) -> Path:
    """Where the plan of one activation lies."""
    return state.folder / f"{activation.kind}_{activation.name}.parquet"
