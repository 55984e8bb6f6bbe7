"""Assets, jobs and schedules of one installation, built from its dbt manifest."""

from __future__ import annotations

import dagster as dg

from sluice.orchestration.assets.decide import build_decide_assets
from sluice.orchestration.assets.land import build_land_asset
from sluice.orchestration.assets.push import build_push_assets
from sluice.orchestration.assets.report import build_health_asset, build_receipts_asset
from sluice.orchestration.code_location.jobs import daily_schedule, plan_job, run_job
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.plan.activation_registry import find_activations
from sluice.orchestration.runs.dead_runs import end_dead_runs


def build_definitions(settings: Settings) -> dg.Definitions:
    """Everything there is: a new model, campaign or sync is found in the manifest."""
    dbt = Dbt(settings)
    manifest = dbt.manifest
    problems: list[str] = []
    activations = find_activations(
        manifest, problems
    )  # a wrong one is left out; the summary of a run says so
    return dg.Definitions(
        assets=[
            build_land_asset(manifest, [activation.destination for activation in activations]),
            *build_decide_assets(dbt, manifest),
            *build_push_assets(activations),
            build_receipts_asset(activations),
            build_health_asset(activations, problems),
        ],
        jobs=[run_job, plan_job],
        schedules=[daily_schedule],
        sensors=[end_dead_runs],
        # also of what is materialized by hand: one process holds the run lock
        executor=dg.in_process_executor,
    )
