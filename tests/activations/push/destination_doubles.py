"""Destinations for tests of the engine, which do as they are asked and note what reached them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from sluice.activations.ledger.store import Ledger
from sluice.activations.push.clock import Clock
from sluice.activations.push.dispatcher import Pace, Pusher
from sluice.models.delivery import Capabilities, Item, ItemResult, Outcome
from sluice.models.run import Run
from tests.activations.destinations.test_conformance import operation
from tests.activations.ledger.ledger_steps import CRM, NOW

Answer = Callable[[Item, int], ItemResult]  # an item, and the number of the call (from 1)


def accept(item: Item, call: int) -> ItemResult:
    """Yes to all."""
    return ItemResult(item.delivery_id, Outcome.ACCEPTED)


def say(outcome: Outcome, until_call: int = 10**9, **values: object) -> Answer:
    """The same to every item, up to a call; then yes."""

    def answer(item: Item, call: int) -> ItemResult:
        return (
            accept(item, call)
            if call > until_call
            else ItemResult(item.delivery_id, outcome, **values)
        )  # type: ignore[arg-type]

    return answer


class Double:
    """A destination, safe for threads, whose clones share what they note. ``seconds``: how long a
    call takes.
    """

    def __init__(
        self,
        answer: Answer = accept,
        on_unknown: str = "hold",
        seconds: float = 0.0,
        batch_size: int = 5,
    ) -> None:
        self.capabilities = Capabilities(batch_size, on_unknown)  # type: ignore[arg-type]
        self.answer = answer
        self.seconds = seconds
        self.received: Counter[int] = Counter()
        self.calls = 0
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()

    def send(self, items: Sequence[Item]) -> list[ItemResult]:
        with self.lock:
            self.calls += 1
            call = self.calls
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(self.seconds)
        results = [self.answer(item, call) for item in items]
        with self.lock:
            self.at_once -= 1
            self.received.update(
                r.delivery_id for r in results if r.outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN)
            )
        return results

    def close(self) -> None: ...


class Asked(Double):
    """A destination that can be asked: ``knows`` has the outcomes by delivery id."""

    def __init__(self, knows: Mapping[int, ItemResult], answer: Answer = accept) -> None:
        super().__init__(answer, "reconcile")
        self.knows = knows
        self.asked: dict[int, datetime] = {}

    def reconcile(
        self, items: Sequence[Item], claimed_at: Mapping[int, datetime]
    ) -> list[ItemResult]:
        self.asked.update({item.delivery_id: claimed_at[item.delivery_id] for item in items})
        return [self.knows[item.delivery_id] for item in items if item.delivery_id in self.knows]


def pusher(
    ledger: Ledger, destination: Double, workers: int = 1, clock: Clock | None = None, **pace: float
) -> Pusher:
    """Pushes operations to it as a run would."""
    of_run = Run("run-1", NOW)
    how = Pace(workers, **pace)  # type: ignore[arg-type]
    return Pusher(
        *CRM, destination, ledger, of_run, how, lambda: destination, clock=clock or Clock()
    )


def batches(count: int, size: int = 5) -> Iterator[list[Item]]:
    """So many operations."""
    return (
        [operation(n) for n in range(start, min(start + size, count))]
        for start in range(0, count, size)
    )


def states(ledger: Ledger) -> dict[str, int]:
    """How many deliveries are in each state."""
    counted: Counter[str] = Counter()
    for row in ledger.counts():
        counted[row["state"]] += row["count"]
    return dict(counted)
