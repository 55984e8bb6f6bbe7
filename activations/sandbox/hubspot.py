"""A HubSpot-like CRM: checks the token, the batch limit and the inputs, and answers per item as
HubSpot's API v3 does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.hubspot_lists import HubSpotLists
from sluice.activations.sandbox.hubspot_search import search
from sluice.activations.sandbox.records import Records
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

TOKEN = "sandbox-token"
BATCH_LIMIT = 100
VALUE_LIMIT = 65_536  # characters
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
OBJECTS = "/crm/v3/objects/"
LISTS = "/crm/v3/lists/"
OWNERS = {"owner@sandbox.example": "501", "second@sandbox.example": "502"}
OWNER_PROPERTY = "hubspot_owner_id"
STAGES = [
    {
        "id": "appointment",
        "label": "Appointment",
        "displayOrder": 0,
        "metadata": {"probability": "0.2", "isClosed": "false"},
    },
    {
        "id": "closedwon",
        "label": "Won",
        "displayOrder": 1,
        "metadata": {"probability": "1.0", "isClosed": "true"},
    },
    {
        "id": "closedlost",
        "label": "Lost",
        "displayOrder": 2,
        "metadata": {"probability": "0.0", "isClosed": "true"},
    },
]
UNMADE = "nobody_made_this"  # every property is there but this one
FAULTS = {"500": "INTERNAL_ERROR", "429": "RATE_LIMITS", "401": "INVALID_AUTHENTICATION"}


class HubSpotVendor:
    """Batches of objects, searches, static lists, owners and associations."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.records = Records(store, clock, "hubspot")
        self.lists = HubSpotLists(store, self.records)
        self.associations = {
            "/crm/v4/associations/tasks/contacts/batch/associate/default": self._associate,
            "/crm/v4/associations/deals/contacts/batch/read": self._associated,
        }

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, and the token."""
        return {"url": url, "token": TOKEN}

    def handle(self, request: Request) -> Reply:
        """Answer as HubSpot does."""
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply(401, error("the token is not valid", "INVALID_AUTHENTICATION"))
        try:
            return self._route(request)
        except (ValueError, KeyError, TypeError, AttributeError):
            return Reply(400, error("the body is not valid", "VALIDATION_ERROR"))

    def fault_reply(self, fault: HttpFault) -> Reply:
        """HubSpot's error object."""
        headers = {"Retry-After": "7"} if fault == "429" else {}
        return Reply(int(fault), error(f"scripted {fault}", FAULTS[fault]), headers)

    def _route(self, request: Request) -> Reply:
        if request.path.startswith(LISTS):
            return self.lists.handle(request)
        if request.path == "/crm/v3/owners/":
            email = request.query.get("email", [""])[0]
            return Reply(
                200, {"results": [{"id": OWNERS[email], "email": email}] if email in OWNERS else []}
            )
        if request.path == "/crm/v3/pipelines/deals":
            return Reply(200, {"results": [{"id": "default", "label": "Sales", "stages": STAGES}]})
        if request.path in self.associations:
            return self.associations[request.path](request.json()["inputs"])
        kind, _, action = request.path.removeprefix(OBJECTS).partition("/")
        if action == "search":
            return search(self.records, kind, request.json())
        if action not in ACTIONS or not request.path.startswith(OBJECTS):
            return Reply(404, error("no such path", "OBJECT_NOT_FOUND"))
        inputs = request.json()["inputs"]
        if not isinstance(inputs, list) or not 1 <= len(inputs) <= BATCH_LIMIT:
            return Reply(400, error(f"a batch holds 1 to {BATCH_LIMIT} inputs", "VALIDATION_ERROR"))
        return ACTIONS[action](self, unquote(kind), request.json())

    def _associate(self, inputs: list[Any]) -> Reply:
        for given in inputs:
            key = f"{given['from']['id']}:{given['to']['id']}"
            self.records.upsert(
                "tasks_to_contacts",
                key,
                {"task": given["from"]["id"], "contact": given["to"]["id"]},
            )
        return Reply(200, {"status": "COMPLETE", "results": []})

    def _associated(self, inputs: list[Any]) -> Reply:
        """Whose deals: the sandbox keeps it in the deal's own ``contacts``."""
        results = []
        for given in inputs:
            deal = self.records.get("deals", given["id"])
            to = [
                {"toObjectId": int(one)}
                for one in (deal.properties.get("contacts", []) if deal else [])
            ]
            if to:
                results.append({"from": {"id": given["id"]}, "to": to})
        return Reply(200, {"status": "COMPLETE", "results": results})

    def upsert_one(
        self, kind: str, name: str, key: str, properties: dict[str, str]
    ) -> tuple[str, bool]:
        """Contacts are in the store's own table, other objects are records."""
        if kind == "contacts":
            vendor_id, is_new = self.store.upsert_contact(name, key, properties)
            return str(vendor_id), is_new
        return self.records.upsert(kind, key, properties)


def upsert(vendor: HubSpotVendor, kind: str, body: Mapping[str, Any]) -> Reply:
    """``batch/upsert``: repeated ids and unknown properties refuse the whole call, a bad e-mail or
    owner its input alone.
    """
    refusal = _refused_whole(body["inputs"])
    if refusal:
        return Reply(400, error(refusal, "VALIDATION_ERROR"))
    results, errors = [], []
    for given in body["inputs"]:
        properties = given.get("properties", {})
        bad = _bad_property(properties)
        if bad:
            errors.append(_item_error(given["id"], bad))
            continue
        vendor_id, is_new = vendor.upsert_one(kind, given["idProperty"], given["id"], properties)
        results.append(
            {"id": vendor_id, "new": is_new, "properties": properties, "archived": False}
        )
    vendor.store.add_call("hubspot", "upsert", len(results))
    answer = {"status": "COMPLETE", "results": results}
    return (
        Reply(207, {**answer, "numErrors": len(errors), "errors": errors})
        if errors
        else Reply(200, answer)
    )


def read(vendor: HubSpotVendor, kind: str, body: Mapping[str, Any]) -> Reply:
    """``batch/read`` by a unique property, or by HubSpot's ids: 207 with the ids that are not
    there.
    """
    results, missing = [], []
    for given in body["inputs"]:
        found = _found(vendor, kind, body.get("idProperty"), given["id"])
        if found is None:
            missing.append(given["id"])
            continue
        properties = {name: found[1].get(name) for name in body.get("properties", [])}
        results.append({"id": found[0], "properties": properties, "archived": False})
    answer = {"status": "COMPLETE", "results": results}
    if not missing:
        return Reply(200, answer)
    gone = {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": "not there",
        "context": {"ids": missing},
    }
    return Reply(207, {**answer, "numErrors": 1, "errors": [gone]})


def archive(vendor: HubSpotVendor, kind: str, body: Mapping[str, Any]) -> Reply:
    """``batch/archive``: 204 without a body."""
    for given in body["inputs"]:
        if kind == "contacts":
            vendor.store.archive_contact(given["id"])
        else:
            vendor.records.remove(kind, given["id"])
    vendor.store.add_call("hubspot", "archive", len(body["inputs"]))
    return Reply(204)


def error(message: str, category: str) -> dict[str, Any]:
    """HubSpot's error object."""
    return {"status": "error", "message": message, "category": category}


def _found(
    vendor: HubSpotVendor, kind: str, name: str | None, key: str
) -> tuple[str, dict[str, Any]] | None:
    if kind != "contacts":
        record = vendor.records.find(kind, key)
        return None if record is None else (record.record_id, record.properties)
    sql = "select vendor_id, properties from contacts where is_archived = 0 and "
    by_id = ("vendor_id = ?", (key,))
    condition, values = by_id if name is None else ("id_property = ? and key = ?", (name, key))
    rows = vendor.store.rows(sql + condition, values)
    return (str(rows[0][0]), json.loads(rows[0][1])) if rows else None


def _bad_property(properties: Mapping[str, str]) -> str:
    if properties.get("email") and not EMAIL.fullmatch(properties["email"]):
        return "email"
    return (
        OWNER_PROPERTY if properties.get(OWNER_PROPERTY, "") not in {"", *OWNERS.values()} else ""
    )


def _refused_whole(inputs: list[Any]) -> str:
    """Why the whole call is refused before anything is written, or nothing.

    Details are JSON inside the message.
    """
    keys = [(i.get("idProperty"), i.get("id")) for i in inputs]
    if len(set(keys)) != len(keys) or any(not name or not value for name, value in keys):
        return "each input needs an idProperty and an id of its own"
    values = [value for i in inputs for value in i.get("properties", {}).values()]
    if any(not isinstance(value, str) for value in values):
        return "properties are text"
    long = {
        name
        for i in inputs
        for name, value in i.get("properties", {}).items()
        if len(value) > VALUE_LIMIT
    }
    if long:
        return _not_valid(
            f"a value has more than {VALUE_LIMIT} characters", "INVALID_LENGTH", sorted(long)
        )
    if not any(UNMADE in i.get("properties", {}) for i in inputs):
        return ""
    return _not_valid(f'Property "{UNMADE}" does not exist', "PROPERTY_DOESNT_EXIST", [UNMADE])


def _not_valid(message: str, code: str, names: list[str]) -> str:
    """What HubSpot says of a call that it refuses for its properties: the details are JSON inside
    the message.
    """
    details = [
        {"isValid": False, "message": message, "error": code, "name": name} for name in names
    ]
    return f"Property values were not valid: {json.dumps(details, separators=(',', ':'))}"


def _item_error(key: str, name: str) -> dict[str, Any]:
    context = {"ids": [key], "propertyName": [name]}
    return {
        "status": "error",
        "category": "VALIDATION_ERROR",
        "message": f"{name} is not valid",
        "context": context,
    }


ACTIONS: dict[str, Callable[[HubSpotVendor, str, Mapping[str, Any]], Reply]] = {
    "batch/upsert": upsert,
    "batch/read": read,
    "batch/archive": archive,
}
