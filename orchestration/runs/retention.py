"""What is kept of runs that ended: Dagster's record of each, the folder with its plans, and the
published reports.

No later run needs them: receipts, begun plans and summaries are in the ledger, and state is in the
warehouse.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import sqlalchemy as sa
from dagster import DagsterRunStatus, RunsFilter
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage

from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.report.publishing import FOLDER, NAME
from sluice.orchestration.runs import lock
from sluice.orchestration.runs.dead_runs import alive_file

ENDED = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
MOST_SECONDS = 10.0  # a home that was never pruned is done over several runs
MOST_AT_ONCE = 100
MOST_GONE = 10_000  # runs whose checks go at once; a statement takes so many values
WORTH_A_VACUUM = 0.3  # of the file is empty
SMALL = 10_000_000  # bytes; below that a file may be as empty as it likes


def prune(instance: dg.DagsterInstance, settings: Settings) -> int:
    """Forget the runs that ended more than SLUICE_RUN_DAYS ago, and all but the newest
    SLUICE_RUNS_KEPT; and the reports that were published more than SLUICE_REPORT_DAYS ago. Call
    under the run lock. Returns how many runs.
    """
    before = datetime.now(UTC) - timedelta(days=settings.run_days)
    until, count = time.monotonic() + MOST_SECONDS, 0
    for run_id in _old_runs(instance, before, settings.runs_kept):
        if time.monotonic() > until:
            break
        instance.delete_run(run_id)
        with suppress(OSError):  # compute logs of steps
            shutil.rmtree(Path(instance.storage_directory()) / run_id)
        if not lock.is_held(alive_file(settings.home, run_id)):
            shutil.rmtree(settings.home / "runs" / run_id, ignore_errors=True)
        count += 1
    _prune_folders(settings.home, before)
    _prune_reports(settings)
    if count:
        _forget_checks(instance)
        vacuum(settings.home / "dagster" / "event_log.db")
    return count


def vacuum(path: Path) -> bool:
    """Give the empty pages of a SQLite file back, where that pays.

    Another process that reads it now is left alone.
    """
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=1.0)) as connection:
        (pages,), (free,) = (
            connection.execute(f"pragma {name}").fetchone()
            for name in ("page_count", "freelist_count")
        )
        if path.stat().st_size > SMALL and free > WORTH_A_VACUUM * pages:
            connection.execute("vacuum")
            connection.execute("pragma wal_checkpoint(truncate)")
            return True
    return False


def _old_runs(instance: dg.DagsterInstance, before: datetime, kept: int) -> list[str]:
    """Ended runs that are older, or too many; the oldest first."""
    old = instance.get_run_records(
        RunsFilter(statuses=ENDED, updated_before=before), limit=MOST_AT_ONCE, ascending=True
    )
    count = instance.get_runs_count(RunsFilter(statuses=ENDED)) - kept
    most = min(count, MOST_AT_ONCE)
    surplus = (
        instance.get_run_records(RunsFilter(statuses=ENDED), limit=most, ascending=True)
        if count > 0
        else []
    )
    return list(dict.fromkeys(record.dagster_run.run_id for record in (*old, *surplus)))


def _forget_checks(instance: dg.DagsterInstance) -> None:
    """The results of checks, which Dagster keeps when it forgets a run: but the last of each, which
    its pages show.
    """
    storage, table = instance.event_log_storage, AssetCheckExecutionsTable.c
    if not isinstance(storage, SqlEventLogStorage):
        return
    with storage.index_transaction() as connection:
        found = connection.execute(sa.select(table.run_id).distinct())
        gone = [one for (one,) in found if not instance.has_run(str(one))][:MOST_GONE]
        newest = sa.select(sa.func.max(table.id)).group_by(
            table.asset_key, table.check_name, table.partition
        )
        old = table.run_id.in_(gone) & table.id.not_in(newest)
        connection.execute(sa.delete(AssetCheckExecutionsTable).where(old))


def _prune_reports(settings: Settings) -> None:
    """The copies that runs published, by the time they were written."""
    before = time.time() - timedelta(days=settings.report_days).total_seconds()
    for copy in (settings.home / FOLDER).glob("report-*.html"):
        if NAME.fullmatch(copy.name) and copy.stat().st_mtime < before:
            copy.unlink(missing_ok=True)


def _prune_folders(home: Path, before: datetime) -> None:
    """By the time of their last change: also of runs that Dagster does not know."""
    runs = home / "runs"
    for folder in runs.iterdir() if runs.is_dir() else ():
        is_old = (
            folder.is_dir()
            and max(one.stat().st_mtime for one in (folder, *folder.iterdir())) < before.timestamp()
        )
        if is_old and not lock.is_held(alive_file(home, folder.name)):
            shutil.rmtree(folder, ignore_errors=True)
