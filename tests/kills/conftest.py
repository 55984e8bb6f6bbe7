"""The small company's project, once a file of tests, and the process that forks its runs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from activations.sandbox.server import Sandbox
from tests.activations.conftest import ledger_url, postgres  # noqa: F401
from tests.kills.shop_project import write_project
from tests.kills.story import Story, start_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    """The process that forks the runs of the small company."""
    with start_server(write_project(tmp_path_factory.mktemp("shop") / "project")) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def story(server: subprocess.Popen[str], tmp_path: Path) -> Iterator[Callable[..., Story]]:
    """A new home with a sandbox that outlives the runs."""
    (tmp_path / "home").mkdir(exist_ok=True)
    with Sandbox(tmp_path / "home", names=["smtp", "hubspot"]) as sandbox:
        yield lambda **chosen: Story(server, tmp_path, sandbox, **chosen)
