"""``sluice serve`` as a process of its own, which can be killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from sluice.activations.inbox.store import Inbox
from sluice.activations.sandbox.server import free_port

KEY = "wk_website_1"
PROJECT = """name: shop
serve:
  sources:
    website: {write_key: wk_website_1, origins: ["*"]}
"""


@dataclass
class Served:
    """A project folder, and the service at work for it."""

    folder: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and return when it listens."""
        command = [sys.executable, "-m", "sluice.orchestration.cli.main", "serve", "--port"]
        self.process = subprocess.Popen(
            [*command, str(self.port)],
            cwd=self.folder,
            env={**os.environ, "SLUICE_HOME": str(self.folder / "home"), **self.environment},
            stdout=subprocess.PIPE,
            stderr=(self.folder / "log").open("a"),
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if re.search(r"/v1/batch", line):
                return
        raise AssertionError((self.folder / "log").read_text())

    def kill(self) -> None:
        """``kill -9``."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> int:
        """Let it end; its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def rows(self) -> list[dict[str, Any]]:
        """What is kept, with the bodies read."""
        inbox = Inbox(f"sqlite:///{self.folder / 'home' / 'inbox.sqlite'}")
        try:
            found = [row for batch in inbox.events_after(0) for row in batch]
        finally:
            inbox.close()
        return [{**row, "body": orjson.loads(row["body"])} for row in found]


@contextmanager
def served(folder: Path, project: str = PROJECT, **environment: str) -> Iterator[Served]:
    """The service for a new project in ``folder``, for the block."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sluice.yml").write_text(project)
    running = Served(folder, free_port(), environment)
    running.start()
    try:
        yield running
    finally:
        assert running.process is not None
        if running.process.poll() is None:
            running.stop()
