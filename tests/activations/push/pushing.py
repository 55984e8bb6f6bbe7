"""Pushes to the sandbox by several workers over real HTTP and SMTP, and what the ledger and the
sandbox say afterwards.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sluice.activations.destinations.registry import build
from sluice.activations.ledger.queries import unknown_deliveries
from sluice.activations.ledger.store import Ledger
from sluice.activations.push.dispatcher import Pace, Pusher, PushResult
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Item
from sluice.models.run import Run
from tests.activations.destinations.test_conformance import message, operation
from tests.activations.push.destination_doubles import states


@dataclass
class Pushes:
    """Runs of one activation to one destination of the sandbox."""

    sandbox: Sandbox
    ledger: Ledger
    name: str = "hubspot"
    workers: int = 4
    patience_seconds: float = 20.0

    def push(self, batches: Iterable[Sequence[Item]], **settings: Any) -> PushResult:
        """One push; ``settings`` instead of the sandbox's own."""
        endpoints = {self.name: {**self.sandbox.endpoints()[self.name], **settings}}
        clients = []

        def make() -> Any:
            clients.append(build(self.name, endpoints))
            return clients[-1]

        kind = "message" if self.name in {"smtp", "sendgrid"} else "sync"
        pace = Pace(self.workers, patience_seconds=self.patience_seconds)
        pusher = Pusher(
            kind,
            "faults",
            self.name,
            make(),
            self.ledger,
            Run("run", datetime.now(UTC)),
            pace,
            make,
        )
        result = pusher.push(batches)
        clients[0].close()
        return result

    def states(self) -> dict[str, int]:
        return states(self.ledger)

    def reasons(self) -> Counter[tuple[str, str | None]]:
        """States and reasons of all receipts."""
        return Counter(
            (row["state"], row["reason"])
            for batch in self.ledger.receipts_after(0)
            for row in batch
        )

    def unknown(self) -> int:
        return len(unknown_deliveries(self.ledger.engine))

    def contacts(self) -> int:
        return self.sandbox.store.counts()["contacts"]

    def mails(self) -> tuple[int, int]:
        """Mails that arrived, and those among them that had arrived before."""
        counts = self.sandbox.store.counts()
        return counts["mails"], counts["repeated_mails"]

    def let_time_pass(self) -> None:
        """What waits for its next attempt has waited for it."""
        with self.ledger.engine.begin() as connection:
            connection.exec_driver_sql(
                "update deliveries set next_attempt_at = claimed_at where next_attempt_at is not"
                " null"
            )


def contacts(count: int, size: int = 10, first: int = 1) -> list[list[Item]]:
    """So many people who entered, in batches."""
    return cut([operation(n, email=f"u{n}@b.cn") for n in range(first, first + count)], size)


def mails(count: int, size: int = 10) -> list[list[Item]]:
    """So many messages, in batches."""
    return cut([message(n, f"u{n}@b.cn") for n in range(1, count + 1)], size)


def cut(items: Sequence[Item], size: int = 10) -> list[list[Item]]:
    """In batches."""
    return [list(items[start : start + size]) for start in range(0, len(items), size)]


def meanwhile(
    batches: Sequence[Sequence[Item]], number: int, happens: Callable[[], object]
) -> Iterator[Sequence[Item]]:
    """The batches; before that of this number is handed out, something happens."""
    for at, batch in enumerate(batches):
        if at == number:
            happens()
        yield batch


def terminate() -> None:
    """SIGTERM to this process, handled when this returns.

    Python handles it in the main thread, which must get its turn first: meanwhile the workers wait
    for the source that calls this.
    """
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.5)
