"""A receiver of webhooks: checks signature and time, takes each id once, and refuses what is no
address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import Any

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

SECRET = "whsec_c2FuZGJveCBzZWNyZXQgb2YgdGhlIHdlYmhvb2s="
TOLERANCE_SECONDS = 300
BODY_LIMIT = 1_000_000  # bytes
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class WebhookVendor:
    """POST /hook, as Standard Webhooks ask of a receiver."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, and the secret."""
        return {
            "url": f"{url}/hook", "secret": SECRET, "batch_size": 100, "receiver_dedupes": True,
            "allow_private_addresses": True,
        }  # fmt: skip

    def handle(self, request: Request) -> Reply:
        """204 when all was taken; 413 or 422 and nothing taken when it is too much, or an item is
        bad.
        """
        if request.path != "/hook":
            return Reply(404)
        if len(request.body) > BODY_LIMIT:
            return Reply(413, {"error": "size"})
        if not self._is_signed(request):
            return Reply(401, {"error": "signature"})
        try:
            items = _items(request.json())
            good = all(_is_good(item) for item in items)
        except (ValueError, KeyError, TypeError):
            return Reply(400, {"error": "body"})
        if not good:
            return Reply(422, {"error": "an address is not one"})
        taken = [item for item in items if self._take(item)]
        self.store.add_call("webhook", "post", len(taken))
        return Reply(204)

    def fault_reply(self, fault: HttpFault) -> Reply:
        """A plain status."""
        return Reply(int(fault), None, {"Retry-After": "7"} if fault == "429" else {})

    def _is_signed(self, request: Request) -> bool:
        name, timestamp = (
            request.headers.get("webhook-id", ""),
            request.headers.get("webhook-timestamp", ""),
        )
        if (
            not timestamp.isdecimal()
            or abs(self.clock.now().timestamp() - int(timestamp)) > TOLERANCE_SECONDS
        ):
            return False
        signed = f"{name}.{timestamp}.".encode() + request.body
        digest = hmac.new(
            base64.b64decode(SECRET.removeprefix("whsec_")), signed, hashlib.sha256
        ).digest()
        expected = f"v1,{base64.b64encode(digest).decode()}"
        return any(
            hmac.compare_digest(expected, given)
            for given in request.headers.get("webhook-signature", "").split()
        )

    def _take(self, item: dict[str, Any]) -> bool:
        found = self.store.rows(
            "select 1 from received where vendor = 'webhook' and key = ?", (item["id"],)
        )
        if found:
            return False
        data = item["data"]
        recipient = str(
            data.get("address") or data.get("properties", {}).get("email") or data.get("key")
        )
        shown = json.dumps(data.get("values") or data.get("properties") or {}, ensure_ascii=False)
        source = json.dumps(item, ensure_ascii=False)
        self.store.add_received(
            "webhook",
            "webhook",
            recipient,
            shown,
            title=item["type"],
            key=item["id"],
            source=source,
        )
        return True


def _items(body: Any) -> list[dict[str, Any]]:
    items = body["data"] if body["type"] == "batch" else [body]
    if not all(isinstance(item["id"], str) and isinstance(item["data"], dict) for item in items):
        raise TypeError("an item has an id and data")
    return list(items)


def _is_good(item: dict[str, Any]) -> bool:
    data = item["data"]
    address = (
        data.get("address")
        if data.get("channel") == "email"
        else data.get("properties", {}).get("email")
    )
    return address is None or bool(EMAIL.fullmatch(address))
