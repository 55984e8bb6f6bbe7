"""A run on Spark is killed (-9) while it builds, and once more before it sends: the next run goes on
in what they left, and everything is sent once.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from sluice.orchestration.installation.starter import write_project
from tests.conftest import sluice, without_settings
from tests.projects import make_lean
from tests.spark import LOCAL, require_spark

pytestmark = [pytest.mark.warehouses, pytest.mark.long]
NOON = ("--as-of", "2026-07-01T12:00+00:00")


def kill_when(place: Path, words: str, project: Path, settings: dict[str, str]) -> str:
    """A run that is killed when a table is there, and it has said these words. What it said."""
    command = [sys.executable, "-m", "sluice.orchestration.cli.main", "--project", str(project)]
    said = []
    with subprocess.Popen(
        [*command, "run", *NOON],
        env={**without_settings(), **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if words in line:
                break
        while process.poll() is None and not place.exists():
            time.sleep(0.05)
        assert process.poll() is None, "".join(said)
        process.kill()
    return "".join(said)


def test_everything_is_sent_once(tmp_path: Path) -> None:
    require_spark()
    project, home = tmp_path / "acme", tmp_path / "home"
    write_project(project, warehouse="spark")
    make_lean(project / "dbt_project.yml")
    settings = {"SLUICE_HOME": str(home), **LOCAL}
    tables = home / "spark-warehouse"
    said = kill_when(tables / "sluice_identity.db", " 1 land", project, settings)
    assert " 2 decide" not in said
    kill_when(tables, " 3 plan", project, settings)
    last = sluice("--project", str(project), "run", *NOON, "--json", home=home, **settings)
    assert last.code == 0, last.stdout[-3000:] + last.stderr[-3000:]
    assert last.json["messages"]["sent"] == 2
    status = sluice(
        "--project", str(project), "sandbox", "status", "--json", home=home, **settings
    ).json
    assert (status["mails"], status["repeated_mails"], status["contacts"]) == (2, 0, 5)
