"""One worker of a push: it takes batches, claims, sends and records them until there are no more,
or it is asked to stop.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from sluice.activations.destinations.base import Destination
from sluice.activations.ledger import claims
from sluice.activations.ledger.backoff import wait_seconds
from sluice.activations.ledger.claims import Claim
from sluice.activations.ledger.pauses import paused_by
from sluice.activations.ledger.pushes import Push
from sluice.activations.push.batches import MOST_ROUNDS, Batch, Batches
from sluice.activations.push.clock import Clock
from sluice.activations.push.pacing import Gate
from sluice.activations.push.progress import Progress
from sluice.activations.push.rate_limit import paying
from sluice.activations.push.result import PushResult
from sluice.models.delivery import Item, ItemResult, Outcome
from sluice.models.errors import BlockedError

log = logging.getLogger(__name__)
OF_A_GATEWAY = ("http_502", "http_504")
WHOLE_SECONDS = 1.0  # what is due again within so much of each other goes in one batch


class Sent(NamedTuple):
    """A batch that was sent and is not recorded yet."""

    claim: Claim
    results: list[ItemResult]
    round: int


@dataclass
class Desk:
    """What the workers of a push share.

    ``write`` does something in a committed transaction of the ledger.
    """

    push: Push
    batches: Batches
    gate: Gate
    write: Callable[[Callable[[sa.Connection], Any]], Any]
    stop: threading.Event
    patience_seconds: float
    clock: Clock = field(default_factory=Clock)
    progress: Progress = field(default_factory=Progress)
    result: PushResult = field(default_factory=PushResult)
    errors: list[BaseException] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def finish(self) -> PushResult:
        """The result. Raises what a worker ran into."""
        if self.errors:
            raise self.errors[0]
        self.result.outcomes += Counter({Outcome.RETRY.value: self.batches.count_again()})
        self.result.is_stopped = self.stop.is_set() and self.batches.has_more()
        self.result.given_up = self.gate.given_up
        return self.result


@dataclass
class Worker:
    """``client`` is this worker's own."""

    desk: Desk
    client: Destination
    sent: Sent | None = None

    def run(self) -> None:
        """Work until there is nothing left.

        An error stops the whole push, and is kept for ``Desk.finish``.
        """
        try:
            while self._work_on():
                pass
        except BaseException as error:
            self.desk.errors.append(error)
            self.desk.batches.close()
            self.desk.stop.set()
            if not isinstance(
                error, BlockedError
            ):  # it is not the ledger's: what was sent is recorded
                self._turn(())

    def _work_on(self) -> bool:
        """Record the last batch and claim the next, in one transaction, and send it.

        False at the end.

        Nothing is kept unrecorded while there is something to wait for.
        """
        desk = self.desk
        batch = self._next(wait=False)
        if batch is None:
            self._turn(())
            batch = self._next(wait=True)
            if batch is None:
                return False
        claim = self._turn(batch.items)
        if claim.paused is not None:
            desk.result.paused = claim.paused
            desk.batches.close()
        if not claim.items:
            desk.gate.give_back(len(batch.items))
            desk.gate.skip()
            desk.batches.give_back()
            return True
        desk.gate.give_back(len(batch.items) - len(claim.items))
        with paying(desk.gate.payer()):
            results = _doubted(self._send(claim.items), desk.push)
        desk.gate.observe(results)
        self.sent = Sent(claim, _with_waits(claim, results), batch.round)
        return True

    def _next(self, *, wait: bool) -> Batch | None:
        """Through the gate first: what waits there is claimed by nobody."""
        desk = self.desk
        if desk.stop.is_set() or not (desk.gate.wait() if wait else desk.gate.try_pass()):
            return None
        batch = desk.batches.take(wait=wait)
        pay = desk.gate.pay if wait else desk.gate.try_pay
        if batch is None or desk.stop.is_set() or not pay(len(batch.items)):
            desk.gate.skip()
            if batch is not None:
                desk.batches.give_back([batch])
            return None
        return batch

    def _turn(self, items: Sequence[Item]) -> Claim:
        """Record what was sent and claim these, in one transaction."""
        sent, desk, now, mine = self.sent, self.desk, self.desk.clock.now(), set[int]()
        if sent is None and not items:
            return Claim(desk.push, now)

        def turn(connection: sa.Connection) -> Claim:
            desk.push.held.difference_update(mine)  # of a first try that was rolled back
            if sent is not None:
                claims.record(connection, sent.claim, sent.results, now)
            claim = _claim(connection, desk, items, now)
            mine.update(item.delivery_id for item in claim.items)
            desk.push.held.update(mine)
            return claim

        claim: Claim = self.desk.write(turn)
        self.sent = None
        if sent is not None:
            self._finished(sent)
        self._count(Counter(one.outcome.value for one in claim.refused), claim.skipped)
        return claim

    def _finished(self, sent: Sent) -> None:
        """What was refused for now, and is due soon, is tried again in this push; the rest is
        counted.
        """
        self.desk.push.held.difference_update([item.delivery_id for item in sent.claim.items])
        again: dict[int, list[Item]] = defaultdict(list)
        counts = Counter[str]()
        rest = [
            (item, result)
            for item, result in zip(sent.claim.items, sent.results, strict=True)
            if result.outcome is not Outcome.ACCEPTED
        ]
        for item, result in rest:
            wait = (
                result.retry_after_seconds
                if result.outcome is Outcome.RETRY and sent.round < MOST_ROUNDS
                else None
            )
            if wait is not None and wait <= self.desk.patience_seconds:
                again[int(wait / WHOLE_SECONDS)].append(item)
            else:
                counts[result.outcome.value] += 1
        due = [
            (self.desk.clock.monotonic() + (step + 1) * WHOLE_SECONDS, items)
            for step, items in again.items()
        ]
        self.desk.batches.give_back(Batch(at, sent.round + 1, items) for at, items in due)
        self._count(counts + Counter({Outcome.ACCEPTED.value: len(sent.results) - len(rest)}))

    def _send(self, items: Sequence[Item]) -> list[ItemResult]:
        try:
            answers = self.client.send(items)
        # whatever a client does, the batch is not lost: what the vendor did is unknown
        except Exception as error:
            log.warning(
                "%s: the batch ended in %s; its outcome is unknown",
                self.desk.push.destination,
                type(error).__name__,
            )
            answers = []
        if len(answers) == len(items) and all(
            a.delivery_id == i.delivery_id for a, i in zip(answers, items, strict=True)
        ):
            return answers
        by_id = {answer.delivery_id: answer for answer in answers}
        unknown = "no_answer_for_item" if answers else "client_error"
        return [
            by_id.get(item.delivery_id, ItemResult(item.delivery_id, Outcome.UNKNOWN, unknown))
            for item in items
        ]

    def _count(self, counts: Counter[str], skipped: int = 0) -> None:
        with self.desk.lock:
            self.desk.result.outcomes += counts
            self.desk.result.skipped += skipped
        self.desk.progress.add(counts.total() + skipped)


def _claim(connection: sa.Connection, desk: Desk, items: Sequence[Item], now: datetime) -> Claim:
    if not items:
        return Claim(desk.push, now)
    paused = paused_by(connection, desk.push.activation, desk.push.destination)
    return (
        Claim(desk.push, now, paused=paused)
        if paused
        else claims.claim(connection, desk.push, items, now)
    )


def _doubted(results: list[ItemResult], push: Push) -> list[ItemResult]:
    """A gateway that got no answer from the vendor behind it says nothing of what the vendor did:
    where a repeat would do harm, the outcome is unknown.
    """
    if push.on_unknown == "resend" and push.dedupes_for is None:
        return results
    return [replace(r, outcome=Outcome.UNKNOWN) if r.reason in OF_A_GATEWAY else r for r in results]


def _with_waits(claim: Claim, results: list[ItemResult]) -> list[ItemResult]:
    """A result to be tried again says when: as the vendor asked, or as the backoff says."""
    if Outcome.RETRY not in [result.outcome for result in results]:
        return results
    return [
        (
            replace(
                result, retry_after_seconds=wait_seconds(attempt[5], result.retry_after_seconds)
            )
            if result.outcome is Outcome.RETRY
            else result
        )
        for attempt, result in zip(claim.attempts, results, strict=True)
    ]
