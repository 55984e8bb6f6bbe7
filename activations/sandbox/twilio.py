"""A Twilio-like SMS provider: checks login, sender, number and body, and answers as Messages.json
of 2010-04-01 does.
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.sms_phones import has_opted_out, is_sendable
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

ACCOUNT, TOKEN, SERVICE = "AC" + "0" * 32, "sandbox-auth-token", "MG" + "0" * 32
BODY_LIMIT = 1600
CALLBACK = re.compile(r"https?://\S+")


class TwilioVendor:
    """POST Messages.json."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, the login, and a messaging service."""
        return {
            "url": url,
            "account_sid": ACCOUNT,
            "auth_token": TOKEN,
            "sender": SERVICE,
            "callback_url": "https://shop.example/callbacks/twilio",
        }

    def handle(self, request: Request) -> Reply:
        """Answer as Twilio does."""
        login = b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {login}":
            return _error(401, 20003)
        if (request.method, request.path) != (
            "POST",
            f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        ):
            return _error(404, 20404)
        form = {name: values[0] for name, values in request.form.items()}
        code = refusal(form)
        if code is not None:
            return _error(400, code)
        row = self.store.add_received(
            "twilio", "sms", form["To"], form["Body"], key=delivery_in(form.get("StatusCallback"))
        )
        self.store.add_call("twilio", "Messages", 1)
        return Reply(
            201,
            {
                "sid": f"SM{row:032x}",
                "status": "queued",
                "to": form["To"],
                "body": form["Body"],
                "error_code": None,
            },
        )

    def fault_reply(self, fault: HttpFault) -> Reply:
        """Twilio's error object."""
        return _error(int(fault), {"500": 20500, "429": 20429, "401": 20003}[fault])


def delivery_in(url: str | None) -> str | None:
    """Our id in the address of a callback."""
    found = parse_qs(urlsplit(url or "").query).get("delivery")
    return found[0] if found else None


def refusal(form: dict[str, str]) -> int | None:
    """The error code of a form, if there is one."""
    checks = [
        (form.get("MessagingServiceSid", form.get("From")) is None, 21603),
        (form.get("MessagingServiceSid", SERVICE) != SERVICE or "From" in form, 21606),
        (not is_sendable(form.get("To", "")), 21211),
        (has_opted_out(form.get("To", "")), 21610),
        (not form.get("Body", "").strip(), 21602),
        (len(form.get("Body", "")) > BODY_LIMIT, 21617),
        ("StatusCallback" in form and not CALLBACK.fullmatch(form["StatusCallback"]), 21609),
    ]
    return next((code for is_wrong, code in checks if is_wrong), None)


def _error(status: int, code: int) -> Reply:
    return Reply(status, {"code": code, "message": "refused", "more_info": "", "status": status})
