"""Orders about journeys, on each database."""

from __future__ import annotations

from sluice.activations.ledger.store import Ledger
from sluice.models.journey_order import JourneyOrder
from tests.activations.ledger.ledger_steps import NOW


def test_orders_are_kept_and_found_by_contact(ledger: Ledger) -> None:
    orders = [
        JourneyOrder("stop", "welcome", 1, reason=" asked  twice "),
        JourneyOrder("stop", "w"),
    ]
    ledger.order_journeys(orders, "me", NOW)
    (kept,) = ledger.journey_orders([1])
    assert (kept["reason"], kept["ordered_by"]) == ("asked twice", "me")
    assert kept["ordered_at"] == NOW.replace(tzinfo=None)
    assert [row["contact_id"] for row in ledger.journey_orders()] == [1, None]
