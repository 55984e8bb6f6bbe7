"""Step 5: the receipts of this run are landed; last of all, a run in which something failed is
failed.
"""

from datetime import UTC, datetime

import dagster as dg

from sluice.models.run import RunSummary
from sluice.orchestration.assets.decide import DECIDED, REPORTED
from sluice.orchestration.assets.published import PUBLISHED
from sluice.orchestration.assets.push import PLANNED
from sluice.orchestration.code_location.groups import describe, group_of
from sluice.orchestration.landing.ledger import land_ledger
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.recovery.standing import note_end
from sluice.orchestration.runs.progress import tell
from sluice.orchestration.runs.state import RESOURCES, step
from sluice.orchestration.runs.summary import summarise_run

RECEIPTS = dg.AssetKey(["receipts", "receipts"])
FAILED = 1


def build_receipts_asset(
    activations: list[Activation], days: dg.PartitionsDefinition, engine: str
) -> dg.AssetsDefinition:
    """Lands what the pushes of this run recorded, for the reports; and keeps the summary of the
    run.
    """

    @dg.asset(
        key=RECEIPTS,
        partitions_def=days,
        required_resource_keys=RESOURCES,
        deps=[dg.AssetKey(["push", activation.name]) for activation in activations],
        group_name=group_of("receipts"),
        metadata=describe("receipts", "Every outcome of every delivery", "全部投递结果"),
        kinds={engine},
        description="Every outcome of every delivery, this run's included.",
    )
    def receipts(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with step(context) as state:
            new_receipts = land_ledger(state.settings.warehouse, state.ledger)
            tell("report", f"{new_receipts} receipts landed")
            summary = summarise_run(state, activations)
            note_end(state.settings, state.ledger)
            state.ledger.finish_run(state.run, summary.model_dump_json(), datetime.now(UTC))
            return dg.MaterializeResult(
                metadata={
                    "new_receipts": new_receipts,
                    "summary": dg.MetadataValue.json(summary.model_dump()),
                }
            )

    return receipts


def build_health_asset(
    activations: list[Activation], problems: list[str], days: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    """The last step: it fails when `sluice run` would end with 1, after everything that could be
    done was done. ``problems``: of the configuration of activations that were left out.
    """

    @dg.asset(
        key=["runs", "health"],
        partitions_def=days,
        required_resource_keys=RESOURCES,
        deps=[DECIDED, PLANNED, REPORTED, RECEIPTS, PUBLISHED],
        group_name=group_of("runs"),
        metadata=describe("runs", "Did everything go well?", "本次运行是否正常"),
        description=(
            "Fails when a model, a test, a message or a row failed, after all that does not depend"
            " on it was done."
        ),
    )
    def health(context: dg.AssetExecutionContext) -> None:
        with step(context) as state:
            summary = summarise_run(state, activations, problems)
            if summary.exit_code == FAILED:
                raise dg.Failure("this run failed in part:\n" + "\n".join(_failures(summary)))

    return health


def _failures(summary: RunSummary) -> list[str]:
    """What failed, in words, the errors first."""
    lacking = [
        f"{one.activation}: {one.new} {one.state} ({one.reason})"
        for one in summary.missing
        if one.new
    ]
    return [*summary.errors, *lacking]
