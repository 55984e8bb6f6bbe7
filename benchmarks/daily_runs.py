"""Whether a run stays as fast, and a home as small, however long it has been run: the starter
project, a run a day, each day with a customer more, and orders. ``python -m benchmarks.daily_runs
--days 365``.

The runs are of one process, which has read the project; seconds are of CPU, of all its threads, so
that other work on the machine counts little.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.figures import Figure, show

FIRST_DAY = datetime(2025, 11, 25, 13, tzinfo=UTC)
WINDOW = 30  # runs that are kept, and days of a mean
PARTS = ("warehouse.duckdb", "ledger.sqlite", "dagster", "runs", "journal", "reports", "dbt")


def create(folder: Path) -> None:
    """The project that ``sluice init`` makes, as the settings of this process."""
    command = [sys.executable, "-m", "sluice.orchestration.cli.main", "init", folder.name]
    subprocess.run(command, cwd=folder.parent, check=True, capture_output=True)
    for name in [one for one in os.environ if one.startswith("SLUICE_")]:
        del os.environ[name]
    os.environ |= {"SLUICE_PROJECT": str(folder), "SLUICE_HOME": str(folder / ".sluice")}
    os.environ["SLUICE_RUNS_KEPT"] = str(WINDOW)


def add_rows(raw: Path, number: int, day: datetime) -> None:
    """A customer of this day, and an order of theirs and of an older one."""
    at = f"{day - timedelta(hours=6):%Y-%m-%d %H:%M:%S}"
    with (raw / "shop_customers.csv").open("a", encoding="utf-8") as file:
        file.write(f"N-{number},n{number}@mail.example,N {number},en,yes,{at}\n")
    with (raw / "shop_orders.csv").open("a", encoding="utf-8") as file:
        file.write(f"P-{number},N-{number},20.00,{at}\nQ-{number},N-{number // 2},30.00,{at}\n")


def sizes(home: Path) -> dict[str, float]:
    """MB of each part of the home, and of all."""
    found = {
        part: sum(
            one.stat().st_size
            for one in ([home / part] if (home / part).is_file() else (home / part).rglob("*"))
            if one.is_file()
        )
        for part in PARTS
    }
    found["home"] = sum(one.stat().st_size for one in home.rglob("*") if one.is_file())
    return {part: size / 1e6 for part, size in found.items()}


def measure(days: int, folder: Path) -> dict[str, Figure]:
    """CPU seconds and MB early and late."""
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.runs.in_process import execute

    create(folder)
    seconds: list[float] = []
    found: dict[str, Figure] = {}
    for number in range(days):
        day = FIRST_DAY + timedelta(days=number)
        add_rows(folder / "raw", number, day)
        began = time.process_time()
        summary = execute(load_settings(), as_of=day)
        seconds.append(time.process_time() - began)
        if summary.exit_code:
            raise RuntimeError(f"the run of {day:%Y-%m-%d} ended with {summary.exit_code}")
        print(f"{day:%Y-%m-%d} {seconds[-1]:.1f} s", file=sys.stderr, flush=True)
        if number + 1 in (WINDOW, 2 * WINDOW, days):
            mb = sizes(folder / ".sluice")
            found |= {f"day_{number + 1}_{part}_mb": size for part, size in mb.items()}
    early, late = seconds[WINDOW : 2 * WINDOW], seconds[-WINDOW:]
    found |= {"early_seconds": statistics.mean(early), "late_seconds": statistics.mean(late)}
    found["ratio"] = statistics.mean(late) / statistics.mean(early)
    found["ratio_of_medians"] = statistics.median(late) / statistics.median(early)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        show(measure(arguments.days, Path(name) / "acme"), arguments.json)


if __name__ == "__main__":
    main()
