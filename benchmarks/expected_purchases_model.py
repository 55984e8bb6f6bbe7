"""Runs the project's model contact_expected_purchases, and the two it is made from, on any SQL that
yields orders.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS = ("int_purchase_days", "int_purchase_parameters", "contact_expected_purchases")
EVENTS = (
    "select contact_id, occurred_at, amount, 'order_placed' as event_type, false as is_machine from"
    " ({orders}) as orders"
)


def project_of_the_models(folder: Path, orders: str) -> Path:
    """A dbt project of those models and a stand-in for contact_events: ``orders`` yields
    contact_id, occurred_at and amount.
    """
    project = folder / "dbt_project"
    shutil.copytree(
        ROOT / "dbt_project",
        project,
        ignore=shutil.ignore_patterns("target", "logs", "models", "seeds", "tests", "generate"),
    )
    scoring = Path("models") / "scoring"
    (project / scoring).mkdir(parents=True)
    for name in MODELS:
        shutil.copy(ROOT / "dbt_project" / scoring / f"{name}.sql", project / scoring)
    (project / "models" / "contact_events.sql").write_text(EVENTS.format(orders=orders))
    return project


def dbt(
    project: Path,
    *arguments: str,
    variables: dict[str, object],
    settings: dict[str, str] | None = None,
) -> Path:
    """Run a dbt command in a project; the folder of what dbt leaves behind (manifest, results,
    compiled SQL).
    """
    home = project.parent
    command = [
        str(Path(sys.executable).parent / "dbt"),
        *arguments,
        "--vars",
        json.dumps(variables),
    ]
    command += ["--target-path", str(home / "t"), "--log-path", str(home / "l")]
    environment = {**os.environ, "SLUICE_HOME": str(home), **(settings or {})}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stdout[-3000:] + done.stderr[-2000:])
    return home / "t"


def seconds_of_the_models(target: Path) -> float:
    """What the run of them took, by dbt."""
    results = json.loads((target / "run_results.json").read_text())["results"]
    return sum(
        float(r["execution_time"]) for r in results if r["unique_id"].split(".")[-1] in MODELS
    )
