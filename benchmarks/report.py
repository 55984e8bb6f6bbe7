"""The report over the sample company with every playbook: seconds of the whole command, and
megabytes of the file. ``python -m benchmarks.report``.

The company is made and run first, which takes minutes and is not measured; ``--home`` takes one
that was run before.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figure, show
from benchmarks.identity_scale import generate

ROOT = Path(__file__).resolve().parent.parent
WORLD = ROOT / "examples" / "world"
UNUSABLE = 2  # exit code of a command: wrong usage or configuration


def make_project(folder: Path) -> Path:
    """A copy of the sample company with each playbook as a journey."""
    project = folder / "world"
    left_out = shutil.ignore_patterns("raw", ".sluice", "dbt_packages", "target", "logs")
    shutil.copytree(WORLD, project, ignore=left_out)
    (project / "raw").mkdir()
    listed = sluice(project, {}, "journeys", "new", "--list", "--json").stdout
    for one in json.loads(listed):
        sluice(project, {}, "journeys", "new", "--from", one["playbook"], f"try_{one['playbook']}")
    return project


def sluice(
    project: Path, settings: dict[str, str], *arguments: str, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """One command on a project."""
    outside = {name: value for name, value in os.environ.items() if "SLUICE_" not in name}
    return subprocess.run(
        [sys.executable, "-m", "sluice.orchestration.cli.main", *arguments],
        cwd=project,
        env={**outside, "PYTHONPATH": str(ROOT / "src"), **settings},
        check=check,
        capture_output=True,
        text=True,
    )


def measure(project: Path, settings: dict[str, str], output: Path) -> dict[str, Figure]:
    """Seconds of the command, start of the process included, and the size of what it wrote."""
    started = time.perf_counter()
    sluice(project, settings, "report", "--output", str(output))
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "megabytes": output.stat().st_size / 1e6}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--home", type=Path, help="a home that was run, instead of making one")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments.home is None:
            project, raw = make_project(folder), folder / "raw"
            generate(arguments.people, arguments.seed, raw)
            settings = {"SLUICE_HOME": str(folder / "home"), "SLUICE_RAW": str(raw)}
            done = sluice(project, settings, "run", "--json", check=False)
            if done.returncode == UNUSABLE:  # 1 and 3: a message failed, or was held
                sys.exit(done.stderr)
            of = {"people": arguments.people}
        else:
            project, settings, of = WORLD, {"SLUICE_HOME": str(arguments.home)}, {}
        figures = measure(project, settings, folder / "report.html")
    show({**of, **figures}, arguments.json)


if __name__ == "__main__":
    main()
