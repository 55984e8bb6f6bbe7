"""Rows of 8 columns (200 bytes) pushed to a sink on the loopback, through the ledger, against the
same sent without one.

python -m benchmarks.push [--rows 1000000] [--workers 4] [--json]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks.figures import Figure, show
from benchmarks.loopback import sink

ROWS = """copy (
    select (hash(i) >> 1)::bigint as delivery_id, (hash(i + 1) >> 1)::bigint as sync_key, 'entered' as operation,
        (hash(i + 2) >> 1)::bigint as row_hash, 'person' || i || '@shop.example' as email, '+861' || (3000000000 + i) as phone,
        '王芳' as full_name, case when i % 3 > 0 then '上海市' end as city, 'customer' as lifecycle_stage,
        (i % 100)::integer as score, (i * 7 % 10000) / 100.0 as expected_value, '2026-06-29 13:00:00' as last_seen_at
    from range(?) as r(i) order by delivery_id
) to '{}' (format parquet)"""


GOALS = {
    "rows_per_second_at_1000": ">= 100,000",
    "mb_at_1000": "<= 300",
    "rows_per_second_at_100": ">= 60,000",
    "rows_per_second_at_1000_with_50_ms": ">= 100,000",
}


def run(
    plan: Path, url: str, batch_size: int, workers: int, ledger: Path | None
) -> dict[str, float]:
    """One push in a process of its own."""
    arguments = [str(plan), url, str(batch_size), str(workers), str(ledger or "")]
    command = [sys.executable, "-m", "benchmarks.push_process", *arguments]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def measure(rows: int, workers: int, home: Path) -> dict[str, Figure]:
    """All figures, each push to a new ledger."""
    plan = home / "plan.parquet"
    duckdb.connect().execute(ROWS.format(plan), [rows])
    with sink() as url:
        bare = run(plan, url, 1000, 1, None)
        thousand = run(plan, url, 1000, workers, home / "thousand.sqlite")
        hundred = run(plan, url, 100, workers, home / "hundred.sqlite")
    with sink(0.05) as url:
        slow = run(plan, url, 1000, 3 * workers, home / "slow.sqlite")
    return {
        "rows": rows,
        "rows_per_second_at_1000": thousand["rows_per_second"],
        "mb_at_1000": thousand["mb"],
        "rows_per_second_at_100": hundred["rows_per_second"],
        "rows_per_second_at_1000_with_50_ms": slow["rows_per_second"],
        "bare_rows_per_second": bare["rows_per_second"],
        "ratio_to_bare": thousand["rows_per_second"] / bare["rows_per_second"],
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(options.rows, options.workers, Path(folder))
    if not options.json:
        figures |= {name: f"{figures[name]:,.0f}, goal {goal}" for name, goal in GOALS.items()}
    show(figures, options.json)


if __name__ == "__main__":
    main()
