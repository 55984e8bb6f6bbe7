"""The batches of a push, handed to its workers: those of the plan in order, and between them what
is due again.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sluice.activations.push.clock import Clock
from sluice.models.delivery import Item

MOST_ROUNDS = 5  # of one item within a push; then it is left to the next run


@dataclass(frozen=True, order=True)
class Batch:
    """Items to send; ``round``: how often they were tried in this push.

    Ordered by when they are due (monotonic seconds).
    """

    due: float
    round: int
    items: Sequence[Item] = field(compare=False)


class Batches:
    """Safe for threads. A batch taken is in hand until ``give_back``."""

    def __init__(
        self, batches: Iterable[Sequence[Item]], stop: threading.Event, clock: Clock | None = None
    ) -> None:
        self._stop = stop
        self._clock = clock or Clock()
        self._source: Iterator[Sequence[Item]] = iter(batches)
        self._again: list[Batch] = []
        self._in_hand = 0
        self._changed = threading.Condition()
        self.is_closed = False

    def take(self, *, wait: bool) -> Batch | None:
        """The next batch; None when there is none left, or, without ``wait``, none at this
        moment.
        """
        with self._changed:
            while not self.is_closed and not self._stop.is_set():
                batch = self._due_again() or self._next_of_source()
                if batch is not None:
                    self._in_hand += 1
                    return batch
                if not wait or (not self._again and not self._in_hand):
                    break
                self._clock.wait(self._changed, 0.05)
        return None

    def give_back(self, again: Iterable[Batch] = ()) -> None:
        """A batch is done with; some of it is due again."""
        with self._changed:
            self._in_hand -= 1
            for batch in again:
                heapq.heappush(self._again, batch)
            self._changed.notify_all()

    def close(self) -> None:
        """Hand out no more."""
        with self._changed:
            self.is_closed = True
            self._changed.notify_all()

    def has_more(self) -> bool:
        """True when something was not handed out.

        Asked at the end: it may take a batch from the source.
        """
        return bool(self._again) or next(self._source, None) is not None

    def count_again(self) -> int:
        """How many items were tried, are due again, and were not taken."""
        return sum(len(batch.items) for batch in self._again if batch.round)

    def _due_again(self) -> Batch | None:
        if self._again and self._again[0].due <= self._clock.monotonic():
            return heapq.heappop(self._again)
        return None

    def _next_of_source(self) -> Batch | None:
        items = next(self._source, None)
        return None if items is None else Batch(0.0, 0, items)


def no_larger(batches: Iterable[Sequence[Item]], most: int | None) -> Iterator[Sequence[Item]]:
    """The same items in the same order, in batches of at most so many."""
    for batch in batches:
        for start in range(0, len(batch), most or len(batch) or 1):
            yield batch[start : start + (most or len(batch))]
