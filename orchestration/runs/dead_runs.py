"""Runs that Dagster takes for alive, and whose process is dead: it would count them among those at
work for ever.

Each run holds a lock on a file of its own from its first step to its end. The lock is the operating
system's: where the file exists and nobody holds it, the process is dead. A run that has no file yet
is still loading, unless it was launched a while ago.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
from dagster import DagsterRunStatus, RunRecord, RunsFilter

from sluice.orchestration.runs import lock

ALIVE = "alive.lock"
LOADING = timedelta(minutes=2)  # the longest that a process needs from its launch to its first step
AT_WORK = [
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]
WORDS = (
    "The process of this run ended before the run did (killed, or the machine went down). The next"
    " run continues it."
)


def alive_file(home: Path, run_id: str) -> Path:
    """The file that a living run holds a lock on."""
    return home / "runs" / run_id / ALIVE


def find_dead(instance: dg.DagsterInstance, home: Path) -> list[RunRecord]:
    """The runs that Dagster takes for alive, and that are not."""
    now = datetime.now(UTC)
    return [
        record
        for record in instance.get_run_records(RunsFilter(statuses=AT_WORK))
        if _is_dead(record, home, now)
    ]


def end_dead(instance: dg.DagsterInstance, home: Path) -> list[str]:
    """Have Dagster see what is dead as ended, and free what it kept for it. Returns the run ids."""
    return [_end(instance, record) for record in find_dead(instance, home)]


def dead_runs_sensor(home: Path) -> dg.SensorDefinition:
    """Ends dead runs: the queue of runs would else wait for one until the next run of the command
    line.
    """

    @dg.sensor(
        name="end_dead_runs",
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            "Ends runs whose process is dead: while Dagster takes one for alive, no other starts."
        ),
    )
    def end_dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        ended = end_dead(context.instance, home)
        return dg.SkipReason(
            f"ended, their process was dead: {', '.join(ended)}" if ended else "no run is dead"
        )

    return end_dead_runs


def _is_dead(record: RunRecord, home: Path, now: datetime) -> bool:
    path = alive_file(home, record.dagster_run.run_id)
    if path.is_file():
        return not lock.is_held(path)
    return (
        now - record.update_timestamp.replace(tzinfo=record.update_timestamp.tzinfo or UTC)
        > LOADING
    )


def _end(instance: dg.DagsterInstance, record: RunRecord) -> str:
    run = record.dagster_run
    if run.status == DagsterRunStatus.CANCELING:
        instance.report_run_canceled(run, message=WORDS)
    else:
        instance.report_run_failed(run, message=WORDS)
    if instance.event_log_storage.supports_global_concurrency_limits:
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return run.run_id
