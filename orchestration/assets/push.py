"""Steps 3 and 4: what is due is planned, one asset a campaign and sync, and pushed, one asset each."""

import dagster as dg

from activations.push_result import PushResult
from orchestration.activation_registry import Activation
from orchestration.applying import require_unmoved
from orchestration.delivering import deliver
from orchestration.planning import is_stopped, make_plan, plan_file, plan_of, require_plan
from orchestration.progress import tell
from orchestration.run_state import step

PLANNED = dg.AssetKey(["runs", "planned"])
GUARDRAILS = "guardrails"


def build_push_assets(activations: list[Activation]) -> list[dg.AssetsDefinition]:
    """For each activation: ``plan/<name>`` from the outbox, and ``push/<name>`` from the plan; between, all plans together."""
    each = [build(activation) for activation in activations for build in (_plan_asset, _push_asset)]
    return [*each, _planned_asset(activations)]


def _plan_asset(activation: Activation) -> dg.AssetsDefinition:
    key = dg.AssetKey(["plan", activation.name])

    @dg.asset(
        key=key,
        deps=[dg.AssetKey(["activation", activation.model]), dg.AssetKey(["activation", activation.outbox_model])],
        group_name="plan",
        kinds={"parquet"},
        check_specs=[dg.AssetCheckSpec(GUARDRAILS, asset=key, description="No guardrail stops it (docs/guardrails.md).")],
        description=f"What is due for {activation.name}. Nothing has left the house.",
    )
    def plan(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with step(context) as state:
            made, stopped = make_plan(state, activation), is_stopped(state, activation)
            blocked = [check for check in made.guardrails if check.state == "blocked"]
            words = "stopped, its decisions failed" if stopped else f"{made.due} due"
            held = state.noted(f"held_{activation.name}", 0)
            words += f", {held} held until mapping_version in {activation.model}.yml is raised" if held else ""
            words += f", {made.continued} of them of a plan that was cut off" if made.continued else ""
            words += f", blocked by {', '.join(check.guardrail for check in blocked)}" if blocked else ""
            tell("plan", f"{activation.name} -> {activation.destination}: {words}")
            return dg.MaterializeResult(
                metadata={"due": made.due, "held": held, "destination": activation.destination, "stopped": stopped},
                check_results=[
                    dg.AssetCheckResult(
                        check_name=GUARDRAILS,
                        passed=not blocked,
                        metadata={check.guardrail: f"{check.words}. To mend it: {check.mend}" for check in blocked},
                    )
                ],
            )

    return plan


def _planned_asset(activations: list[Activation]) -> dg.AssetsDefinition:
    @dg.asset(
        key=PLANNED,
        deps=[dg.AssetKey(["plan", activation.name]) for activation in activations],
        group_name="runs",
        description="All plans of a run, before the first push: where a plan on file is applied, they must be what it says.",
    )
    def planned(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with step(context) as state:
            require_unmoved(state, activations)
            plans = [plan for one in activations if (plan := plan_of(state, one)) is not None]
            return dg.MaterializeResult(
                metadata={"due": sum(plan.due for plan in plans), "blocked": sum(plan.is_blocked for plan in plans)}
            )

    return planned


def _push_asset(activation: Activation) -> dg.AssetsDefinition:
    @dg.asset(
        key=["push", activation.name],
        deps=[dg.AssetKey(["plan", activation.name]), PLANNED],
        group_name="push",
        kinds={activation.destination},
        description=f"{activation.name} pushed to {activation.destination}: claimed in the ledger before, recorded after.",
    )
    def push_activation(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with step(context) as state:
            result, words = PushResult(), "blocked, nothing is sent"
            if not require_plan(state, activation).is_blocked:
                result = deliver(state, activation, plan_file(state, activation))
                words = result.describe()
            tell("push", f"{activation.name} -> {activation.destination}: {words}")
            state.note(f"paused_{activation.name}", result.paused)
            state.note(f"problem_{activation.name}", result.problem())
            return dg.MaterializeResult(metadata={**result.counts(), "paused": result.paused or "no"})

    return push_activation
