"""Amazon SES, API version 2, SendBulkEmail: checks the signature, the clock and the limits, fills
in the template, and answers per entry.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

ACCESS_KEY, SECRET, REGION = "AKIASANDBOX", "sandbox-secret-key", "eu-west-1"
PATH = "/v2/email/outbound-bulk-emails"
ENTRIES, DATA_CHARACTERS, HEADERS = 50, 262_144, 15
CLOCK_SKEW = timedelta(minutes=5)
ADDRESS = re.compile(r"[!-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
HEADER_NAME, HEADER_VALUE = re.compile(r"[!-9;-@A-~]{1,126}"), re.compile(r"[ -~]{1,995}")
VARIABLE = re.compile(r"\{\{\{\s*(\w+)\s*\}\}\}|\{\{\s*(\w+)\s*\}\}")
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<scope>[^,]+), ?SignedHeaders=(?P<names>[^,]+),"
    r" ?Signature=(?P<signature>\w+)"
)
FAULTS = {
    "429": "TooManyRequestsException",
    "401": "ExpiredTokenException",
    "500": "InternalServiceErrorException",
}


class SesVendor:
    """POST /v2/email/outbound-bulk-emails.

    Addresses at ``invalid.example`` are refused per entry.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, the keys, and the region."""
        return {
            "url": url,
            "access_key_id": ACCESS_KEY,
            "secret_access_key": SECRET,
            "region": REGION,
            "sender": "Shop Example <news@shop.example>",
            "unsubscribe_url": "https://shop.example/unsubscribe",
            "secret": "secret of the sandbox",
        }

    def handle(self, request: Request) -> Reply:
        """Answer as SES does."""
        refused = self.refuse_signature(request)
        if refused is not None:
            return refused
        if (request.method, request.path) != ("POST", PATH):
            return _error(404, "NotFoundException", "no such operation")
        try:
            body = request.json()
            entries, template = body["BulkEmailEntries"], body["DefaultContent"]["Template"]
        except (ValueError, KeyError, TypeError):
            return _error(400, "BadRequestException", "the body is not a bulk e-mail")
        wrong = _wrong_call(body, entries, template)
        if wrong is not None:
            return _error(400, "BadRequestException", wrong)
        results = [self._send(entry, template, request.body) for entry in entries]
        self.store.add_call(
            "ses", "SendBulkEmail", sum(result["Status"] == "SUCCESS" for result in results)
        )
        return Reply(200, {"BulkEmailEntryResults": results})

    def fault_reply(self, fault: HttpFault) -> Reply:
        """An AWS error."""
        return _error({"401": 403}.get(fault, int(fault)), FAULTS[fault], f"scripted {fault}")

    def refuse_signature(self, request: Request) -> Reply | None:
        """Why the call is not let in: AWS Signature Version 4, made anew from what came."""
        found = AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
        if found is None:
            return _error(403, "MissingAuthenticationTokenException", "no signature")
        date, names = request.headers.get("x-amz-date", ""), found["names"].split(";")
        try:
            signed_at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        except ValueError:
            return _error(403, "IncompleteSignatureException", "no date")
        if abs(self.clock.now() - signed_at) > CLOCK_SKEW:
            return _error(
                403, "InvalidSignatureException", "the signature has expired or is not yet current"
            )
        if found["key"] != ACCESS_KEY:
            return _error(403, "UnrecognizedClientException", "the security token is not valid")
        must = {"host", "x-amz-date"} | {
            name for name in request.headers if name.startswith("x-amz-")
        }
        is_scope_right = found["scope"] == f"{date[:8]}/{REGION}/ses/aws4_request"
        if (
            not is_scope_right
            or not must <= set(names)
            or not hmac.compare_digest(
                _signature(request, found["scope"], names), found["signature"]
            )
        ):
            return _error(403, "SignatureDoesNotMatchException", "the signature does not match")
        return None

    def _send(self, entry: Any, template: dict[str, Any], source: bytes) -> dict[str, str]:
        addresses = entry["Destination"].get("ToAddresses", [])
        content = template.get("TemplateContent")
        if content is None:
            return {
                "Status": "TEMPLATE_NOT_FOUND",
                "Error": f"Template {template.get('TemplateName')} does not exist",
            }
        if any(address.endswith("@invalid.example") for address in addresses):
            return {"Status": "MESSAGE_REJECTED", "Error": f"Address {addresses[0]} is not valid"}
        replacement = entry.get("ReplacementEmailContent", {}).get("ReplacementTemplate", {})
        data = {
            **json.loads(template.get("TemplateData", "{}")),
            **json.loads(replacement.get("ReplacementTemplateData", "{}")),
        }
        subject, text, html = (
            _fill(content.get(part, ""), data) for part in ("Subject", "Text", "Html")
        )
        tags = {tag["Name"]: tag["Value"] for tag in entry.get("ReplacementTags", [])}
        headers = json.dumps(entry.get("ReplacementHeaders", []))
        numbers = [
            self.store.add_received(
                "ses",
                "email",
                address,
                text,
                title=subject,
                key=tags.get("delivery_id"),
                source=headers + html,
            )
            for address in addresses
        ]
        return {"Status": "SUCCESS", "MessageId": f"0102{numbers[0]:012x}-sandbox"}


def _wrong_call(body: Any, entries: Any, template: Any) -> str | None:
    """What SES refuses a whole call for."""
    if not isinstance(entries, list) or not 1 <= len(entries) <= ENTRIES:
        return f"1 to {ENTRIES} entries a call"
    if not body.get("FromEmailAddress") or not isinstance(template, dict):
        return "FromEmailAddress and DefaultContent.Template are required"
    return next((wrong for entry in entries if (wrong := _wrong_entry(entry)) is not None), None)


def _wrong_entry(entry: Any) -> str | None:
    addresses = entry.get("Destination", {}).get("ToAddresses", [])
    if not addresses or not all(ADDRESS.fullmatch(address) for address in addresses):
        return "Illegal address"
    data = (
        entry.get("ReplacementEmailContent", {})
        .get("ReplacementTemplate", {})
        .get("ReplacementTemplateData", "{}")
    )
    headers = entry.get("ReplacementHeaders", [])
    if len(data) > DATA_CHARACTERS:
        return "ReplacementTemplateData is too long"
    if len(headers) > HEADERS or not all(
        HEADER_NAME.fullmatch(h["Name"]) and HEADER_VALUE.fullmatch(h["Value"]) for h in headers
    ):
        return "a header is not valid"
    try:
        return (
            None if isinstance(json.loads(data), dict) else "ReplacementTemplateData is no object"
        )
    except ValueError:
        return "ReplacementTemplateData is not JSON"


def _fill(template: str, data: dict[str, Any]) -> str:
    """Handlebars' variables: {{x}} is escaped, {{{x}}} is not."""

    def value(found: re.Match[str]) -> str:
        if found[1]:
            return str(data.get(found[1], ""))
        return (
            str(data.get(found[2], ""))
            .replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace('"', "&quot;")
        )

    return VARIABLE.sub(value, template)


def _signature(request: Request, scope: str, names: list[str]) -> str:
    lines = [f"{name}:{re.sub(' +', ' ', request.headers.get(name, '').strip())}" for name in names]
    query = "&".join(
        f"{quote(k, safe='-_.~')}={quote(v[0], safe='-_.~')}"
        for k, v in sorted(request.query.items())
    )
    body = hashlib.sha256(request.body).hexdigest()
    canonical = "\n".join([request.method, request.path, query, *lines, "", ";".join(names), body])
    text = "\n".join(
        [
            "AWS4-HMAC-SHA256",
            request.headers["x-amz-date"],
            scope,
            hashlib.sha256(canonical.encode()).hexdigest(),
        ]
    )
    key = b"AWS4" + SECRET.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def _error(status: int, name: str, message: str) -> Reply:
    return Reply(status, {"message": message}, {"x-amzn-ErrorType": name})
