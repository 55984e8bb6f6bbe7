"""What a day costs as the company grows: the sample company at several sizes, by steps. ``python -m
benchmarks.scale --people 10000 100000``.

A first run, the next day with 1 % new events, and the day after with no new row, each a process of
its own. Seconds are of Dagster's steps; of its step ``models`` those of identity and decide are the
sums of their dbt nodes, of which two are built at a time; peak memory is of the process, dbt and
DuckDB in it. Beside it DuckDB alone: one aggregate over all events by person, as scores and
segments have dozens.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb

from benchmarks.decisions import EVENTS, FIRST_DAY, SOURCES, add_events
from benchmarks.figures import Figure, show
from benchmarks.identity_scale import generate
from benchmarks.scale_run import STEPS_FILE
from tests.projects import sample_project

# each at 13:00, when the new events of the next day have happened
DAYS = {
    name: (FIRST_DAY + timedelta(days=days)).isoformat()
    for name, days in {"first": 0, "next": 1, "idle": 2}.items()
}
PARTS = ("land", "models", "identity", "decide", "plan", "push", "reports", "total")


@dataclass(frozen=True)
class Run:
    """Seconds by part, peak memory in MB."""

    seconds: Mapping[str, float]
    peak_mb: float


def run_day(project: Path, home: Path, day: str) -> Run:
    """One ``sluice run`` at a logical time. Raises CalledProcessError, with its words."""
    outside = {name: value for name, value in os.environ.items() if "SLUICE_" not in name}
    command = [sys.executable, "-m", "benchmarks.scale_run", "run", "--json", "--as-of", day]
    settings = {"SLUICE_HOME": str(home), "SLUICE_PROJECT": str(project)}
    began = time.perf_counter()
    with (home.parent / "run.log").open("w") as log:
        process = subprocess.Popen(command, env={**outside, **settings}, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):  # 3: a guardrail holds a sync, which is sized for less
        words = (home.parent / "run.log").read_text()[-2000:]
        raise RuntimeError(f"the run ended with {process.returncode}: {words}")
    seconds: Counter[str] = Counter(json.loads((home / STEPS_FILE).read_text()))
    seconds["total"] = time.perf_counter() - began
    return Run(seconds, usage.ru_maxrss / 1024)


def bare_seconds(raw: Path) -> float:
    """DuckDB alone: events by person and kind, counted and dated, of all event tables."""
    rows = " union all ".join(
        f"select {key}::varchar as person, '{name}' as kind, ts from '{raw / name}.parquet'"
        for name, key in EVENTS.items()
    )
    began = time.perf_counter()
    with duckdb.connect() as connection:
        connection.execute(
            "create table t as select person, kind, count(*) as events, max(ts) as last_at"
            f" from ({rows}) group by all"
        )
    return time.perf_counter() - began


def settle(raw: Path) -> None:
    """What the sample company dates after the first day, or receives then, is left out or received
    on it: it would be news of a later day, beside those that are added.
    """
    moment = f"timestamp '{FIRST_DAY:%F %T}'"
    text = f"'{FIRST_DAY:%F %T}'"
    replaced = {
        "src_wechat": f"case when unsubscribe_time <= {text} then unsubscribe_time end"
        " as unsubscribe_time",
        "ev_web": f"least(received_at, {moment}) as received_at",
    }
    kept = {**dict.fromkeys(EVENTS, f"ts <= {moment}"), "consent": f"changed_at <= {text}"}
    with duckdb.connect() as connection:
        for name in {**replaced, **kept}:
            file, change = raw / f"{name}.parquet", replaced.get(name)
            columns = f"* replace ({change})" if change else "*"
            connection.execute(
                f"create or replace table t as select {columns} from '{file}'"
                f" where {kept.get(name, 'true')}"
            )
            connection.execute(f"copy t to '{file}' (format parquet)")


def measure(
    people: int, seed: int, folder: Path, memory: str | None, days: Sequence[str]
) -> dict[str, Figure]:
    """Figures of one size, by names without it."""
    raw, home = folder / "raw", folder / "home"
    generate(people, seed, raw)
    settle(raw)
    limit = {"memory": memory} if memory else {}
    project = sample_project(folder / "world", raw, sources=SOURCES.split(), **limit)
    home.mkdir()
    found: dict[str, Figure] = {"bare": bare_seconds(raw)}
    for name in days:
        if name == "next":
            add_events(raw, 0.01)
        done = run_day(project, home, DAYS[name])
        found |= {f"{name}_{part}": float(done.seconds[part]) for part in PARTS}
        found[f"{name}_peak_mb"] = done.peak_mb
        found[f"{name}_ratio"] = float(done.seconds["total"]) / float(found["first_total"] or 1)
    files = [path for path in home.rglob("*") if path.is_file()]
    found["home_mb"] = sum(path.stat().st_size for path in files) / 1e6
    return found


def exponents(
    small: Mapping[str, Figure], large: Mapping[str, Figure], by: float
) -> dict[str, Figure]:
    """How each figure grows with people: 1 is in proportion."""
    found: dict[str, Figure] = {}
    for name in small:
        before, after = float(small[name] or 0), float(large[name] or 0)
        found[name] = math.log(after / before, by) if before > 0 < after else None
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--memory", help="what DuckDB may use, 4GB; without: as it has by default")
    parser.add_argument("--days", nargs="+", choices=DAYS, default=list(DAYS), help="in this order")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    found: dict[int, dict[str, Figure]] = {}
    for people in sorted(arguments.people):
        with tempfile.TemporaryDirectory() as name:
            found[people] = measure(
                people, arguments.seed, Path(name), arguments.memory, arguments.days
            )
            shutil.rmtree(name, ignore_errors=True)
    figures = {
        f"{size}_{name}": value for size, one in found.items() for name, value in one.items()
    }
    small, large = min(found), max(found)
    if small < large:
        grown = exponents(found[small], found[large], large / small)
        figures |= {f"exponent_{name}": value for name, value in grown.items()}
    show(figures, arguments.json)


if __name__ == "__main__":
    main()
