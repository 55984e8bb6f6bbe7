"""A Kannel-like gateway: login, receiver and text are checked, and a text arrives as the coding
carries it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from sluice.activations.content.sms_text import alphabet_of
from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

USERNAME, PASSWORD = "sandbox", "sandbox-password"
TEXT = {"Content-Type": "text/html"}


class KannelVendor:
    """GET /cgi-bin/sendsms."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, and the login."""
        return {
            "url": url,
            "username": USERNAME,
            "password": PASSWORD,
            "sender": "10690000",
            "signature": "示例商店",
            "callback_url": "http://127.0.0.1:1/callbacks/kannel",
            "callback_token": "sandbox-callback-token",
        }

    def handle(self, request: Request) -> Reply:
        """Answer as smsbox does."""
        given = {name: values[0] for name, values in request.query.items()}
        if request.path != "/cgi-bin/sendsms":
            return _text(404, "Unknown request")
        if (given.get("username"), given.get("password")) != (USERNAME, PASSWORD):
            return _text(403, "Authorization failed for sendsms")
        if not given.get("to"):
            return _text(400, "Missing receiver number, rejected")
        key = parse_qs(urlsplit(given.get("dlr-url", "")).query).get("delivery", [None])[0]
        self.store.add_received("kannel", "sms", given["to"], as_carried(given), key=key)
        self.store.add_call("kannel", "sendsms", 1)
        return _text(202, "0: Accepted for delivery")

    def fault_reply(self, fault: HttpFault) -> Reply:
        """Kannel has no 429: its word for it is 503."""
        texts = {
            "500": (500, "Internal error"),
            "429": (503, "Temporal failure, try again later."),
            "401": (403, "Denied"),
        }
        return _text(*texts[fault])


def as_carried(given: dict[str, str]) -> str:
    """Outside UCS-2 a character that GSM-7 does not have arrives as a question mark."""
    text = given.get("text", "")
    if given.get("coding") == "2":
        return text
    return "".join(char if alphabet_of(char) == "gsm7" else "?" for char in text)


def _text(status: int, text: str) -> Reply:
    return Reply(status, text.encode(), TEXT)
