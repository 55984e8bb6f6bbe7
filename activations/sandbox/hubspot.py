"""A HubSpot-like CRM: checks the token, the batch limit and the inputs, and answers per item as HubSpot's API v3 does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from activations.sandbox.clock import Clock
from activations.sandbox.faults import HttpFault
from activations.sandbox.store import Store
from activations.sandbox.web import Reply, Request

TOKEN = "sandbox-token"
BATCH_LIMIT = 100
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class HubSpotVendor:
    """POST batch/upsert and batch/archive of contacts."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, and the token."""
        return {"url": url, "token": TOKEN}

    def handle(self, request: Request) -> Reply:
        """Answer as HubSpot does."""
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply(401, _error("the token is not valid", "INVALID_AUTHENTICATION"))
        action = ACTIONS.get(request.path)
        if action is None:
            return Reply(404, _error("no such path", "OBJECT_NOT_FOUND"))
        try:
            inputs = request.json()["inputs"]
        except (ValueError, KeyError, TypeError):
            return Reply(400, _error("the body is not a batch", "VALIDATION_ERROR"))
        if not isinstance(inputs, list) or not 1 <= len(inputs) <= BATCH_LIMIT:
            return Reply(400, _error(f"a batch holds 1 to {BATCH_LIMIT} inputs", "VALIDATION_ERROR"))
        return action(self.store, inputs)

    def fault_reply(self, fault: HttpFault) -> Reply:
        """HubSpot's error object."""
        return Reply(int(fault), _error(f"scripted {fault}"), {"Retry-After": "7"} if fault == "429" else {})


def upsert(store: Store, inputs: list[Any]) -> Reply:
    """``batch/upsert``: repeated ids refuse the whole call; a bad e-mail refuses its input alone."""
    keys = [(i.get("idProperty"), i.get("id")) for i in inputs]
    if len(set(keys)) != len(keys) or any(not name or not value for name, value in keys):
        return Reply(400, _error("each input needs an idProperty and an id of its own", "VALIDATION_ERROR"))
    results, errors = [], []
    for given in inputs:
        properties = given.get("properties", {})
        if properties.get("email") and not EMAIL.fullmatch(properties["email"]):
            errors.append(_item_error(given["id"], "email"))
            continue
        vendor_id, is_new = store.upsert_contact(given["idProperty"], given["id"], properties)
        results.append({"id": str(vendor_id), "new": is_new, "properties": properties, "archived": False})
    store.add_call("hubspot", "upsert", len(results))
    answer = {"status": "COMPLETE", "results": results}
    return Reply(207, {**answer, "numErrors": len(errors), "errors": errors}) if errors else Reply(200, answer)


def archive(store: Store, inputs: list[Any]) -> Reply:
    """``batch/archive``: 204 without a body."""
    for given in inputs:
        store.archive_contact(given["id"])
    store.add_call("hubspot", "archive", len(inputs))
    return Reply(204)


def _error(message: str, category: str = "INTERNAL_ERROR") -> dict[str, Any]:
    return {"status": "error", "message": message, "category": category}


def _item_error(key: str, name: str) -> dict[str, Any]:
    context = {"ids": [key], "propertyName": [name]}
    return {"status": "error", "category": "VALIDATION_ERROR", "message": f"{name} is not valid", "context": context}


CONTACTS = "/crm/v3/objects/contacts"
ACTIONS: dict[str, Callable[[Store, list[Any]], Reply]] = {
    f"{CONTACTS}/batch/upsert": upsert,
    f"{CONTACTS}/batch/archive": archive,
}
