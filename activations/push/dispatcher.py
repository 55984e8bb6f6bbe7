"""Claim, send, record, several batches at once.

Whatever happens, every claimed item gets an outcome, and none is sent twice.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sluice.activations.destinations.base import Destination, Reconciler
from sluice.activations.ledger.locks import Stopped
from sluice.activations.ledger.store import Ledger
from sluice.activations.ledger.writer import Work
from sluice.activations.push.batches import Batches, no_larger
from sluice.activations.push.clock import Clock
from sluice.activations.push.pacing import Gate, Pace
from sluice.activations.push.progress import Progress
from sluice.activations.push.result import PushResult
from sluice.activations.push.worker import Desk, Worker
from sluice.models.delivery import Audience, Item, Message
from sluice.models.run import Run

__all__ = ["Pace", "PushResult", "Pusher"]
LOCK_SECONDS = 600.0
NICENESS = 5
LANE_SECONDS = 30.0  # that the fast lane waits for a run, where a destination takes one at a time


@dataclass(frozen=True)
class Pusher:
    """Pushes one activation (kind, name) to one destination, within one run.

    ``destination`` is the client of the first worker, ``build`` makes those of the others. ``tell``
    is called with progress, with ``total`` items to come (0: not known). ``known_statements``,
    ``known_preferences``, ``topic``, ``audience``: see ``sluice.activations.ledger.claims.Push``.
    """

    kind: str
    name: str
    destination_name: str
    destination: Destination
    ledger: Ledger
    run: Run
    pace: Pace = field(default_factory=Pace)
    build: Callable[[], Destination] | None = None
    tell: Callable[[str], object] = lambda words: None
    total: int = 0
    clock: Clock = field(default_factory=Clock)
    known_statements: int = 0
    known_preferences: int = 0
    topic: str | None = None
    audience: Audience | None = None

    def push(self, batches: Iterable[Sequence[Item]]) -> PushResult:
        """Push all batches.

        SIGTERM, Ctrl-C or a pause finishes the batches in hand and stops; the rest is due in the
        next run.

        Raises BlockedError when another process keeps sending to this destination, or the ledger
        cannot be written.
        """
        with stop_on_signal() as stop, rare_collections():
            try:
                with self.alone(stop):
                    return self._push(_peeked(batches), stop)
            except Stopped:
                return PushResult(is_stopped=True)

    def reconcile(self, batches: Iterable[Sequence[Item]]) -> int:
        """Query the vendor for those items whose outcome is unknown.

        Returns how many are known now.
        """
        if not isinstance(self.destination, Reconciler):
            return 0
        with self.alone(threading.Event()):
            return sum(self._reconcile(self.destination, batch) for batch in batches)

    @contextmanager
    def alone(self, stop: threading.Event) -> Iterator[None]:
        """Nobody else sends there meanwhile, and what a dead process had in hand is unknown.

        Raises Stopped.
        """
        waiting = lambda: self.tell(f"waiting: another push is sending to {self.destination_name}")  # noqa: E731
        with ExitStack() as stack:
            if self.ledger.is_fast and self.destination.capabilities.is_one_at_a_time:
                alone = self.ledger.alone_at_all(self.destination_name, LANE_SECONDS, stop.is_set)
                stack.enter_context(alone)
            stack.enter_context(
                self.ledger.alone_at(self.destination_name, LOCK_SECONDS, waiting, stop.is_set)
            )
            self.ledger.recover_destination(self.destination_name, now())
            yield

    def _push(
        self, peeked: tuple[Item | None, Iterable[Sequence[Item]]], stop: threading.Event
    ) -> PushResult:
        first, batches = peeked
        if first is None:
            return PushResult()
        channel = first.channel if isinstance(first, Message) else None
        activation = (self.kind, self.name, self.destination_name)
        able = self.destination.capabilities
        push = self.ledger.open_push(
            activation,
            self.run,
            able.on_unknown,
            channel,
            known_statements=self.known_statements,
            known_preferences=self.known_preferences,
            topic=self.topic,
            dedupes_for=able.dedupes_for,
            audience=self.audience,
        )
        count = (
            1
            if self.build is None or self.destination.capabilities.is_one_at_a_time
            else self.pace.workers
        )
        progress, gate = Progress(self.tell, self.total), self._gate(first, stop)
        source = Batches(no_larger(batches, gate.most_items), stop, self.clock)
        with self._writing(count) as write:
            desk = Desk(
                push, source, gate, write, stop, self.pace.patience_seconds, self.clock, progress
            )
            self._work(desk, count)
        return desk.finish()

    def _gate(self, first: Item, stop: threading.Event) -> Gate:
        counts_items = isinstance(first, Message) or self.destination.capabilities.is_call_per_item
        return Gate(self.pace, stop, self.clock, counts_items)

    @contextmanager
    def _writing(self, workers: int) -> Iterator[Callable[[Work], Any]]:
        """How transactions are done: in the only worker's thread, or in one that commits those of
        several together.
        """
        if workers == 1:
            yield self.ledger.write
            return
        writer = self.ledger.group_writer()
        try:
            yield writer.do
        finally:
            writer.close()

    def _work(self, desk: Desk, count: int) -> None:
        """In this thread if there is one worker; else in threads, while this one handles
        signals.
        """
        if count == 1 or self.build is None:
            Worker(desk, self.destination).run()
            return
        others = [self.build() for _ in range(count - 1)]
        threads = [
            threading.Thread(target=self._behind, args=(Worker(desk, c),), daemon=True)
            for c in (self.destination, *others)
        ]
        for thread in threads:
            thread.start()
        try:
            while any(thread.is_alive() for thread in threads):
                threads[-1].join(0.1) if threads[-1].is_alive() else time.sleep(0.02)
        finally:  # interrupted: the batches in hand are finished all the same
            desk.stop.set() if any(thread.is_alive() for thread in threads) else None
            for thread in threads:
                thread.join()
            for client in others:
                client.close()

    def _behind(self, worker: Worker) -> None:
        """In a thread that gives way to the fast lane, whose people wait for an answer."""
        if not self.ledger.is_fast:
            give_way()
        worker.run()

    def _reconcile(self, client: Reconciler, batch: Sequence[Item]) -> int:
        since = self.ledger.unknown_since([item.delivery_id for item in batch])
        if not since:
            return 0
        answers = client.reconcile([item for item in batch if item.delivery_id in since], since)
        known = {answer.delivery_id: answer for answer in answers if answer.delivery_id in since}
        return len(self.ledger.settle_answers(known, now()))


def _peeked(batches: Iterable[Sequence[Item]]) -> tuple[Item | None, Iterable[Sequence[Item]]]:
    """The first item, and all batches: without one, nothing is opened."""
    source = iter(batches)
    for batch in source:
        if batch:
            return batch[0], _chained(batch, source)
    return None, ()


def _chained(first: Sequence[Item], rest: Iterator[Sequence[Item]]) -> Iterator[Sequence[Item]]:
    yield first
    yield from rest


@contextmanager
def stop_on_signal() -> Iterator[threading.Event]:
    """An event that SIGTERM or Ctrl-C sets while the block runs; in another thread than the main
    one it is never set.
    """
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def rare_collections() -> Iterator[None]:
    """Items are made by the thousand, hold no cycles and die soon: looking for cycles among them
    takes a third of the time.
    """
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def give_way() -> None:
    """This thread gets less of a busy machine than others; where threads have no priority of their
    own, nothing is done.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        less = max(NICENESS, os.getpriority(os.PRIO_PROCESS, thread))
        with suppress(OSError):  # where a sandbox forbids it, nothing is lost
            os.setpriority(os.PRIO_PROCESS, thread, less)


def now() -> datetime:
    """The time, aware UTC."""
    return datetime.now(UTC)
