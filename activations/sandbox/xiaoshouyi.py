"""A 销售易-like CRM: OAuth by password, records under xobjects, queries in XOQL, and a code in the
body of each answer.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.records import KeyTaken, Records
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

CLIENT_ID, CLIENT_SECRET, USERNAME, PASSWORD = (
    "sandbox-client",
    "sandbox-secret",
    "sync@sandbox.example",
    "secret12345678",
)
KEY_FIELD = "sluiceKey__c"
LIFE = timedelta(hours=2)
STAGES = {"11": "初步接洽", "15": "赢单", "16": "输单"}
USERS = [
    {"id": "71", "email": "owner@sandbox.example"},
    {"id": "72", "email": "second@sandbox.example"},
]
REQUIRED = {
    "contact": "contactName",
    "lead": "name",
    "account": "accountName",
    "opportunity": "opportunityName",
    "task": "taskName",
}
RECORD = re.compile(r"/rest/data/v2\.0/xobjects/(\w+)(?:/(\d+))?")
QUERY = re.compile(r"select ([\w, ]+) from (\w+) where (\w+) in \((.+)\) order by id", re.S)
DEALS = re.compile(
    r"select ([\w, ]+) from (\w+) where updatedAt (>=|=) (\d+)(?: and id > (\d+))?"
    r" order by (updatedAt, id|id) limit (\d+)"
)
STRING = re.compile(r"'((?:[^'\\]|\\.)*)'")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
TEXT_LIMIT = 1_000  # characters of a line of text; the sandbox's own
REFUSED, DUPLICATE, NO_RECORD = 1010, 1020, 404


class XiaoshouyiVendor:
    """The token endpoint, xobjects and XOQL.

    Its codes for a refused value and a taken key are the sandbox's own.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.records = Records(store, clock, "xiaoshouyi")
        self.tokens: dict[str, datetime] = {}

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, how to log in, and the code of a taken key."""
        login = {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "username": USERNAME,
            "password": PASSWORD,
        }
        return {"url": url, **login, "duplicate_codes": [str(DUPLICATE)], "deal_stages": STAGES}

    def handle(self, request: Request) -> Reply:
        """Answer as 销售易 does."""
        if request.path == "/oauth2/token.action":
            return self._login({name: values[0] for name, values in request.form.items()})
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.tokens.get(token, self.clock.now()) <= self.clock.now():
            return Reply(401, {"code": 401, "msg": "token is not valid"})
        try:
            return Reply(200, self._answer(request))
        except (ValueError, KeyError, TypeError, AttributeError):
            return Reply(200, _error(REFUSED))

    def fault_reply(self, fault: HttpFault) -> Reply:
        """A 429 is a code in an answer 200."""
        return Reply(200, _error(429)) if fault == "429" else Reply(int(fault), _error(int(fault)))

    def _login(self, form: Mapping[str, str]) -> Reply:
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return Reply(400, {"error": "invalid_client", "error_description": "refused"})
        if (form.get("username"), form.get("password"), form.get("grant_type")) != (
            USERNAME,
            PASSWORD,
            "password",
        ):
            return Reply(400, {"error": "invalid_grant", "error_description": "refused"})
        token = secrets.token_hex(16)
        self.tokens[token] = self.clock.now() + LIFE
        return Reply(
            200,
            {"access_token": token, "refresh_token": secrets.token_hex(8), "token_type": "Bearer"},
        )

    def _answer(self, request: Request) -> dict[str, Any]:
        if request.path == "/rest/data/v2.0/query/xoql":
            return self._query(request.form["xoql"][0])
        found = RECORD.fullmatch(request.path)
        if found is None or found[1] not in REQUIRED:
            return _error(NO_RECORD)
        if request.method == "POST":
            return self._create(found[1], request.json()["data"])
        return self._change(found[1], found[2], request)

    def _create(self, kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
        if not given.get(REQUIRED[kind]) or _is_bad(given):
            return _error(REFUSED)
        try:
            record_id = self.records.create(kind, given.get(KEY_FIELD), given)
        except KeyTaken:
            return _error(DUPLICATE)
        self.store.add_call("xiaoshouyi", "create", 1)
        return _done({"id": int(record_id)})

    def _change(self, kind: str, record_id: str, request: Request) -> dict[str, Any]:
        record = self.records.get(kind, record_id)
        if record is None:
            return _error(NO_RECORD)
        if request.method == "DELETE":
            self.records.remove(kind, record_id)
            return _done({})
        given = request.json()["data"]
        if _is_bad(given):
            return _error(REFUSED)
        self.records.update(record, given)
        return _done({"id": int(record_id)})

    def _query(self, text: str) -> dict[str, Any]:
        if changed := DEALS.fullmatch(text):
            return self._changed(*changed.groups())
        found = QUERY.fullmatch(text)
        if found is None:
            return _error(REFUSED)
        names = [name.strip() for name in found[1].split(",")]
        values = {re.sub(r"\\(.)", r"\1", value) for value in STRING.findall(found[4])}
        rows = self._rows(found[2])
        kept = [
            {name: row.get(name) for name in names}
            for row in rows
            if str(row.get(found[3])) in values
        ]
        return _done({"totalSize": len(kept), "count": len(kept), "records": kept})

    def _changed(
        self, names: str, kind: str, operator: str, start: str, after: str, order: str, limit: str
    ) -> dict[str, Any]:
        kept = [
            row
            for row in self._rows(kind)
            if (
                row["updatedAt"] == int(start)
                if operator == "="
                else row["updatedAt"] >= int(start)
            )
            and row["id"] > int(after or -1)
        ]
        kept.sort(key=lambda row: (row["updatedAt"] if "updatedAt" in order else 0, row["id"]))
        wanted = [name.strip() for name in names.split(",")]
        page = [{name: row.get(name) for name in wanted} for row in kept[: int(limit)]]
        return _done({"totalSize": len(page), "count": len(page), "records": page})

    def _rows(self, kind: str) -> list[dict[str, Any]]:
        if kind == "user":
            return [dict(user) for user in USERS]
        return [
            {
                **one.properties,
                "id": int(one.record_id),
                "updatedAt": int(one.updated_at.timestamp() * 1000),
            }
            for one in self.records.every(kind)
        ]


def _is_bad(given: Mapping[str, Any]) -> bool:
    is_long = any(isinstance(value, str) and len(value) > TEXT_LIMIT for value in given.values())
    return is_long or (bool(given.get("email")) and not EMAIL.fullmatch(str(given["email"])))


def _error(code: int) -> dict[str, Any]:
    return {"code": code, "msg": f"refused {code}"}


def _done(data: dict[str, Any]) -> dict[str, Any]:
    return {"code": 200, "msg": "OK", "data": data}
