"""The jobs of an installation and its schedules."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import dagster as dg

from sluice.orchestration.code_location.groups import group_of
from sluice.orchestration.installation.days import day_of
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.installation.times import Times

RUN_JOB = "sluice_run"
PLAN_JOB = "sluice_plan"
RECEIPTS_JOB = "sluice_receipts"
RETENTION_JOB = "sluice_retention"
FAST_JOB = "sluice_fast"
LANE = "sluice/lane"  # tag by which Dagster's queue lets a pass of the fast lane go beside a run
WHOLE = {LANE: "whole"}


def in_groups(*layers: str) -> dg.AssetSelection:
    """The assets of these layers."""
    return dg.AssetSelection.groups(*(group_of(one) for one in layers))


# the steps share one warehouse file and one run lock: one process runs them in turn
run_job = dg.define_asset_job(
    RUN_JOB,
    selection=dg.AssetSelection.all() - in_groups("fast"),
    tags=WHOLE,
    executor_def=dg.in_process_executor,
    description="land, decide, plan, push, report",
)
plan_job = dg.define_asset_job(
    PLAN_JOB,
    selection=dg.AssetSelection.all()
    - in_groups("push", "reports", "fast")
    - dg.AssetSelection.assets(
        ["receipts", "receipts"],
        *(["runs", name] for name in ("reported", "alerts", "published", "retention")),
    ),
    tags=WHOLE,
    executor_def=dg.in_process_executor,
    description="land, decide, plan: nothing is sent",
)
receipts_job = dg.define_asset_job(
    RECEIPTS_JOB,
    selection=in_groups("ledger", "reports")
    | dg.AssetSelection.assets(*(["runs", name] for name in ("reported", "alerts", "published"))),
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
    selection=in_groups("fast"),
    tags={LANE: "fast"},
    executor_def=dg.in_process_executor,
    description="answer what contacts just did: a pass of the fast lane",
)


def run_schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """The daily run, and the further ones of sluice.yml: each at its time, in its time zone."""
    return [
        _schedule(settings, f"{name}_run", times)
        for name, times in settings.project.config.runs.items()
    ]


def _schedule(settings: Settings, name: str, times: Times) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=name,
        job=run_job,
        cron_schedule=times.cron_schedule,
        execution_timezone=times.time_zone,
        description="Runs land, decide, plan, push, report"
        + {"all": ".", "chinese_workdays": " on working days in China."}.get(
            times.days, " on days off in China."
        )
        + ("" if times.is_on else " Off until it is turned on."),
        default_status=dg.DefaultScheduleStatus.RUNNING
        if times.is_on
        else dg.DefaultScheduleStatus.STOPPED,
    )
    def run(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        day = context.scheduled_execution_time.astimezone(ZoneInfo(times.time_zone)).date()
        reason = times.why_not(day)
        if reason:
            return dg.SkipReason(f"nothing runs: {reason}")
        return dg.RunRequest(partition_key=day_of(settings, settings.default_as_of()))

    return run
