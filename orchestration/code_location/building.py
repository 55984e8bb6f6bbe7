"""Assets, jobs and schedules of one installation, built from its dbt manifest."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from sluice.orchestration.assets.alerts import build_alerts_asset
from sluice.orchestration.assets.decide import build_decide_assets
from sluice.orchestration.assets.fast import build_fast_assets
from sluice.orchestration.assets.land import build_land_asset, existing_tables
from sluice.orchestration.assets.published import build_published_asset
from sluice.orchestration.assets.push import build_push_assets
from sluice.orchestration.assets.report import build_health_asset, build_receipts_asset
from sluice.orchestration.assets.retention import build_retention_asset
from sluice.orchestration.code_location.jobs import (
    fast_job,
    plan_job,
    receipts_job,
    retention_job,
    run_job,
    run_schedules,
)
from sluice.orchestration.code_location.sensors import (
    fast_lane_sensor,
    new_files_sensor,
    new_receipts_sensor,
)
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.days import daily_partitions
from sluice.orchestration.installation.project import find_project
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.plan.activation_registry import find_activations
from sluice.orchestration.runs.dead_runs import dead_runs_sensor
from sluice.orchestration.runs.resource import SluiceResource
from sluice.orchestration.runs.stopping import stoppable


def definitions(project: str | Path | None = None) -> dg.Definitions:
    """What Dagster loads for a project: ``project`` is the folder of its ``sluice.yml``, else it is
    found as the command line finds it. To be merged with a company's own:
    ``dg.Definitions.merge(definitions(), mine)``. Raises ConfigurationError when there is none.
    """
    # dbt may have to parse, and Dagster would pass on a signal only after it
    with stoppable():
        return build_definitions(load_settings(find_project(project)))


def build_definitions(settings: Settings, dbt: Dbt | None = None) -> dg.Definitions:
    """Everything there is: a new model, campaign or sync is found in the manifest. ``dbt``: the
    project, where the caller reads it too.
    """
    dbt = dbt or Dbt(settings)
    days = daily_partitions(settings)
    manifest = dbt.manifest
    problems: list[str] = []
    activations = find_activations(
        manifest, problems
    )  # a wrong one is left out; the summary of a run says so
    fast = build_fast_assets(settings)
    return dg.Definitions(
        assets=[
            build_land_asset(manifest, days, [one.destination for one in activations]),
            *build_decide_assets(dbt, manifest, days),
            *build_push_assets(activations, days),
            build_receipts_asset(activations, days, manifest["metadata"]["adapter_type"]),
            build_published_asset(manifest, days),
            build_alerts_asset(days),
            build_retention_asset(manifest, days),
            build_health_asset(activations, problems, days),
            *existing_tables(manifest),
            *fast,
        ],
        jobs=[run_job, plan_job, receipts_job, retention_job, *([fast_job] if fast else [])],
        schedules=run_schedules(settings),
        sensors=[
            dead_runs_sensor(settings.home),
            new_files_sensor(settings),
            new_receipts_sensor(settings),
            *([fast_lane_sensor(settings)] if fast else []),
        ],
        resources={"sluice": SluiceResource(project=str(settings.project.root))},
        # also of what is materialized by hand: one process holds the run lock
        executor=dg.in_process_executor,
    )
