"""The company of the pictures: the sample company with a journey, after some days."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from docs.generate.pages import DOCS

SAMPLE = DOCS.parent / "examples" / "world"
JOURNEY, PLAYBOOK = "win_back", "win_back"
DAYS = ("2026-06-28T13:00:00Z", "2026-06-29T13:00:00Z", "2026-06-30T13:00:00Z")  # UTC
NOT_COPIED = shutil.ignore_patterns(".sluice", "target", "logs", "__pycache__", "exposures.yml")
STARTS_SECONDS, POLL_SECONDS = 120, 1


class Company:
    """A project and its home, in a folder that is kept: a second call takes the pictures anew."""

    def __init__(self, folder: Path) -> None:
        self.project, self.home = folder / "project", folder / "home"

    def prepare(self) -> None:
        """Make it, where it is not there: a copy of the sample, a journey, and runs of DAYS."""
        if (self.home / "reports").is_dir():
            return
        shutil.copytree(SAMPLE, self.project, ignore=NOT_COPIED, dirs_exist_ok=True)
        if not (self.project / "models" / "journeys").is_dir():
            self.sluice("journeys", "new", JOURNEY, "--from", PLAYBOOK)
        for day in DAYS:
            self.sluice("run", "--as-of", day)
        self.sluice("report", "--language", "zh")

    def sluice(self, *arguments: str) -> None:
        """Run a command. One that ends with 3, since a guardrail blocked, has done its work."""
        done = subprocess.run(self._command(*arguments), env=self._environment(), check=False)
        if done.returncode not in (0, 3):
            raise SystemExit(f"sluice {' '.join(arguments)} ended with {done.returncode}")

    @contextmanager
    def dagster(self, port: int) -> Iterator[str]:
        """Dagster's UI while the block lasts; its address."""
        address = f"http://127.0.0.1:{port}"
        command = self._command("dev", "--port", str(port))
        process = subprocess.Popen(command, env=self._environment(), start_new_session=True)
        try:
            _wait(address, process)
            yield address
        finally:
            process.terminate()
            process.wait()

    def report(self, language: str) -> Path:
        """The newest published copy in a language."""
        ending = "" if language == "en" else f"_{language}"
        found = sorted((self.home / "reports").glob(f"report-????-??-??{ending}.html"))
        return found[-1]

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "sluice.orchestration.cli.main", *arguments]

    def _environment(self) -> dict[str, Any]:
        return {
            **os.environ,
            "SLUICE_PROJECT": str(self.project),
            "SLUICE_HOME": str(self.home),
        }


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    """Until it answers; raises SystemExit where it ended, or takes too long."""
    for _ in range(STARTS_SECONDS // POLL_SECONDS):
        if process.poll() is not None:
            break
        try:
            with urlopen(f"{address}/server_info", timeout=5):
                return
        except (URLError, OSError):
            try:
                process.wait(POLL_SECONDS)
            except subprocess.TimeoutExpired:
                continue
    raise SystemExit(f"Dagster does not answer at {address}: is the port taken?")
