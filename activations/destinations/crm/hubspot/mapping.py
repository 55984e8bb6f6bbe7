"""Operations as HubSpot batch inputs, and its answers as one result an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from models.delivery import ItemResult, SyncOperation, Verdict


def upsert_body(operations: Sequence[SyncOperation], id_property: str) -> dict[str, Any]:
    """Body of ``batch/upsert``: each input is found, or made, by the id property."""
    return {
        "inputs": [
            {
                "id": str(operation.key),
                "idProperty": id_property,
                "properties": {id_property: str(operation.key), **{k: to_text(v) for k, v in operation.properties.items()}},
            }
            for operation in operations
        ]
    }


def archive_body(operations: Sequence[SyncOperation]) -> dict[str, Any]:
    """Body of ``batch/archive``, by HubSpot's own ids."""
    return {"inputs": [{"id": operation.vendor_id} for operation in operations]}


def to_text(value: Any) -> str:
    """A property value: HubSpot takes text; times as ISO 8601 UTC, booleans in lower case."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds") + "Z"
    return value.isoformat() if isinstance(value, date) else str(value)


def upsert_results(operations: Sequence[SyncOperation], body: Any, id_property: str) -> list[ItemResult]:
    """One result an operation: named in ``results`` by the id property, or in ``errors`` by its context; else unknown."""
    body = body if isinstance(body, Mapping) else {}
    accepted = {str(r.get("properties", {}).get(id_property)): str(r.get("id")) for r in body.get("results", [])}
    refused = _refused(body.get("errors", []))
    return [_result(operation, accepted, refused) for operation in operations]


def _result(operation: SyncOperation, accepted: Mapping[str, str], refused: Mapping[str, str]) -> ItemResult:
    key = str(operation.key)
    if key in accepted:
        return ItemResult(operation.delivery_id, Verdict.ACCEPTED, vendor_id=accepted[key])
    if key in refused:
        return ItemResult(operation.delivery_id, Verdict.FAILED, refused[key])
    return ItemResult(operation.delivery_id, Verdict.UNKNOWN, "no_answer_for_item")


def _refused(errors: Any) -> dict[str, str]:
    """Category of refusal by id; HubSpot names the inputs of an error in ``context.ids``, or ``context.id`` ."""
    found: dict[str, str] = {}
    for error in errors if isinstance(errors, list) else []:
        context = error.get("context", {})
        for key in [*context.get("ids", []), *context.get("id", [])]:
            names = ",".join(map(str, context.get("propertyName", [])))
            found[str(key)] = str(error.get("category", "refused")).lower() + (f":{names}" if names else "")
    return found
