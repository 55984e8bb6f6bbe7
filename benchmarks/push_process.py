"""One push of a plan to a sink, in a process of its own so that its memory is its own: what it
prints is JSON.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sluice.activations.destinations.base import same_result
from sluice.activations.http.client import HttpClient
from sluice.activations.ledger.store import Ledger
from sluice.activations.plan.due_rows import count_items, read_items
from sluice.activations.plan.outbox import to_operation
from sluice.activations.push.dispatcher import Pace, Pusher
from sluice.models.delivery import Capabilities, ItemResult, SyncOperation
from sluice.models.run import Run


class Sink:
    """A destination that posts the rows of a batch as JSON: all are taken, or none."""

    def __init__(self, url: str, batch_size: int) -> None:
        self.capabilities = Capabilities(batch_size, "resend")
        self.http = HttpClient(url, {})

    def send(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        rows = [(item.key, item.operation, item.properties) for item in items]
        answer = self.http.post("/rows", {"rows": rows})
        return same_result(items, ItemResult(0, answer.outcome, answer.reason))

    def close(self) -> None:
        self.http.close()


def push(
    plan: Path, url: str, batch_size: int, workers: int, ledger: Path | None
) -> dict[str, float]:
    """Rows a second, and the peak of the memory in MB; without a ledger, the bare sending of the
    same batches.
    """
    client = Sink(url, batch_size)
    batches = read_items(plan, batch_size, to_operation, None)
    opened = None if ledger is None else Ledger(f"sqlite:///{ledger}")
    started = time.perf_counter()
    if opened is None:
        for batch in batches:
            client.send(batch)  # type: ignore[arg-type]
    else:
        pace, run = Pace(workers), Run("benchmark", datetime.now(UTC))
        pusher = Pusher(
            "sync", "benchmark", "sink", client, opened, run, pace, lambda: Sink(url, batch_size)
        )
        assert pusher.push(batches).counts()["accepted"] == count_items(plan)
    seconds = time.perf_counter() - started
    return {"rows_per_second": count_items(plan) / seconds, "mb": peak_mb()}


def peak_mb() -> float:
    """The peak of this program's memory; getrusage's includes that of the process it was started
    from.
    """
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


if __name__ == "__main__":
    plan, url, batch_size, workers, ledger = sys.argv[1:]
    print(
        json.dumps(
            push(Path(plan), url, int(batch_size), int(workers), Path(ledger) if ledger else None)
        )
    )
