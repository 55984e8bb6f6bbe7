"""A run of a sync of which no row changed, against the simulated CRM. ``python -m
benchmarks.unchanged``.

A project of one sync of a million rows of six columns, each of them accepted in the ledger as a
push leaves it. The run measured lands the ledger, decides by dbt (parsing and tests included),
plans and pushes; ``start``: an interpreter that imports them.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, show
from sluice.models.delivery import Item, ItemResult, Outcome, SyncOperation
from sluice.models.run import Run
from tests.dbt_project.sync_project import NOW, SyncProject

ROOT = Path(__file__).resolve().parent.parent
GOAL_SECONDS, BATCH = 20, 10_000
PEOPLE = """create or replace table input.people as
    select i as id, 'person' || i || '@shop.example' as email, 'Person ' || i as full_name,
        'city ' || i % 500 as city,
        cast(i * 7 % 100 as bigint) as score, case when i % 3 > 0 then 'active' end as stage
    from range({rows}) as r (i)"""
DUE = "select operation_id, sync_key, operation, row_hash from activation.out_sync_operations"


def accept_all(project: SyncProject) -> int:
    """Have every operation that is due accepted, as a push would. Returns how many."""
    push, accepted = (
        project.ledger.open_push(("sync", "crm", "hubspot"), Run("first", NOW), "resend"),
        0,
    )
    for items in batches(project.query(DUE)):
        claimed = project.ledger.claim(push, items, NOW)
        results = [
            ItemResult(item.delivery_id, Outcome.ACCEPTED, vendor_id=str(item.subject_id))
            for item in claimed.items
        ]
        project.ledger.record(claimed, results, NOW)
        accepted += len(results)
    return accepted


def batches(due: list[tuple[Any, ...]]) -> Iterator[list[Item]]:
    """The operations, in the order of their ids."""
    ordered = sorted(due)
    for start in range(0, len(ordered), BATCH):
        yield [SyncOperation(*row) for row in ordered[start : start + BATCH]]


def seconds_to_start() -> float:
    """Seconds until an interpreter has imported what a run needs."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "import dbt.cli.main, tests.dbt_project.sync_project"],
        cwd=ROOT,
        check=True,
    )
    return time.perf_counter() - started


def measure(folder: Path, rows: int, times: int) -> dict[str, Figure]:
    """The figures; raises when the runs sent anything."""
    (home := folder / "home").mkdir()
    os.environ["SLUICE_HOME"] = str(home)
    project = SyncProject(folder / "project", home)
    project.execute("create schema if not exists input")
    project.execute(PEOPLE.format(rows=rows))
    project.write_sync(
        "crm", "select * from input.people", columns={"stage": {"to": "lifecycle_stage"}}
    )
    project.build()
    accepted = accept_all(project)
    project.build()  # folds the receipts
    taken = []
    for _ in range(times):
        started, cpu = time.perf_counter(), time.process_time()
        due = project.run()
        taken.append((time.perf_counter() - started, time.process_time() - cpu))
        if accepted != rows or due != {"crm": []} or project.at_the_crm():
            raise SystemExit(
                f"{accepted} of {rows} rows were accepted, and yet operations were due: no figure"
                " says anything"
            )
    start, (seconds, cpu) = seconds_to_start(), min(taken)
    figures = {
        "run_seconds": seconds,
        "run_cpu_seconds": cpu,
        "start_seconds": start,
        "unchanged_seconds": seconds + start,
    }
    return {
        "rows": rows,
        **figures,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3, help="runs, of which the quickest counts")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = measure(Path(name), arguments.rows, arguments.times)
    if not arguments.json:
        found["unchanged_seconds"] = f"{found['unchanged_seconds']:.1f}, goal <= {GOAL_SECONDS}"
    show(found, arguments.json)


if __name__ == "__main__":
    main()
