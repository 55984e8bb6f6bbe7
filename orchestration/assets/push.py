"""Steps 3 and 4: what is due is planned, one asset a campaign and sync, and pushed, one asset
each.
"""

import dagster as dg

from sluice.activations.push.result import PushResult
from sluice.models.plan import ActivationPlan
from sluice.models.run import MissingRows
from sluice.orchestration.code_location.groups import describe, group_of
from sluice.orchestration.code_location.labels import labels, owners
from sluice.orchestration.inspection.missing import find_missing
from sluice.orchestration.plan.activation_plan import (
    due_rows_file,
    is_stopped,
    make_plan,
    plan_note,
    plan_of,
    require_plan,
)
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.plan.saved_plans import require_unmoved
from sluice.orchestration.push.activation_push import deliver
from sluice.orchestration.recovery.past import is_replay
from sluice.orchestration.runs.notes import PushNote
from sluice.orchestration.runs.progress import tell
from sluice.orchestration.runs.state import RESOURCES, step
from sluice.orchestration.serving.preferences import publish_pages

PLANNED = dg.AssetKey(["runs", "planned"])
GUARDRAILS = "guardrails"
DELIVERED = "delivered"
MOST_REASONS = 20


def build_push_assets(
    activations: list[Activation], days: dg.PartitionsDefinition
) -> list[dg.AssetsDefinition]:
    """For each activation: ``plan/<name>`` from the outbox, and ``push/<name>`` from the plan;
    between, all plans together.
    """
    each = [build(one, days) for one in activations for build in (_plan_asset, _push_asset)]
    return [*each, _planned_asset(activations, days)]


def _plan_asset(activation: Activation, days: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    key = dg.AssetKey(["plan", activation.name])

    @dg.asset(
        key=key,
        partitions_def=days,
        required_resource_keys=RESOURCES,
        deps=[
            dg.AssetKey([activation.folder, activation.model]),
            dg.AssetKey(["activation", activation.outbox_model]),
        ],
        group_name=group_of("plan"),
        metadata=describe(
            "plan", f"What is due for {activation.name}", f"{activation.name} 的发送计划"
        ),
        owners=owners(activation.config.owner),
        tags=labels(activation.config.model_dump(mode="json")),
        kinds={"parquet"},
        check_specs=[
            dg.AssetCheckSpec(
                GUARDRAILS, asset=key, description="No guardrail stops it (docs/guardrails.md)."
            )
        ],
        description=f"What is due for {activation.name}. Nothing has been sent.",
    )
    def plan(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with step(context) as state:
            made, stopped = make_plan(state, activation), is_stopped(state, activation)
            blocked = [check for check in made.guardrails if check.state == "blocked"]
            words = "stopped, its decisions or a source failed" if stopped else f"{made.due} due"
            held = plan_note(state, activation).held
            words += (
                f", {held} held until mapping_version in {activation.model}.yml is raised"
                if held
                else ""
            )
            words += f", {made.tried} of them tried before" if made.tried else ""
            cut_off = made.continued - made.tried
            words += f", {cut_off} of them of a plan that was cut off" if cut_off else ""
            words += (
                f", blocked by {', '.join(check.guardrail for check in blocked)}" if blocked else ""
            )
            tell("plan", f"{activation.name} -> {activation.destination}: {words}")
            return dg.MaterializeResult(
                metadata={
                    "due": made.due,
                    "held": held,
                    "destination": activation.destination,
                    "stopped": stopped,
                },
                check_results=[
                    dg.AssetCheckResult(
                        check_name=GUARDRAILS,
                        passed=not blocked,
                        metadata={
                            check.guardrail: f"{check.words}. To fix it: {check.fix}"
                            for check in blocked
                        },
                    )
                ],
            )

    return plan


def _planned_asset(
    activations: list[Activation], days: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    @dg.asset(
        key=PLANNED,
        partitions_def=days,
        required_resource_keys=RESOURCES,
        deps=[dg.AssetKey(["plan", activation.name]) for activation in activations],
        group_name=group_of("runs"),
        metadata=describe("runs", "All plans", "全部发送计划"),
        description=(
            "All plans of a run, before the first push: where a plan on file is applied, they must"
            " be what it says."
        ),
    )
    def planned(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with step(context) as state:
            require_unmoved(state, activations)
            if not is_replay(state.settings.home):
                publish_pages(state.settings)
            plans = [plan for one in activations if (plan := plan_of(state, one)) is not None]
            return dg.MaterializeResult(
                metadata={
                    "due": sum(plan.due for plan in plans),
                    "blocked": sum(plan.is_blocked for plan in plans),
                }
            )

    return planned


def _reasons(missing: list[MissingRows]) -> dict[str, int | dg.MetadataValue]:
    """How many are missing, and the reasons with their counts, the most frequent first."""
    if not missing:
        return {"missing": 0}
    rows = [
        {"count": one.count, "state": one.state, "reason": one.reason, "fix": one.fix}
        for one in missing[:MOST_REASONS]
    ]
    records = [dg.TableRecord(row) for row in rows]
    return {
        "missing": sum(one.count for one in missing),
        "reasons": dg.MetadataValue.table(records),
    }


def _delivered(
    plan: ActivationPlan, result: PushResult, missing: list[MissingRows]
) -> dg.AssetCheckResult:
    """Failed where rows failed or a guardrail blocked, a warning where rows are missing since an
    earlier run. Stops nothing.
    """
    problems = {
        f"{one.state}: {one.reason}": f"{one.count} missing, {one.new} of this run. {one.fix}"
        for one in missing
    }
    problems |= {
        f"blocked by {check.guardrail}": check.words
        for check in plan.guardrails
        if check.state == "blocked"
    }
    problems |= {"given up": words} if (words := result.problem()) else {}
    is_new = plan.is_blocked or result.problem() is not None or any(one.new for one in missing)
    return dg.AssetCheckResult(
        check_name=DELIVERED,
        passed=not problems,
        severity=dg.AssetCheckSeverity.ERROR if is_new else dg.AssetCheckSeverity.WARN,
        metadata=dict(list(problems.items())[:MOST_REASONS]),
    )


def _push_asset(activation: Activation, days: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    key = dg.AssetKey(["push", activation.name])

    @dg.asset(
        key=key,
        partitions_def=days,
        required_resource_keys=RESOURCES,
        deps=[dg.AssetKey(["plan", activation.name]), PLANNED],
        group_name=group_of("push"),
        metadata=describe(
            "push",
            f"{activation.name} sent by {activation.destination}",
            f"{activation.name} 经 {activation.destination} 发送",
        ),
        owners=owners(activation.config.owner),
        tags=labels(activation.config.model_dump(mode="json")),
        kinds={activation.destination},
        check_specs=[
            dg.AssetCheckSpec(
                DELIVERED, asset=key, description="The destination has all that is wanted of it."
            )
        ],
        description=(
            f"{activation.name} pushed to {activation.destination}: claimed in the ledger before,"
            " recorded after."
        ),
    )
    def push_activation(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with step(context, is_sending=True) as state:
            result, words = PushResult(), "blocked, nothing is sent"
            plan = require_plan(state, activation)
            if is_replay(state.settings.home):
                words = f"a replay of {state.as_of:%Y-%m-%d}: {plan.due} were due, nothing is sent"
            elif not plan.is_blocked:
                result = deliver(state, activation, due_rows_file(state, activation))
                words = result.describe()
            tell("push", f"{activation.name} -> {activation.destination}: {words}")
            note = PushNote(paused=result.paused, problem=result.problem())
            state.notes.keep(note, activation.name)
            missing = find_missing(
                state.settings.warehouse, state.ledger, [activation], state.run.run_id
            )
            return dg.MaterializeResult(
                metadata={**result.counts(), "paused": result.paused or "no", **_reasons(missing)},
                check_results=[_delivered(plan, result, missing)],
            )

    return push_activation
