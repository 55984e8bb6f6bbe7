"""The jobs of an installation and its schedule."""

from __future__ import annotations

import dagster as dg

from sluice.orchestration.installation.days import day_of
from sluice.orchestration.installation.settings import Settings

RUN_JOB = "sluice_run"
PLAN_JOB = "sluice_plan"
RECEIPTS_JOB = "sluice_receipts"
RETENTION_JOB = "sluice_retention"
FAST_JOB = "sluice_fast"
LANE = "sluice/lane"  # tag by which Dagster's queue lets a pass of the fast lane go beside a run
WHOLE = {LANE: "whole"}

# the steps share one warehouse file and one run lock: one process runs them in turn
run_job = dg.define_asset_job(
    RUN_JOB,
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("fast"),
    tags=WHOLE,
    executor_def=dg.in_process_executor,
    description="land, decide, plan, push, report",
)
plan_job = dg.define_asset_job(
    PLAN_JOB,
    selection=dg.AssetSelection.all()
    - dg.AssetSelection.groups("push", "reports", "fast")
    - dg.AssetSelection.assets(
        ["receipts", "receipts"], ["runs", "reported"], ["runs", "retention"]
    ),
    tags=WHOLE,
    executor_def=dg.in_process_executor,
    description="land, decide, plan: nothing is sent",
)
receipts_job = dg.define_asset_job(
    RECEIPTS_JOB,
    selection=dg.AssetSelection.groups("ledger", "reports")
    | dg.AssetSelection.assets(["runs", "reported"]),
    tags=WHOLE,
    executor_def=dg.in_process_executor,
    description="land what vendors reported, build the reports: nothing is decided or sent",
)

retention_job = dg.define_asset_job(
    RETENTION_JOB,
    selection=dg.AssetSelection.assets(["runs", "retention"]),
    tags=WHOLE,
    executor_def=dg.in_process_executor,
    description="delete the rows that are older than retention.tables of sluice.yml allows",
)

fast_job = dg.define_asset_job(
    FAST_JOB,
    selection=dg.AssetSelection.groups("fast"),
    tags={LANE: "fast"},
    executor_def=dg.in_process_executor,
    description="answer what contacts just did: a pass of the fast lane",
)


def run_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """The daily run, at the time that sluice.yml gives, in its time zone."""
    schedule = settings.project.config.schedule

    @dg.schedule(
        name="daily_run",
        job=run_job,
        cron_schedule=schedule.cron_schedule,
        execution_timezone=schedule.time_zone,
        description="Runs land, decide, plan, push, report. Off until it is turned on.",
    )
    def daily_run() -> dg.RunRequest:
        return dg.RunRequest(partition_key=day_of(settings, settings.default_as_of()))

    return daily_run
