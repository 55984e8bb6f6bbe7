"""Searches of a HubSpot-like CRM: filters by a time, in order of it, pages of up to 200, and no
more than 10,000 of a search.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sluice.activations.sandbox.records import Record, Records
from sluice.activations.sandbox.web import Reply

CHANGED = "hs_lastmodifieddate"
PAGE_LIMIT, SEARCH_LIMIT = 200, 10_000


def search(records: Records, kind: str, body: Mapping[str, Any]) -> Reply:
    """``search``: each group of filters must hold in full, one of the groups is enough; only GTE
    and GT of times, and EQ.
    """
    offset, limit = int(body.get("after") or 0), int(body.get("limit", 10))
    if not 1 <= limit <= PAGE_LIMIT or offset + limit > SEARCH_LIMIT:
        return Reply(
            400,
            {
                "status": "error",
                "category": "VALIDATION_ERROR",
                "message": "a search ends at 10,000",
            },
        )
    groups = body.get("filterGroups") or [{"filters": []}]
    found = [
        one
        for one in records.every(kind)
        if any(all(_holds(one, f) for f in g["filters"]) for g in groups)
    ]
    for sort in reversed(body.get("sorts", [])):
        found.sort(
            key=lambda one: _value(one, sort["propertyName"]),
            reverse=sort.get("direction") == "DESCENDING",
        )
    page = found[offset : offset + limit]
    paging = (
        {"paging": {"next": {"after": str(offset + limit)}}} if len(found) > offset + limit else {}
    )
    return Reply(
        200,
        {
            "total": len(found),
            "results": [_shown(one, body.get("properties", [])) for one in page],
            **paging,
        },
    )


def _shown(one: Record, names: list[str]) -> dict[str, Any]:
    own = {CHANGED: _iso(one.updated_at), "hs_object_id": one.record_id}
    properties = {**{name: one.properties.get(name) for name in names}, **own}
    return {
        "id": one.record_id,
        "properties": properties,
        "updatedAt": _iso(one.updated_at),
        "archived": False,
    }


def _value(one: Record, name: str) -> Any:
    if name == CHANGED:
        return int(one.updated_at.timestamp() * 1000)
    return int(one.record_id) if name == "hs_object_id" else str(one.properties.get(name, ""))


def _holds(one: Record, condition: Mapping[str, Any]) -> bool:
    value, operator = _value(one, condition["propertyName"]), condition["operator"]
    if operator == "EQ":
        return str(value) == str(condition["value"])
    other = int(condition["value"])
    return bool(value >= other) if operator == "GTE" else bool(value > other)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
