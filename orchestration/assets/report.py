"""Step 5: the receipts of this run are landed, and the health of the decisions is told."""

from datetime import UTC, datetime

import dagster as dg

from orchestration.activation_registry import Activation
from orchestration.assets.decide import DECIDED
from orchestration.landing.ledger import land_ledger
from orchestration.progress import tell
from orchestration.run_state import step
from orchestration.summary import summarise_run


def build_receipts_asset(activations: list[Activation]) -> dg.AssetsDefinition:
    """Lands what the pushes of this run recorded, for the reports; and keeps the summary of the run."""

    @dg.asset(
        key=["receipts", "receipts"],
        deps=[dg.AssetKey(["push", activation.name]) for activation in activations],
        group_name="receipts",
        kinds={"duckdb"},
        description="Every outcome of every delivery, this run's included.",
    )
    def receipts(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with step(context) as state:
            new_receipts = land_ledger(state.settings.warehouse, state.ledger)
            tell("report", f"{new_receipts} receipts landed")
            summary = summarise_run(state, activations)
            state.ledger.finish_run(state.run, summary.model_dump_json(), datetime.now(UTC))
            return dg.MaterializeResult(
                metadata={"new_receipts": new_receipts, "summary": dg.MetadataValue.json(summary.model_dump())}
            )

    return receipts


@dg.asset(
    key=["runs", "health"],
    deps=[DECIDED],
    group_name="runs",
    description="Fails when a model or a test failed, after everything that does not depend on it was done.",
)
def health(context: dg.AssetExecutionContext) -> None:
    """A broken model stops only what depends on it; here it turns the run red."""
    with step(context) as state:
        failures = state.noted("decide_failures", [])
        if failures:
            raise dg.Failure("these models or tests failed, and what depends on them was not sent:\n" + "\n".join(failures))
