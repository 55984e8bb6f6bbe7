"""Operations as HubSpot batch inputs, and its answers as one result an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sluice.activations.destinations.crm.hubspot.outcomes import error_outcome
from sluice.activations.destinations.crm.outcomes import CodeOutcome, accepted, result
from sluice.activations.destinations.crm.values import task_of, to_text
from sluice.models.delivery import ItemResult, Outcome, SyncOperation

UNANSWERED = CodeOutcome(Outcome.UNKNOWN, "no_answer_for_item")
TASK_NAMES = {
    "subject": "hs_task_subject",
    "body": "hs_task_body",
    "due_at": "hs_timestamp",
    "priority": "hs_task_priority",
}
OWNER = "hubspot_owner_id"


def upsert_body(operations: Sequence[SyncOperation], id_property: str) -> dict[str, Any]:
    """Body of ``batch/upsert``: each input is found, or made, by the id property."""
    return {
        "inputs": [
            {
                "id": str(operation.key),
                "idProperty": id_property,
                "properties": {
                    id_property: str(operation.key),
                    **{k: to_text(v) for k, v in operation.properties.items()},
                },
            }
            for operation in operations
        ]
    }


def archive_body(operations: Sequence[SyncOperation]) -> dict[str, Any]:
    """Body of ``batch/archive``, by HubSpot's own ids."""
    return {"inputs": [{"id": operation.vendor_id} for operation in operations]}


def read_body(keys: Sequence[str], id_property: str, properties: Sequence[str]) -> dict[str, Any]:
    """Body of ``batch/read`` by our keys."""
    return {
        "idProperty": id_property,
        "properties": [id_property, *properties],
        "inputs": [{"id": key} for key in keys],
    }


def association_body(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Body of ``batch/associate/default``: HubSpot's ids, from and to. It may be repeated."""
    return {"inputs": [{"from": {"id": one}, "to": {"id": other}} for one, other in pairs]}


def task_properties(operation: SyncOperation) -> dict[str, Any]:
    """The properties of a task.

    Its state is written only when it is made, so that one that is done stays done.
    """
    task = task_of(operation)
    state = {"hs_task_status": "NOT_STARTED"} if operation.operation == "entered" else {}
    return {
        **state,
        **{TASK_NAMES[name]: value for name, value in task.fields.items()},
        **task.others,
    }


def records_by_key(body: Any, id_property: str) -> dict[str, Mapping[str, Any]]:
    """The records of an answer by our key: ``id`` and ``properties``."""
    found = body.get("results", []) if isinstance(body, Mapping) else []
    return {str(record.get("properties", {}).get(id_property)): record for record in found}


def upsert_results(
    operations: Sequence[SyncOperation], body: Any, id_property: str
) -> list[ItemResult]:
    """One result an operation: named in ``results`` by the id property, or in ``errors`` by its
    context; else unknown.
    """
    body = body if isinstance(body, Mapping) else {}
    held = records_by_key(body, id_property)
    refused = _refused(body.get("errors", []))
    return [_result(operation, held, refused) for operation in operations]


def _result(
    operation: SyncOperation,
    held: Mapping[str, Mapping[str, Any]],
    refused: Mapping[str, CodeOutcome],
) -> ItemResult:
    key = str(operation.key)
    if key in held:
        return accepted(operation, str(held[key].get("id")))
    return result(operation, refused.get(key, UNANSWERED))


def _refused(errors: Any) -> dict[str, CodeOutcome]:
    """The outcome by id; HubSpot names the inputs of an error in ``context.ids``, or
    ``context.id``.
    """
    found: dict[str, CodeOutcome] = {}
    for error in errors if isinstance(errors, list) else []:
        context = error.get("context", {})
        for key in [*context.get("ids", []), *context.get("id", [])]:
            found[str(key)] = error_outcome(error)
    return found
