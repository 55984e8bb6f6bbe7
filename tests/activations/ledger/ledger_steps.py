"""Claiming and recording by number, as the tests of the ledger speak of deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sluice.activations.ledger.claims import Claim
from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import Item, ItemResult, Message, Outcome
from sluice.models.run import Run
from tests.activations.destinations.test_conformance import operation

NOW = datetime(2026, 6, 29, 13, 1, tzinfo=UTC)
CRM = ("sync", "crm_contacts", "hubspot")


def claim_items(
    ledger: Ledger,
    items: Sequence[Item],
    on_unknown: str = "hold",
    now: datetime = NOW,
    activation: tuple[str, str, str] = CRM,
    run_id: str = "run-1",
) -> Claim:
    """Claim a batch in a push of its own."""
    channel = next((item.channel for item in items if isinstance(item, Message)), None)
    push = ledger.open_push(activation, Run(run_id, now), on_unknown, channel)
    return ledger.claim(push, items, now)


def claim(
    ledger: Ledger, numbers: Sequence[int], on_unknown: str = "hold", now: datetime = NOW
) -> Claim:
    """Claim the operations of these numbers."""
    return claim_items(ledger, [operation(number) for number in numbers], on_unknown, now)


def subjects(claimed: Claim) -> list[int]:
    """What was claimed, by number."""
    return [item.subject_id for item in claimed.items]


def settle(
    ledger: Ledger, claimed: Claim, *outcomes: Outcome, now: datetime = NOW, **values: Any
) -> None:
    """Record these outcomes for the items of a claim; one for all of them if it is one."""
    each = outcomes * len(claimed.items) if len(outcomes) == 1 else outcomes
    results = [
        ItemResult(i.delivery_id, outcome, **values)
        for i, outcome in zip(claimed.items, each, strict=True)
    ]
    ledger.record(claimed, results, now)
