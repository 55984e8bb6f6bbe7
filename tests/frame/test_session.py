"""How the tests use the machine: their files in memory, the longest files first."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import pytest

from tests import session
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("given", "free", "expected"),
    [
        pytest.param(None, session.NEEDED, str(session.MEMORY), id="room"),
        pytest.param(None, session.NEEDED - 1, None, id="no room"),
        pytest.param("/elsewhere", session.NEEDED, "/elsewhere", id="a folder of one's own"),
    ],
)
@pytest.mark.skipif(not session.MEMORY.is_dir(), reason="no file system in memory")
def test_files_are_in_memory_where_there_is_room(
    monkeypatch: pytest.MonkeyPatch, given: str | None, free: int, expected: str | None
) -> None:
    monkeypatch.delenv("PYTEST_DEBUG_TEMPROOT", raising=False)
    if given is not None:
        monkeypatch.setenv("PYTEST_DEBUG_TEMPROOT", given)
    session.keep_files_in_memory(free)
    assert os.environ.get("PYTEST_DEBUG_TEMPROOT") == expected


def test_the_longest_files_come_first_and_the_others_stay_in_order() -> None:
    short, shorter = "tests/a.py", "tests/b.py"
    longest, long, *_ = session.SECONDS
    order = [short, long, shorter, longest]
    items: list[Any] = [SimpleNamespace(nodeid=f"{file}::test") for file in order]
    found = [item.nodeid.split("::")[0] for item in session.longest_first(items)]
    assert found == [longest, long, short, shorter]


def test_every_long_file_is_there() -> None:
    assert session.unknown_files(ROOT) == set()
