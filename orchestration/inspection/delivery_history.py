"""The story of a delivery: its events from the ledger and, for a message, the decision of the
warehouse.
"""

from __future__ import annotations

from typing import Any

from sluice.activations.ledger.store import Ledger
from sluice.models.errors import ConfigurationError
from sluice.orchestration.warehouse.base import MissingTableError, Warehouse
from sluice.orchestration.warehouse.reader import open_warehouse

# the address is in message_decisions too: it is not asked for
DECISIONS = """
select message_id as delivery_id, campaign, channel, contact_id, occurrence, decision, reason,
    decided_at
from activation.message_decisions
where cast(message_id as varchar) = $1 or campaign || ':' || cast(contact_id as varchar) = $1
order by occurrence, message_id
"""


def tell_history(ledger: Ledger, warehouse: Warehouse, key: str) -> list[dict[str, Any]]:
    """The deliveries of a key (a delivery id, or ``activation:contact_id``), each with its events
    and its decision, if any.

    A message that was decided on and never claimed has a decision and no events. Raises
    ConfigurationError for an unknown key.
    """
    decisions = {row["delivery_id"]: row for row in _decisions(warehouse, key)}
    found = [ledger.history_of(delivery) for delivery in ledger.find_deliveries(key)]
    stories = [{**one, "decision": decisions.pop(one["delivery_id"], None)} for one in found]
    stories += [_never_claimed(decision) for decision in decisions.values()]
    if not stories:
        raise ConfigurationError(
            "the ledger knows no delivery by this key",
            "give a delivery id, or a campaign's or sync's name and a contact: name:id",
        )
    return stories


def _never_claimed(decision: dict[str, Any]) -> dict[str, Any]:
    of_it = {
        "delivery_id": decision["delivery_id"],
        "kind": "message",
        "activation": decision["campaign"],
    }
    return {
        **of_it,
        "subject_id": decision["contact_id"],
        "state": None,
        "events": [],
        "decision": decision,
    }


def _decisions(warehouse: Warehouse, key: str) -> list[dict[str, Any]]:
    if not warehouse.exists():
        return []
    with open_warehouse(warehouse) as connection:
        try:
            return connection.execute(DECISIONS, [key]).records()
        except MissingTableError:  # nothing was decided yet
            return []
