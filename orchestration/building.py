"""Assets, jobs and schedules of one installation, built from its dbt manifest."""

from __future__ import annotations

import dagster as dg

from orchestration.activation_registry import find_activations
from orchestration.assets.decide import build_decide_assets
from orchestration.assets.land import build_land_asset
from orchestration.assets.push import build_push_assets
from orchestration.assets.report import build_health_asset, build_receipts_asset
from orchestration.dbt_runner import Dbt
from orchestration.dead_runs import end_dead_runs
from orchestration.jobs import daily_schedule, plan_job, run_job
from orchestration.settings import Settings


def build_definitions(settings: Settings) -> dg.Definitions:
    """Everything there is: a new model, campaign or sync is found in the manifest."""
    dbt = Dbt(settings)
    manifest = dbt.manifest
    problems: list[str] = []
    activations = find_activations(manifest, problems)  # a wrong one is left out; the summary of a run says so
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
        executor=dg.in_process_executor,  # also of what is materialized by hand: one process holds the run lock
    )
