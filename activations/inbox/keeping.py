"""Many requests, one commit: what waits while the disk writes is written together next.

Each request is answered after the commit that holds its events, so an answer is a promise; the
disk, not the number of requests, says how many commits there are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from sluice.activations.inbox.events import Event

MOST = 2_000  # events in one commit
Waiting = tuple[Sequence[Event], "asyncio.Future[None]"]
Keep = Callable[[Sequence[Event], datetime], int]


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


class FullError(Exception):
    """More waits than memory should hold: the client is asked to come again."""


class GroupCommit:
    """Keeps events for the handlers of one event loop."""

    def __init__(
        self, keep: Keep, clock: Callable[[], datetime] = utc_now, most_waiting: int = 50_000
    ) -> None:
        self._keep, self.clock, self._most_waiting = keep, clock, most_waiting
        self._waiting: list[Waiting] = []
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "inbox")
        self._count = 0

    async def keep(self, events: Sequence[Event]) -> None:
        """Return when the events are on disk. Raises FullError, or what the database raised."""
        if not events:
            return
        if self._count + len(events) > self._most_waiting and self._waiting:
            raise FullError("the inbox is full for the moment")
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((events, future))
        self._count += len(events)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._commit_all())
        await future

    async def _commit_all(self) -> None:
        while self._waiting:
            chosen = self._take()
            self._count -= sum(len(events) for events, _ in chosen)
            if not await self._write(chosen) and len(chosen) > 1:
                for each in chosen:  # what one of them has must not cost the others
                    await self._write([each])

    async def _write(self, chosen: list[Waiting]) -> bool:
        """Write them in one commit, and answer; False when they may be tried one by one."""
        rows = [event for events, _ in chosen for event in events]
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._keep, rows, self.clock())
        except Exception as error:
            if len(chosen) > 1:
                return False
            for _, future in chosen:
                if not future.done():
                    future.set_exception(error)
            return False
        for _, future in chosen:
            if not future.done():
                future.set_result(None)
        return True

    def _take(self) -> list[Waiting]:
        size, end = 0, 0
        while end < len(self._waiting) and (not end or size < MOST):
            size += len(self._waiting[end][0])
            end += 1
        chosen, self._waiting = self._waiting[:end], self._waiting[end:]
        return chosen

    def close(self) -> None:
        """End the thread, when nothing waits any more."""
        self._thread.shutdown()
