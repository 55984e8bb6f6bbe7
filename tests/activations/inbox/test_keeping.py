"""What is answered is on disk; what the disk refuses is asked for again, and stops nobody else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from sluice.activations.inbox.events import Event
from sluice.activations.inbox.keeping import FullError, GroupCommit
from sluice.activations.inbox.store import Inbox
from tests.activations.inbox.serving import NOW


def one(key: str) -> Event:
    return Event("website", "track", key, NOW, {"event": key})


def test_those_who_wait_are_written_together() -> None:
    written: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def keep(rows: Sequence[Event], now: datetime) -> int:
        written.append(len(rows))
        begun.set()
        go_on.wait(5)
        return len(rows)

    async def story() -> None:
        commit = GroupCommit(keep, lambda: NOW)
        first = asyncio.create_task(commit.keep([one("1")]))
        await asyncio.to_thread(begun.wait, 5)
        rest = [asyncio.create_task(commit.keep([one(str(n))])) for n in range(2, 52)]
        await asyncio.sleep(0)
        assert not any(task.done() for task in (first, *rest))
        go_on.set()
        await asyncio.gather(first, *rest)

    asyncio.run(story())
    assert written == [1, 50]


def test_what_the_database_refuses_is_refused_alone() -> None:
    def keep(rows: Sequence[Event], now: datetime) -> int:
        if any(row.event_key == "bad" for row in rows):
            raise ValueError("no")
        return len(rows)

    async def story() -> list[BaseException | None]:
        commit = GroupCommit(keep, lambda: NOW)
        calls = [commit.keep([one(key)]) for key in ("a", "bad", "b")]
        return await asyncio.gather(*calls, return_exceptions=True)

    found = asyncio.run(story())
    assert [type(one) for one in found] == [type(None), ValueError, type(None)]


def test_more_than_memory_should_hold_is_refused() -> None:
    go_on = threading.Event()

    def keep(rows: Sequence[Event], now: datetime) -> int:
        go_on.wait(5)
        return len(rows)

    async def story() -> None:
        commit = GroupCommit(keep, lambda: NOW, most_waiting=2)
        tasks = [asyncio.create_task(commit.keep([one("1")]))]
        await asyncio.sleep(0.01)
        tasks += [asyncio.create_task(commit.keep([one(str(n))])) for n in (2, 3)]
        await asyncio.sleep(0)
        with pytest.raises(FullError):
            await commit.keep([one("4")])
        go_on.set()
        await asyncio.gather(*tasks)

    asyncio.run(story())


def test_each_is_kept_once_and_read_in_order(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'inbox.sqlite'}"
    first, second = Inbox(url), Inbox(url)
    assert first.keep([one("a"), one("b"), one("a")], NOW) == 2
    assert second.keep([one("b"), one("c")], NOW) == 1
    rows = [row for batch in second.events_after(0, size=2) for row in batch]
    assert [row["event_key"] for row in rows] == ["a", "b", "c"]
    assert (tmp_path / "inbox.sqlite").stat().st_mode & 0o077 == 0
