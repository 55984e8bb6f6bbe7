"""The main job on the sample company: a first run, and a run with nothing to do. ``python -m
benchmarks.main_job``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import show

ROOT = Path(__file__).resolve().parent.parent


def seconds_of_a_run(home: str) -> float:
    """Wall seconds of one ``sluice run``, start of the process included."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")
    }
    started = time.perf_counter()
    command = [sys.executable, "-m", "sluice.orchestration.cli.main", "run", "--json"]
    subprocess.run(
        command, cwd=ROOT, env={**environment, "SLUICE_HOME": home}, check=True, capture_output=True
    )
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        first = seconds_of_a_run(home)
        unchanged = min(seconds_of_a_run(home) for _ in range(3))
    show(
        {
            "first_seconds": first,
            "unchanged_seconds": unchanged,
            "unchanged_ratio": unchanged / first,
        },
        arguments.json,
    )


if __name__ == "__main__":
    main()
