"""Claim, send, record, a batch at a time. Whatever happens, every claimed item gets an outcome, and nothing is sent twice."""

from __future__ import annotations

import logging
import signal
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from activations.destinations.base import Destination
from activations.ledger.pauses import paused_by_name
from activations.ledger.store import Ledger
from models.delivery import Item, ItemResult, Message, SyncOperation, Verdict
from models.run import Run

log = logging.getLogger(__name__)


@dataclass
class PushResult:
    """Counts of one push: outcomes by verdict, and ``skipped``: what the ledger would not give (settled, waiting or held)."""

    verdicts: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    is_stopped: bool = False
    paused: str | None = None  # the name of the pause that ended the push

    def counts(self) -> dict[str, int]:
        """Every verdict with its count, and skipped."""
        return {**{verdict.value: self.verdicts[verdict.value] for verdict in Verdict}, "skipped": self.skipped}

    def describe(self) -> str:
        """The counts in words."""
        words = ", ".join(f"{count} {name}" for name, count in self.counts().items() if count) or "nothing to send"
        if self.paused is not None:
            return f"{words} (paused; the rest is due after `sluice resume {self.paused}`)"
        return words + (" (stopped on request after the batch in hand)" if self.is_stopped else "")


@dataclass(frozen=True)
class Pusher:
    """Pushes one activation (kind, name) to one destination, within one run."""

    kind: str
    name: str
    destination_name: str
    destination: Destination
    ledger: Ledger
    run: Run

    def push(self, batches: Iterable[Sequence[Item]]) -> PushResult:
        """Push all batches. SIGTERM or a pause finishes the batch in hand and stops; the rest is due again in the next run."""
        result = PushResult()
        with _stop_on_sigterm() as stop:
            for batch in batches:
                result.is_stopped = stop.is_set()
                result.paused = paused_by_name(self.ledger.engine, self.name, self.destination_name)
                if result.is_stopped or result.paused is not None:
                    break
                self._push_batch(batch, result)
        return result

    def _push_batch(self, batch: Sequence[Item], result: PushResult) -> None:
        capabilities = self.destination.capabilities
        activation = (self.kind, self.name, self.destination_name)
        claimed = self.ledger.claim(batch, capabilities, activation, self.run, _now())
        result.skipped += len(batch) - len(claimed)
        if not claimed:
            return
        stopped = self._suppressed(claimed)
        outcomes = stopped + self._send([item for item in claimed if item.delivery_id not in {r.delivery_id for r in stopped}])
        self.ledger.record(outcomes, _now())
        self._suppress_bad_addresses(claimed, outcomes)
        result.verdicts.update(outcome.verdict.value for outcome in outcomes)

    def _suppressed(self, claimed: Sequence[Item]) -> list[ItemResult]:
        """Who unsubscribed or bounced a second ago gets nothing."""
        messages = [item for item in claimed if isinstance(item, Message)]
        found = self.ledger.suppressed(messages) if messages else {}
        return [ItemResult(delivery_id, Verdict.FAILED, f"suppressed_{reason}") for delivery_id, reason in found.items()]

    def _send(self, items: Sequence[Item]) -> list[ItemResult]:
        if not items:
            return []
        try:
            answers = self.destination.send(self._with_vendor_ids(items))
        except Exception as error:  # whatever a client does, the batch is not lost: nobody knows what the vendor did
            log.warning("%s: the batch ended in %s; its outcome is unknown", self.destination_name, type(error).__name__)
            answers = []
        by_id = {answer.delivery_id: answer for answer in answers}
        unknown = "no_answer_for_item" if answers else "client_error"
        return [by_id.get(item.delivery_id, ItemResult(item.delivery_id, Verdict.UNKNOWN, unknown)) for item in items]

    def _with_vendor_ids(self, items: Sequence[Item]) -> list[Item]:
        keys = [item.key for item in items if isinstance(item, SyncOperation)]
        vendor_ids = self.ledger.vendor_ids(self.name, keys) if keys else {}
        return [replace(i, vendor_id=vendor_ids.get(i.key)) if isinstance(i, SyncOperation) else i for i in items]

    def _suppress_bad_addresses(self, items: Sequence[Item], outcomes: Sequence[ItemResult]) -> None:
        bad = {outcome.delivery_id for outcome in outcomes if outcome.suppress}
        messages = [item for item in items if isinstance(item, Message) and item.delivery_id in bad]
        self.ledger.suppress(((m.channel, m.address_hash, "bounced", m.delivery_id) for m in messages), _now())


@contextmanager
def _stop_on_sigterm() -> Iterator[threading.Event]:
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    previous = signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, previous)


def _now() -> datetime:
    return datetime.now(UTC)
