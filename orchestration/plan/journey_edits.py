"""Who stands at a node of a journey that was edited since they came to it, and what becomes of
them: read from ``int_journey_edits``, which a run or plan has built.
"""

from __future__ import annotations

import json
from typing import Any

from sluice.models.run import JourneyEdit
from sluice.orchestration.warehouse.base import Warehouse
from sluice.orchestration.warehouse.reader import has_table, query

NONE = "none"
LONGEST = 40


def journey_edits(warehouse: Warehouse) -> list[JourneyEdit]:
    """By journey, version, node and outcome; those who came by different definitions apart. None
    in a home whose journeys were never built.
    """
    if not has_table(warehouse, "journeys", "int_journey_edits"):
        return []
    rows = query(
        warehouse,
        "select journey, version, node, edit, definition_before, definition_now, outcome, contacts"
        " from journeys.int_journey_edits"
        " order by journey, version, node, edit, outcome, definition_before",
    )
    return [
        JourneyEdit(
            journey=journey,
            version=version,
            node=node,
            edit=edit,
            changes=changes(before, now) if now is not None else [],
            outcome=outcome,
            contacts=contacts,
        )
        for journey, version, node, edit, before, now, outcome, contacts in rows
    ]


def changes(before: str | None, now: str | None) -> list[str]:
    """What two definitions of a node say differently: ``wait: 2 days -> 5 days``."""
    old, new = _flat(json.loads(before or "{}")), _flat(json.loads(now or "{}"))
    return [
        f"{key}: {_short(old.get(key, NONE))} -> {_short(new.get(key, NONE))}"
        for key in sorted({*old, *new})
        if old.get(key, NONE) != new.get(key, NONE)
    ]


def _flat(value: dict[str, Any], place: str = "") -> dict[str, Any]:
    """A nested mapping as one of dotted keys: ``message.template``."""
    found: dict[str, Any] = {}
    for key, below in value.items():
        found |= (
            _flat(below, f"{place}{key}.") if isinstance(below, dict) else {f"{place}{key}": below}
        )
    return found


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
