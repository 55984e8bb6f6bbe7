"""Orders about journeys: what ``sluice journeys start, stop, move, release`` keep in the ledger.

The next run carries them out. An order that could do nothing, for a name that is none, is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sluice.activations.ledger.store import Ledger
from sluice.models.errors import ConfigurationError
from sluice.models.journey import journey_name
from sluice.models.journey_order import JourneyOrder
from sluice.orchestration.access.rights import require
from sluice.orchestration.authoring.lint.jinja_rules import near
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.journeys.reading import read_version
from sluice.orchestration.plan.activation_registry import journey_nodes
from sluice.orchestration.rights.correct import one_contact
from sluice.orchestration.warehouse.base import UnknownNameError
from sluice.orchestration.warehouse.reader import query

STAND_AT = "select distinct node from journeys.journey_positions where journey = $1"


def give_order(
    settings: Settings,
    ledger: Ledger,
    manifest: Mapping[str, Any],
    order: JourneyOrder,
    key: str | None,
) -> JourneyOrder:
    """Keep an order; ``key`` names its contact, None: all who are in the journey. Returns it as it
    is kept. Raises ConfigurationError for a journey, node or contact that is none.
    """
    if key is not None and not key.strip():
        raise ConfigurationError(
            "the contact is empty", "name one contact; for all who are inside, leave --contact out"
        )
    if order.journey is not None:
        _check(settings, manifest, order)
    if key is not None:
        order = JourneyOrder(**(vars(order) | {"contact_id": one_contact(settings, key)[0]}))
    ledger.order_journeys([order], require(settings, "change"), datetime.now(UTC))
    return order


def _check(settings: Settings, manifest: Mapping[str, Any], order: JourneyOrder) -> None:
    nodes = nodes_of(manifest)
    if order.journey not in nodes:
        raise _unknown("journey", order.journey, nodes, "`sluice journeys list` shows them")
    known = nodes[order.journey]
    if order.to_node is not None and order.to_node not in known:
        raise _unknown("node", order.to_node, known, f"of {order.journey}: {', '.join(known)}")
    if order.from_node is not None:
        left = list(dict.fromkeys([*known, *_standing(settings, order.journey)]))
        if order.from_node not in left:
            raise _unknown("node", order.from_node, left, f"people stand at: {', '.join(left)}")


def nodes_of(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """{journey: the nodes of all its versions in the project}."""
    found: dict[str, list[str]] = {}
    for model in journey_nodes(manifest):
        written = read_version(model).written.get("nodes")
        names = written if isinstance(written, Mapping) else ()
        nodes = found.setdefault(journey_name(str(model["name"])), [])
        nodes += [name for name in names if name not in nodes]
    return found


def _standing(settings: Settings, journey: str) -> list[str]:
    """Nodes where people stand: also such as the project does not have any more."""
    try:
        return [str(row[0]) for row in query(settings.warehouse, STAND_AT, [journey])]
    except UnknownNameError:
        return []


def _unknown(what: str, name: str | None, names: Iterable[str], fix: str) -> ConfigurationError:
    return ConfigurationError(f"there is no {what} '{name}'{near(str(name), names)}", fix)
