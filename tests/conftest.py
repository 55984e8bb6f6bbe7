"""Fixtures that all tests share: a home of its own for each test, and one whole run of the sample
company.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from sluice.activations.http.accounts import Accounts
from sluice.orchestration.dbt import quick
from tests import kept_manifests
from tests.ledger_template import use_template
from tests.session import keep_files_in_memory, longest_first
from tests.warm import ROOT, WarmParent, collect_less

keep_files_in_memory()
WARM = WarmParent()
USUAL_UMASK = 0o022
NO_COPY = ""  # SLUICE_REPORT_PUBLISH: the report of a run is drawn where a test looks at it
WORLD = ROOT / "examples" / "world" / "raw"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    items[:] = longest_first(items)


def pytest_collection_finish() -> None:
    """Python's own thresholds are for programs with less in memory than thousands of tests."""
    collect_less()


@pytest.fixture(scope="session", autouse=True)
def _templates(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where what dbt compiled is kept for all workers."""
    WARM.templates = shared_folder(tmp_path_factory) / "templates"


def pytest_runtest_setup() -> None:
    """dbt was imported by the test before: from now on it is quicker here too."""
    if "dbt.cli.main" in sys.modules:
        quick.install(WARM.templates)
        kept_manifests.install(WARM.templates.parent / "manifests")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    forget_settings()
    Accounts.forget_all()
    monkeypatch.setenv("SLUICE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SLUICE_REPORT_PUBLISH", NO_COPY)
    use_template(monkeypatch)
    os.umask(USUAL_UMASK)
    yield
    os.umask(USUAL_UMASK)  # settings that are read make the whole process write for its owner alone
    monkeypatch.undo()
    forget_settings()


def forget_settings() -> None:
    """Take what a user, or a test before, set out of the environment, for good: fixtures of a whole
    session are made between tests. Dagster's home too, which the product sets: an instance of a
    test in memory would write there.
    """
    for name in [name for name in os.environ if name.startswith(("SLUICE_", "DAGSTER_HOME"))]:
        del os.environ[name]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """SLUICE_HOME of the test."""
    folder = tmp_path / "home"
    folder.mkdir(exist_ok=True)
    return folder


@dataclass(frozen=True)
class Outcome:
    """What a command ended with."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """stdout as JSON."""
        return json.loads(self.stdout)


def sluice(*arguments: str, home: Path, **settings: str) -> Outcome:
    """Run the command line in a process of its own, as a user does."""
    given = {"SLUICE_HOME": str(home), "SLUICE_REPORT_PUBLISH": NO_COPY, **settings}
    environment = {**without_settings(), **given}
    return run_command("sluice", arguments, ROOT, environment)


def without_settings() -> dict[str, str]:
    """The environment without what is set for Sluice."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}


def dbt(*arguments: str, project: Path, home: Path, **settings: str) -> Outcome:
    """Run dbt in a process of its own, as a user does by hand: ``t`` and ``l`` in the home are its
    folders.
    """
    folders = ("--target-path", str(home / "t"), "--log-path", str(home / "l"))
    environment = {**os.environ, "SLUICE_HOME": str(home), **settings}
    return run_command("dbt", (*arguments, *folders), project, environment)


def run_command(
    program: str, arguments: Sequence[str], cwd: Path, environment: Mapping[str, str]
) -> Outcome:
    """Run ``sluice`` or ``dbt`` in a folder with nothing but this environment."""
    if not WARM.lock.acquire(blocking=False):  # another thread's command is running
        module = "dbt.cli.main" if program == "dbt" else "sluice.orchestration.cli.main"
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
        return Outcome(done.returncode, done.stdout, done.stderr)
    try:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            code = WARM.run(list(arguments), environment, place, program=program, cwd=cwd)
            stdout, stderr = ((place / name).read_text() for name in ("stdout", "stderr"))
    finally:
        WARM.lock.release()
    return Outcome(code, stdout, stderr)


@dataclass(frozen=True)
class WorldRun:
    """A plan, then a run, then a run again, on the sample company in one home."""

    home: Path
    plan: Outcome
    ledger_after_plan: Outcome
    first: Outcome
    again: Outcome


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> WorldRun:
    """The sample company, planned and run twice: once for all workers."""
    shared = shared_folder(tmp_path_factory) / "world"
    kept = shared.with_suffix(".pickle")
    with FileLock(shared.with_suffix(".lock")):
        if not kept.is_file():
            kept.write_bytes(pickle.dumps(run_world(shared)))
        found: WorldRun = pickle.loads(kept.read_bytes())
        return found


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all workers of this session; without workers the folder above is shared with
    every other session.
    """
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def run_world(home: Path) -> WorldRun:
    """Plan, run and run again in a home."""
    home.mkdir()
    plan = sluice("plan", "--json", home=home)
    ledger = sluice("ledger", "status", "--json", home=home)
    first = sluice("run", "--json", home=home)
    again = sluice("run", "--json", home=home, SLUICE_REPORT_PUBLISH="en")
    return WorldRun(home, plan, ledger, first, again)


def home_with_parsed_project(world: WorldRun, home: Path) -> Path:
    """A new home to which dbt need not parse the project anew."""
    shutil.copytree(
        world.home / "dbt", home / "dbt", ignore=shutil.ignore_patterns("compiled", "run", "logs")
    )
    return home
