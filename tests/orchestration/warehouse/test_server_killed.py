"""The server of the warehouse is killed (-9) at the start and in the middle of steps: words say what
to do, nothing is lost, and nothing is sent twice.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sluice.orchestration.installation.starter import write_project
from tests.conftest import sluice
from tests.dbt_project.services import Cluster, postgres_binaries, private_cluster

pytestmark = pytest.mark.long
NOON = ("--as-of", "2026-07-01T12:00+00:00")


def run_until(words: str, cluster: Cluster, project: Path, settings: dict[str, str]) -> str:
    """A run whose server is killed when it has said these words. What it said."""
    command = [sys.executable, "-m", "sluice.orchestration.cli.main", "--project", str(project)]
    said, is_killed = [], False
    with subprocess.Popen(
        [*command, "run", *NOON],
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if not is_killed and words in line:
                cluster.kill()
                is_killed = True
    assert is_killed, "".join(said)
    assert process.returncode != 0, "".join(said)
    return "".join(said)


def test_nothing_is_lost_and_nothing_is_sent_twice(tmp_path: Path) -> None:
    binaries = postgres_binaries()
    if binaries is None:
        pytest.skip("needs Postgres: make services")
    pytest.importorskip("adbc_driver_postgresql", reason="needs sluice[postgres]")
    project, home = tmp_path / "acme", tmp_path / "home"
    write_project(project, warehouse="postgres")
    with private_cluster(binaries) as cluster:
        settings = {"SLUICE_POSTGRES_PORT": str(cluster.port), "SLUICE_HOME": str(home)}
        cluster.kill()
        down = sluice("--project", str(project), "run", *NOON, home=home, **settings)
        assert (down.code, "Traceback" in down.stderr) == (2, False)
        assert "cannot be reached" in down.stderr
        assert "start it, or correct host and port in profiles.yml" in down.stderr
        for words in (" 1 land", " 3 plan", " 4 push"):
            cluster.start()
            said = run_until(words, cluster, project, settings)
            assert "Traceback" not in said
            assert "went away" in said or "cannot be reached" in said or "failed" in said
        cluster.start()
        last = sluice("--project", str(project), "run", *NOON, "--json", home=home, **settings)
        assert last.code == 0, last.stdout + last.stderr
        again = sluice("--project", str(project), "run", *NOON, "--json", home=home, **settings)
        assert (again.code, again.json["messages"]["sent"]) == (0, 0)
        status = sluice(
            "--project", str(project), "sandbox", "status", "--json", home=home, **settings
        ).json
        report = sluice("--project", str(project), "report", "--json", home=home, **settings).json
    sent = [one for one in report if one["kind"] == "message" and one["outcome"] == "accepted"]
    assert sum(one["item_count"] for one in sent) == 2
    assert (status["mails"], status["repeated_mails"], status["contacts"]) == (2, 0, 5)
