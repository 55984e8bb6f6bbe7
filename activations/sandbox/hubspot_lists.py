"""Lists of a HubSpot-like CRM: found by name, made, and changed when they are static."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from sluice.activations.sandbox.records import KeyTaken, Record, Records
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

BY_NAME = re.compile(r"/crm/v3/lists/object-type-id/0-1/name/([^/]+)")
MEMBERS = re.compile(r"/crm/v3/lists/([0-9]+)/memberships/add-and-remove")
MEMBERSHIP = "memberships"


class HubSpotLists:
    """Lists of contacts, and who is on them."""

    def __init__(self, store: Store, records: Records) -> None:
        self.store, self.records = store, records

    def handle(self, request: Request) -> Reply:
        """Answer one call."""
        by_name, members = BY_NAME.fullmatch(request.path), MEMBERS.fullmatch(request.path)
        if request.method == "GET" and by_name:
            found = self.records.find("lists", unquote(by_name[1]))
            return (
                _refused(404, "OBJECT_NOT_FOUND")
                if found is None
                else Reply(200, {"list": _shown(found)})
            )
        if request.method == "POST" and request.path == "/crm/v3/lists/":
            return self._create(request.json())
        if request.method == "PUT" and members:
            return self._change(members[1], request.json())
        return _refused(404, "OBJECT_NOT_FOUND")

    def _create(self, body: dict[str, Any]) -> Reply:
        if body.get("objectTypeId") != "0-1" or body.get("processingType") not in {
            "MANUAL",
            "DYNAMIC",
        }:
            return _refused(400, "VALIDATION_ERROR")
        try:
            list_id = self.records.create("lists", body["name"], body)
        except KeyTaken:
            return _refused(400, "VALIDATION_ERROR")
        return Reply(200, {"list": {**body, "listId": list_id}})

    def _change(self, list_id: str, body: dict[str, Any]) -> Reply:
        found = self.records.get("lists", list_id)
        if found is None or found.properties["processingType"] != "MANUAL":
            return _refused(404 if found is None else 400, "VALIDATION_ERROR")
        rows = self.store.rows("select vendor_id from contacts where is_archived = 0")
        there = {str(row[0]) for row in rows}
        asked = [*body["recordIdsToAdd"], *body["recordIdsToRemove"]]
        added = [one for one in body["recordIdsToAdd"] if one in there and self._put(list_id, one)]
        removed = [
            one for one in body["recordIdsToRemove"] if one in there and self._take(list_id, one)
        ]
        missing = [one for one in asked if one not in there]
        return Reply(
            200,
            {"recordsIdsAdded": added, "recordIdsRemoved": removed, "recordIdsMissing": missing},
        )

    def _put(self, list_id: str, one: str) -> bool:
        return self.records.upsert(
            MEMBERSHIP, f"{list_id}:{one}", {"list": list_id, "contact": one}
        )[1]

    def _take(self, list_id: str, one: str) -> bool:
        found = self.records.find(MEMBERSHIP, f"{list_id}:{one}")
        return found is not None and self.records.remove(MEMBERSHIP, found.record_id)


def _shown(found: Record) -> dict[str, Any]:
    return {**found.properties, "listId": found.record_id}


def _refused(status: int, category: str) -> Reply:
    return Reply(
        status, {"status": "error", "message": "the list cannot be used so", "category": category}
    )
