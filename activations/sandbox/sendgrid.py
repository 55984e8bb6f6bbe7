"""SendGrid, API version 3, Mail Send: checks the key and the limits of a call, fills in
substitutions, and answers 202.
"""

from __future__ import annotations

import re
from typing import Any

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

API_KEY = "SG.sandbox-key"
PERSONALIZATIONS, SUBSTITUTION_BYTES = 1000, 50_000
ADDRESS = re.compile(r"[!-?A-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
RESERVED = {
    "x-sg-id",
    "received",
    "dkim-signature",
    "content-type",
    "to",
    "from",
    "subject",
    "reply-to",
    "cc",
    "bcc",
}


class SendGridVendor:
    """POST /v3/mail/send."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, and the key."""
        return {
            "url": url,
            "api_key": API_KEY,
            "sender": "Shop Example <news@shop.example>",
            "unsubscribe_url": "https://shop.example/unsubscribe",
            "secret": "secret of the sandbox",
        }

    def handle(self, request: Request) -> Reply:
        """Answer as SendGrid does."""
        if request.headers.get("authorization") != f"Bearer {API_KEY}":
            return _error(
                401, "The provided authorization grant is invalid, expired, or revoked", None
            )
        if (request.method, request.path) != ("POST", "/v3/mail/send"):
            return _error(404, "not found", None)
        try:
            body = request.json()
        except ValueError:
            return _error(400, "Bad Request", None)
        wrong = wrong_body(body)
        if wrong is not None:
            return _error(400, *wrong)
        for personalization in body["personalizations"]:
            self._deliver(body, personalization)
        self.store.add_call("sendgrid", "mail/send", len(body["personalizations"]))
        number = self.store.value("select count(*) from calls where vendor = 'sendgrid'")
        return Reply(202, None, {"X-Message-Id": f"sandbox{number:015d}"})

    def fault_reply(self, fault: HttpFault) -> Reply:
        """SendGrid's errors."""
        return _error(int(fault), f"scripted {fault}", None)

    def _deliver(self, body: dict[str, Any], personalization: dict[str, Any]) -> None:
        values = personalization.get("substitutions", {})
        parts = {part["type"]: _fill(part["value"], values) for part in body["content"]}
        subject = _fill(personalization.get("subject") or body["subject"], values)
        headers = "".join(
            f"{name}: {value}\n" for name, value in personalization.get("headers", {}).items()
        )
        for to in personalization["to"]:
            self.store.add_received(
                "sendgrid",
                "email",
                to["email"],
                parts.get("text/plain", ""),
                title=subject,
                key=personalization.get("custom_args", {}).get("delivery_id"),
                source=headers + parts.get("text/html", ""),
            )


def wrong_body(body: Any) -> tuple[str, str] | None:
    """What SendGrid refuses a call for, and the field it names (its list of errors of Mail
    Send).
    """
    if not isinstance(body, dict) or not ADDRESS.fullmatch(
        str(body.get("from", {}).get("email", ""))
    ):
        return "The from object must be provided for every email send.", "from.email"
    types = [part.get("type") for part in body.get("content", []) if part.get("value")]
    if not types or types != sorted(types, key=["text/plain", "text/html"].index):
        return "The content must hold at least one part, text/plain before text/html.", "content"
    personalizations = body.get("personalizations")
    if not isinstance(personalizations, list) or not 1 <= len(personalizations) <= PERSONALIZATIONS:
        return (
            (
                f"The personalization block is limited to {PERSONALIZATIONS} personalizations per"
                " API request."
            ),
            "personalizations",
        )
    seen: set[str] = set()
    for number, personalization in enumerate(personalizations):
        wrong = _wrong_personalization(personalization, bool(body.get("subject")), seen)
        if wrong is not None:
            return wrong[0], f"personalizations.{number}.{wrong[1]}"
    return None


def _wrong_personalization(
    personalization: dict[str, Any], has_subject: bool, seen: set[str]
) -> tuple[str, str] | None:
    addresses = [str(to.get("email", "")) for to in personalization.get("to", [])]
    if not addresses or not all(ADDRESS.fullmatch(address) for address in addresses):
        return "Does not contain a valid address.", "to.0.email"
    repeated = {address.lower() for address in addresses} & seen
    seen.update(address.lower() for address in addresses)
    if repeated:
        return (
            "Each unique email address in the personalizations array should only be included once.",
            "to",
        )
    if not has_subject and not personalization.get("subject"):
        return "The subject is required.", "subject"
    values = personalization.get("substitutions", {})
    if (
        sum(len(name.encode()) + len(str(value).encode()) for name, value in values.items())
        > SUBSTITUTION_BYTES
    ):
        return (
            f"Substitutions are limited to {SUBSTITUTION_BYTES} bytes per personalization block.",
            "substitutions",
        )
    if any(name.lower() in RESERVED for name in personalization.get("headers", {})):
        return "A reserved header cannot be set.", "headers"
    return None


def _fill(template: str, values: dict[str, str]) -> str:
    """Substitutions are done once: what a value holds is not looked at again."""
    if not values:
        return template
    return re.sub("|".join(map(re.escape, values)), lambda found: values[found[0]], template)


def _error(status: int, message: str, field: str | None) -> Reply:
    return Reply(status, {"errors": [{"message": message, "field": field, "help": None}]})
