"""A process that pushes, to be killed: python -m tests.activations.pusher_process NAME URL ENDPOINTS COUNT."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

from activations.destinations.registry import build
from activations.dispatcher import Pusher
from activations.ledger.store import Ledger
from models.run import Run
from tests.activations.test_conformance import message, operation


def main(name: str, url: str, endpoints: str, count: str) -> None:
    """Recover, then push so many items in batches, as a run does."""
    ledger = Ledger(url)
    ledger.recover(datetime.now(UTC))
    destination = build(name, json.loads(endpoints))
    kind = "message" if name == "smtp" else "sync"
    numbers = range(1, int(count) + 1)
    items: list[Any] = [message(n, f"u{n}@b.cn") if kind == "message" else operation(n, email=f"u{n}@b.cn") for n in numbers]
    size = min(20, destination.capabilities.batch_size)
    print("ready", flush=True)
    pusher = Pusher(kind, "crash", name, destination, ledger, Run("run", datetime.now(UTC)))
    print(pusher.push(items[start : start + size] for start in range(0, len(items), size)).describe())


if __name__ == "__main__":
    main(*sys.argv[1:])
