"""Runs the project's own landing and identity models on a folder of raw tables, in a process of its
own, and measures it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AS_OF = "2100-01-01 00:00:00"  # after whatever a list holds


@dataclass(frozen=True)
class IdentityRun:
    """Seconds of the models of staging and identity, peak memory of the process, records and
    contacts found.
    """

    seconds: float
    peak_mb: float
    records: int
    contacts: int


def run_identity(
    home: Path, raw: Path, sources: list[str], *, probabilistic: bool = False
) -> IdentityRun:
    """Land the raw tables, then build the layers staging and identity in the warehouse of a
    home.
    """
    home.mkdir(parents=True, exist_ok=True)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")
    }
    environment |= {"SLUICE_HOME": str(home), "SLUICE_RAW": str(raw)}
    command = [
        sys.executable,
        "-m",
        "benchmarks.identity_models",
        json.dumps([sources, probabilistic]),
    ]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
    return IdentityRun(**json.loads(done.stdout.splitlines()[-1]))


def _build(sources: list[str], probabilistic: bool) -> IdentityRun:
    """The same in this process: what the subprocess does."""
    import resource

    from sluice.orchestration.installation.package_links import link_package
    from sluice.orchestration.installation.project import SAMPLE, open_project
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.warehouse.reader import query

    settings = load_settings(open_project(SAMPLE))
    link_package(settings.project)
    variables = {
        "sources": sources,
        "library_sources": [one for one in sources if one == "import"],
        "as_of": AS_OF,
        "probabilistic_linkage": probabilistic,
    }
    _land(settings, variables)
    layers = ("fqn:world.staging", "fqn:sluice.staging", "fqn:sluice.identity")
    _dbt(settings.home, variables, "run", "--select", *layers)
    counted = query(
        settings.warehouse, "select count(*), count(distinct contact_id) from identity.identity_map"
    )[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return IdentityRun(_seconds(settings.home), peak, int(counted[0]), int(counted[1]))


def _seconds(home: Path) -> float:
    """From the start of the first model to the end of the last; parsing, which a schedule does
    once, is left out.
    """
    from datetime import datetime

    results = json.loads((home / "dbt" / "run_results.json").read_text())["results"]
    times = [
        datetime.fromisoformat(step[end])
        for r in results
        for step in r["timing"]
        for end in ("started_at", "completed_at")
    ]
    return (max(times) - min(times)).total_seconds()


def _land(settings: object, variables: dict[str, object]) -> None:
    from datetime import UTC, datetime

    from sluice.orchestration.landing.files import land_files
    from sluice.orchestration.landing.tables import raw_tables

    _dbt(settings.home, variables, "seed")  # type: ignore[attr-defined]
    manifest = json.loads((settings.home / "dbt" / "manifest.json").read_text())  # type: ignore[attr-defined]
    names = {f"src_{source}" for source in variables["sources"]} | {"imported_contacts"}  # type: ignore[attr-defined]
    tables = [table for table in raw_tables(manifest) if table.name in names]
    land_files(
        settings.warehouse, settings.raw, tables, run_id="benchmark", landed_at=datetime.now(UTC)
    )  # type: ignore[attr-defined]


def _dbt(home: Path, variables: dict[str, object], *arguments: str) -> None:
    from dbt.cli.main import dbtRunner

    from sluice.orchestration.dbt.connection import close_duckdb
    from sluice.orchestration.installation.project import SAMPLE

    project = str(SAMPLE)
    flags = [
        "--project-dir",
        project,
        "--profiles-dir",
        project,
        "--target-path",
        str(home / "dbt"),
        "--log-path",
        str(home / "dbt"),
    ]
    outcome = dbtRunner().invoke([*arguments, *flags, "--vars", json.dumps(variables), "--quiet"])
    close_duckdb()
    if not outcome.success:
        raise SystemExit(
            f"dbt {arguments[0]} failed:"
            f" {outcome.exception or [r.message for r in outcome.result.results if r.message]}"
        )


if __name__ == "__main__":
    from dataclasses import asdict

    print(json.dumps(asdict(_build(*json.loads(sys.argv[1])))))
