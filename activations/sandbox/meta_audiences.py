"""Audiences as Meta keeps them: hashes only, at most 10,000 rows, members by EXTERN_ID, a count of
what could not be read.
"""

from __future__ import annotations

import json
import re
from typing import Any

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

TOKEN = "sandbox-ads-token"
PATH = re.compile(r"/v\d+\.\d+/(\d+)/users")
KEYS = {
    "EXTERN_ID",
    "EMAIL",
    "PHONE",
    "FN",
    "LN",
    "CT",
    "ST",
    "ZIP",
    "COUNTRY",
    "GEN",
    "DOBY",
    "DOBM",
    "DOBD",
    "MADID",
}
PLAIN = {"EXTERN_ID", "MADID"}
HASH = re.compile(r"[0-9a-f]{64}")
LIMIT = 10_000
CHANNEL = "audience"


class MetaAudiencesVendor:
    """POST and DELETE /<version>/<audience>/users."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, and the token."""
        return {"url": url, "token": TOKEN}

    def handle(self, request: Request) -> Reply:
        """Answer as the Graph API does: errors are an object with a code."""
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return error(400, 190, "the access token is not valid")
        found = PATH.fullmatch(request.path)
        if found is None or request.method not in {"POST", "DELETE"}:
            return error(400, 100, "no such object")
        try:
            body = request.json()
            schema, data = body["payload"]["schema"], body["payload"]["data"]
            session = body["session"]
        except (ValueError, KeyError, TypeError):
            return error(400, 100, "session and payload are required")
        is_right = (
            set(schema) <= KEYS
            and 1 <= len(data) <= LIMIT
            and session["session_id"] > 0
            and session["batch_seq"] >= 1
        )
        if not is_right or any(len(row) != len(schema) for row in data):
            return error(400, 100, "Invalid parameter")
        return self._change(request.method, found[1], schema, data, session["session_id"])

    def fault_reply(self, fault: HttpFault) -> Reply:
        """Limits and tokens come as 400."""
        codes = {"500": (500, 2), "429": (400, 80003), "401": (400, 190)}
        return error(*codes[fault], "scripted")

    def members(self, audience: str) -> dict[str, dict[str, str]]:
        """Members of an audience by EXTERN_ID, with their hashes."""
        found: dict[str, dict[str, str]] = {}
        rows = self.store.rows(
            "select title, recipient, body from received where vendor = 'meta_audiences' and key ="
            " ? order by received_id",
            (audience,),
        )
        for title, member, body in rows:
            if title == "POST":
                found[member] = json.loads(body)
            else:
                found.pop(member, None)
        return found

    def _change(
        self, method: str, audience: str, schema: list[str], data: list[list[str]], session_id: int
    ) -> Reply:
        rows = [dict(zip(schema, row, strict=True)) for row in data]
        good = [row for row in rows if _is_good(row)]
        for row in good:
            shown = json.dumps(
                {name: value for name, value in row.items() if name not in PLAIN and value}
            )
            self.store.add_received(
                "meta_audiences", CHANNEL, row["EXTERN_ID"], shown, title=method, key=audience
            )
        self.store.add_call("meta_audiences", method.lower(), len(good))
        answer = {"audience_id": audience, "session_id": str(session_id), "num_received": len(rows)}
        return Reply(
            200,
            {**answer, "num_invalid_entries": len(rows) - len(good), "invalid_entry_samples": {}},
        )


def error(status: int, code: int, message: str) -> Reply:
    """An error object of the Graph API."""
    return Reply(
        status,
        {
            "error": {
                "message": message,
                "type": "OAuthException",
                "code": code,
                "fbtrace_id": "sandbox",
            }
        },
    )


def _is_good(row: dict[str, str]) -> bool:
    """Whatever is not plain is a hash in lower-case hex, and something names a person."""
    return bool(row.get("EXTERN_ID")) and all(
        HASH.fullmatch(v) for name, v in row.items() if name not in PLAIN and v
    )
