"""The one job, the five steps, and its schedule."""

from __future__ import annotations

import dagster as dg

RUN_JOB = "sluice_run"
PLAN_JOB = "sluice_plan"

# the steps share one warehouse file and one run lock: one process runs them in turn
run_job = dg.define_asset_job(
    RUN_JOB,
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="land, decide, plan, push, report",
)
plan_job = dg.define_asset_job(
    PLAN_JOB,
    selection=dg.AssetSelection.all()
    - dg.AssetSelection.groups("push", "reports")
    - dg.AssetSelection.assets(["receipts", "receipts"], ["runs", "reported"]),
    executor_def=dg.in_process_executor,
    description="land, decide, plan: nothing is sent",
)
daily_schedule = dg.ScheduleDefinition(
    name="daily_at_nine_in_the_evening",
    job=run_job,
    cron_schedule="0 21 * * *",
    execution_timezone="Asia/Shanghai",
    description="Nurture sends go out once a day, when people read.",
)
