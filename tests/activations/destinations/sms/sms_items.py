"""Messages, credentials and recordings that the tests of SMS destinations share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sluice.activations.addresses import address_hash
from sluice.activations.destinations.base import CallbackRequest
from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sandbox.web import Reply, Request
from sluice.models.delivery import Message

ORDER = {
    "full_name": "",
    "order_number": "20261125001",
    "carrier": "顺丰",
    "tracking_number": "SF1234567",
}
COUPON = {"full_name": "王芳", "amount": 50, "valid_until": "7月31日"}


def sms(
    number: int,
    address: str | None = None,
    template: str = "order_shipped",
    language: str = "zh",
    **values: Any,
) -> Message:
    """A message of a template that the repository ships; each number another address."""
    address = address or f"+8613800{number:06d}"
    shipped = template == "order_shipped"
    given = {**(ORDER if shipped else COUPON), **values}
    purpose = "transactional" if shipped else "marketing"
    return Message(
        number,
        number,
        address,
        address_hash("sms", address),
        "sms",
        template,
        language,
        given,
        purpose,
    )


def texts(sandbox: Sandbox, vendor: str) -> list[tuple[str, str, str]]:
    """Who received which text under which signature, in order."""
    query = "select recipient, title, body from received where vendor = ? order by received_id"
    return sandbox.store.rows(query, (vendor,))  # type: ignore[return-value]


@contextmanager
def recorded(sandbox: Sandbox, vendor: str) -> Iterator[list[tuple[Request, Reply]]]:
    """The calls a simulated vendor gets, and its replies."""
    found: list[tuple[Request, Reply]] = []
    simulated = sandbox.servers[vendor].vendor
    handle = simulated.handle

    def handle_and_record(request: Request) -> Reply:
        reply = handle(request)
        found.append((request, reply))
        return reply

    simulated.handle = handle_and_record  # type: ignore[method-assign]
    yield found
    simulated.handle = handle  # type: ignore[method-assign]


def call(
    body: bytes, query: str = "token=sandbox-callback-token", method: str = "POST", **headers: str
) -> CallbackRequest:
    """A call of a vendor."""
    return CallbackRequest(
        method, f"https://shop.example/callbacks/sms?{query}", query, headers, body
    )
