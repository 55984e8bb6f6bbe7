"""A HubSpot-like CRM: checks the token, the batch limit and the inputs, and answers per item as HubSpot's API v3 does."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from activations.sandbox.faults import Faults, HttpFault
from activations.sandbox.store import Store

TOKEN = "sandbox-token"
BATCH_LIMIT = 100
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
Reply = tuple[int, dict[str, Any] | None]


class CrmServer(ThreadingHTTPServer):
    """Listens on loopback; the handler finds the store and the faults here."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, store: Store, faults: Faults, port: int) -> None:
        super().__init__(("127.0.0.1", port), CrmHandler)
        self.store, self.faults = store, faults

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news: tests and faults do it on purpose."""


class CrmHandler(BaseHTTPRequestHandler):
    """POST batch/upsert and batch/archive of contacts."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: CrmServer

    def do_POST(self) -> None:
        """Answer one call, with the scripted fault before or after its effect."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.server.faults.next_http()
        if fault in {"500", "429", "401"}:
            self._reply(int(fault), _error(f"scripted {fault}"), {"Retry-After": "7"} if fault == "429" else {})
            return
        if fault == "drop":
            self._cut()
            return
        status, answer = self._answer(body)
        self._send(fault, status, answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: paths and bodies hold personal data."""

    def _send(self, fault: HttpFault | None, status: int, answer: dict[str, Any] | None) -> None:
        if fault == "drop_after_accept":
            self._cut()
            return
        if fault == "slow_after_accept":
            time.sleep(self.server.faults.slow_seconds)
        self._reply(status, answer, {}, raw=b"{not json" if fault == "invalid_json" else None)

    def _answer(self, body: bytes) -> Reply:
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, _error("the token is not valid", "INVALID_AUTHENTICATION")
        action: Callable[[Store, list[Any]], Reply] | None = ACTIONS.get(self.path)
        if action is None:
            return 404, _error("no such path", "OBJECT_NOT_FOUND")
        try:
            inputs = json.loads(body)["inputs"]
        except (ValueError, KeyError, TypeError):
            return 400, _error("the body is not a batch", "VALIDATION_ERROR")
        if not isinstance(inputs, list) or not 1 <= len(inputs) <= BATCH_LIMIT:
            return 400, _error(f"a batch holds 1 to {BATCH_LIMIT} inputs", "VALIDATION_ERROR")
        return action(self.server.store, inputs)

    def _reply(self, status: int, answer: dict[str, Any] | None, headers: dict[str, str], raw: bytes | None = None) -> None:
        content = raw if raw is not None else b"" if answer is None else json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json", "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.close()


def upsert(store: Store, inputs: list[Any]) -> Reply:
    """``batch/upsert``: repeated ids refuse the whole call; a bad e-mail refuses its input alone."""
    keys = [(i.get("idProperty"), i.get("id")) for i in inputs]
    if len(set(keys)) != len(keys) or any(not name or not value for name, value in keys):
        return 400, _error("each input needs an idProperty and an id of its own", "VALIDATION_ERROR")
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
    return (207, {**answer, "numErrors": len(errors), "errors": errors}) if errors else (200, answer)


def archive(store: Store, inputs: list[Any]) -> Reply:
    """``batch/archive``: 204 without a body."""
    for given in inputs:
        store.archive_contact(given["id"])
    store.add_call("hubspot", "archive", len(inputs))
    return 204, None


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
