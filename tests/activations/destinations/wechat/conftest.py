"""A sandbox of its own for each test, with the vendors of this channel alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.destinations.registry import build
from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sandbox.vendors import VENDORS

NAMES = [name for name in VENDORS if name.startswith(("wechat", "wecom"))]
Client = Callable[..., Any]


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """WeChat and WeCom on loopback."""
    with Sandbox(tmp_path, names=NAMES) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    """Makes a client of a destination, with settings besides those of the sandbox."""
    made: list[Any] = []

    def make(name: str, **settings: Any) -> Any:
        made.append(build(name, {name: {**sandbox.endpoints()[name], **settings}}))
        return made[-1]

    yield make
    for one in made:
        one.close()
