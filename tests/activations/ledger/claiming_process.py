"""A process that opens a ledger and claims: python -m tests.activations.ledger.claiming_process URL COUNT.
Prints what it got.
"""

from __future__ import annotations

import json
import random
import sys
from datetime import UTC, datetime

from sluice.activations.ledger.store import Ledger
from tests.activations.destinations.test_conformance import operation
from tests.activations.ledger.ledger_steps import claim_items, subjects

BATCH = 25


def main(url: str, count: str) -> None:
    """Claim so many deliveries in overlapping batches, in an order of its own, as soon as a line
    comes in.
    """
    now = datetime.now(UTC)
    print("ready", flush=True)
    sys.stdin.readline()
    ledger, got = Ledger(url), []
    for start in random.sample(range(0, int(count), 5), int(count) // 5):
        batch = [operation(number) for number in range(start, min(start + BATCH, int(count)))]
        random.shuffle(batch)
        got += subjects(claim_items(ledger, batch, now=now))
    print(json.dumps(got))


if __name__ == "__main__":
    main(*sys.argv[1:])
