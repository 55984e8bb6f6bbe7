"""Sensors, off until somebody turns them on: a run when files came, reports when receipts came."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from sluice.orchestration.code_location.jobs import FAST_JOB, RECEIPTS_JOB, RUN_JOB
from sluice.orchestration.installation.days import day_of
from sluice.orchestration.installation.settings import Settings

FILES = {".csv", ".parquet", ".jsonl", ".gz"}


def new_files_sensor(settings: Settings) -> dg.SensorDefinition:
    """Starts a run when the files of the raw folder changed and then stayed as they are for one
    tick: a file that is still being written is left alone.
    """

    @dg.sensor(
        name="new_files",
        job_name=RUN_JOB,
        minimum_interval_seconds=60,
        description="Starts a run when the files to land have changed, and are written to the end.",
    )
    def new_files(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        seen = json.loads(context.cursor or "{}")
        state = _fingerprint(settings.raw)
        done, waiting = seen.get("done"), seen.get("waiting")
        if done is None or state == done:  # what lay there when the sensor was turned on is no news
            context.update_cursor(json.dumps({"done": state}))
            return dg.SkipReason("no file has changed")
        if state != waiting:
            context.update_cursor(json.dumps({"done": done, "waiting": state}))
            return dg.SkipReason("files have changed: a run starts when they are written")
        request = dg.RunRequest(run_key=f"files {state}", partition_key=_today(settings))
        return dg.SensorResult([request], cursor=json.dumps({"done": state}))

    return new_files


def new_receipts_sensor(settings: Settings) -> dg.SensorDefinition:
    """Lands the ledger and builds the reports when vendors reported something since the last time:
    bounces, opens, opt-outs.
    """

    @dg.sensor(
        name="new_receipts",
        job_name=RECEIPTS_JOB,
        minimum_interval_seconds=300,
        description="Lands new receipts and builds the reports; nothing is decided or sent.",
    )
    def new_receipts(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        from sluice.orchestration.runs.state import open_ledger

        last = json.dumps(open_ledger(settings).last_reported())
        if last == (context.cursor or last):
            context.update_cursor(last)
            return dg.SkipReason("no new receipt")
        request = dg.RunRequest(run_key=f"receipts {last}", partition_key=_today(settings))
        return dg.SensorResult([request], cursor=last)

    return new_receipts


def fast_lane_sensor(settings: Settings) -> dg.SensorDefinition:
    """Starts a pass of the fast lane when events of the inbox wait, and none is at work."""

    @dg.sensor(
        name="fast_lane",
        job_name=FAST_JOB,
        minimum_interval_seconds=20,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts a pass of the fast lane when events wait in the inbox.",
    )
    def fast_lane(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        from sluice.orchestration.fast.waiting import find_waiting
        from sluice.orchestration.runs.dead_runs import AT_WORK
        from sluice.orchestration.runs.state import open_ledger

        if find_waiting(settings, open_ledger(settings), datetime.now(UTC)) is None:
            return dg.SkipReason("nothing waits")
        wanted = dg.RunsFilter(job_name=FAST_JOB, statuses=[*AT_WORK, dg.DagsterRunStatus.QUEUED])
        if context.instance.get_runs(wanted, limit=1):
            return dg.SkipReason("a pass is at work: the next one takes what waits")
        return dg.RunRequest()

    return fast_lane


def _today(settings: Settings) -> str:
    return day_of(settings, settings.default_as_of())


def _fingerprint(folder: Path) -> str:
    """A text that changes when a file of the folder does: by name, size and time."""
    found = [path for path in sorted(folder.rglob("*")) if FILES & set(path.suffixes)]
    stats = [(path.relative_to(folder).as_posix(), path.stat()) for path in found]
    described = [f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats]
    return hashlib.sha256("\n".join(described).encode()).hexdigest()
