"""The small company's project, once a file of tests, and the process that forks its runs."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sluice.activations.sandbox.server import Sandbox
from tests.activations.conftest import ledger_url, postgres  # noqa: F401
from tests.orchestration.runs.kills.shop_project import write_project
from tests.orchestration.runs.kills.story import Story, start_server


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small company's project; its server parses it into ``parsed`` beside it."""
    return write_project(tmp_path_factory.mktemp("shop") / "project")


@pytest.fixture(scope="module")
def server(project: Path) -> Iterator[subprocess.Popen[str]]:
    """The process that forks the runs of the small company."""
    with start_server(project) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def story(
    server: subprocess.Popen[str], project: Path, tmp_path: Path
) -> Iterator[Callable[..., Story]]:
    """A new home, which has the parsed project, with a sandbox that outlives the runs."""
    (tmp_path / "home").mkdir(mode=0o700)
    shutil.copytree(project.parent / "parsed" / "dbt", tmp_path / "home" / "dbt")
    with Sandbox(tmp_path / "home", names=["smtp", "hubspot"]) as sandbox:
        yield lambda **chosen: Story(server, tmp_path, sandbox, **chosen)
