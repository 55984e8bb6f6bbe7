"""A Salesforce-like CRM: OAuth, queries, collections of up to 200 with a result a record, and Bulk
2.0 jobs.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sluice.activations.sandbox import soql
from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.records import Records
from sluice.activations.sandbox.salesforce_jobs import Jobs
from sluice.activations.sandbox.salesforce_rules import check_fields, check_record, error
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN = (
    "sandbox-client",
    "sandbox-client-secret",
    "sandbox-refresh-token",
)
SESSION = timedelta(hours=2)
COLLECTION_LIMIT = 200
PAGE = 2_000
UPSERT = re.compile(r"composite/sobjects/(\w+)/(\w+)")
USERS = [
    {"Id": "005A", "Email": "owner@sandbox.example", "IsActive": True},
    {"Id": "005B", "Email": "second@sandbox.example", "IsActive": True},
    {"Id": "005C", "Email": "twice@sandbox.example", "IsActive": True},
    {"Id": "005D", "Email": "twice@sandbox.example", "IsActive": True},
    {"Id": "005E", "Email": "left@sandbox.example", "IsActive": False},
]
STAGES = [
    {
        "ApiName": "Prospecting",
        "MasterLabel": "初步接洽",
        "SortOrder": 1,
        "IsClosed": False,
        "IsWon": False,
    },
    {
        "ApiName": "Closed Won",
        "MasterLabel": "成交",
        "SortOrder": 2,
        "IsClosed": True,
        "IsWon": True,
    },
]


class SalesforceVendor:
    """The token endpoint, and /services/data/vNN.N."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.records = Records(store, clock, "salesforce")
        self.tokens: dict[str, datetime] = {}
        self.jobs = Jobs(self)

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, and how to log in; a job is asked after without delay."""
        return {
            "url": url,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "bulk_poll_seconds": 0.01,
        }

    def handle(self, request: Request) -> Reply:
        """Answer as Salesforce does."""
        if request.path == "/services/oauth2/token":
            return self._login({name: values[0] for name, values in request.form.items()})
        if (
            self.tokens.get(request.headers.get("authorization", "")[7:], self.clock.now())
            <= self.clock.now()
        ):
            return Reply(401, [error("INVALID_SESSION_ID", "Session expired or invalid")])
        path = re.sub(r"^/services/data/v[0-9]+\.[0-9]/", "", request.path)
        if path.startswith("jobs/ingest"):
            return self.jobs.handle(request, path)
        try:
            return self._route(request, path)
        except (ValueError, KeyError, TypeError):
            return Reply(400, [error("JSON_PARSER_ERROR", "the body is not valid")])

    def fault_reply(self, fault: HttpFault) -> Reply:
        """Salesforce has no 429: a used-up limit is a 403."""
        words = {
            "500": "UNKNOWN_EXCEPTION",
            "429": "REQUEST_LIMIT_EXCEEDED",
            "401": "INVALID_SESSION_ID",
        }
        return Reply(
            {"429": 403}.get(fault, int(fault)), [error(words[fault], f"scripted {fault}")]
        )

    def upsert(
        self, sobject: str, id_field: str, given: Mapping[str, Any]
    ) -> tuple[str, bool] | list[dict[str, Any]]:
        """One record by its external id: (id, whether it is new), or the errors."""
        key = str(given.get(id_field) or "")
        found = self.records.find(sobject, key) if key else None
        errors = check_record(sobject, given, is_new=found is None) if key else [_missing(id_field)]
        if errors:
            return errors
        return self.records.upsert(sobject, key, given)

    def _login(self, form: Mapping[str, str]) -> Reply:
        if form.get("client_id") != CLIENT_ID:
            return Reply(
                400,
                {"error": "invalid_client_id", "error_description": "client identifier invalid"},
            )
        if form.get("client_secret") != CLIENT_SECRET:
            return Reply(
                400, {"error": "invalid_client", "error_description": "invalid client credentials"}
            )
        is_refresh = form.get("grant_type") == "refresh_token"
        if is_refresh and form.get("refresh_token") != REFRESH_TOKEN:
            return Reply(
                400, {"error": "invalid_grant", "error_description": "expired access/refresh token"}
            )
        if not is_refresh and form.get("grant_type") != "client_credentials":
            return Reply(
                400,
                {
                    "error": "unsupported_grant_type",
                    "error_description": "grant type not supported",
                },
            )
        token = secrets.token_hex(16)
        self.tokens[token] = self.clock.now() + SESSION
        return Reply(
            200, {"access_token": token, "instance_url": "http://127.0.0.1", "token_type": "Bearer"}
        )

    def _route(self, request: Request, path: str) -> Reply:
        if path in {"query", "queryAll"} or path.startswith("query/"):
            return self._query(request, path)
        if path == "composite/sobjects" and request.method == "DELETE":
            return self._delete(request.query["ids"][0].split(","))
        upserted = UPSERT.fullmatch(path)
        if request.method == "PATCH" and upserted:
            return self._collection(request.json(), upserted[1], upserted[2])
        if request.method == "POST" and path == "composite/sobjects":
            return self._collection(request.json(), None, "")
        return Reply(404, [error("NOT_FOUND", "The requested resource does not exist")])

    def _collection(self, body: Mapping[str, Any], sobject: str | None, id_field: str) -> Reply:
        given = body["records"]
        if not 1 <= len(given) <= COLLECTION_LIMIT:
            return Reply(400, [error("EXCEEDED_ID_LIMIT", "record limit reached")])
        types = {one["attributes"]["type"] for one in given}
        if (
            len(types) > 1
            or (sobject is not None and types != {sobject})
            or any("Id" in one for one in given)
        ):
            return Reply(400, [error("INVALID_FIELD", "records are of one type and have no Id")])
        rows = [
            {name: value for name, value in one.items() if name != "attributes"} for one in given
        ]
        kind = sobject or next(iter(types))
        unknown = next((name for row in rows for name in check_fields(row)), None)
        if unknown is not None:
            return Reply(
                400,
                [error("INVALID_FIELD", f"No such column '{unknown}' on sobject of type {kind}")],
            )
        answers = [
            _shown(self.upsert(kind, id_field, row) if sobject else self._create(kind, row))
            for row in rows
        ]
        self.store.add_call("salesforce", "upsert", sum(one["success"] for one in answers))
        return Reply(200, answers)

    def _create(self, kind: str, row: Mapping[str, Any]) -> tuple[str, bool] | list[dict[str, Any]]:
        if kind == "CampaignMember":
            key = f"{row['CampaignId']}:{row['ContactId']}"
            if self.records.find(kind, key):
                return [
                    {
                        "statusCode": "DUPLICATE_VALUE",
                        "message": "Already a campaign member.",
                        "fields": [],
                    }
                ]
            return self.records.create(kind, key, row), True
        return check_record(kind, row, is_new=True) or (self.records.create(kind, None, row), True)

    def _delete(self, ids: list[str]) -> Reply:
        if len(ids) > COLLECTION_LIMIT:
            return Reply(400, [error("EXCEEDED_ID_LIMIT", "record limit reached")])
        kinds = {
            str(row[1]): str(row[0])
            for row in self.store.rows("select object, record_id from records")
        }
        answers = []
        for one in ids:
            is_there = self.records.remove(kinds.get(one, ""), one)
            code = "ENTITY_IS_DELETED" if one in kinds else "MALFORMED_ID"
            gone = [{"statusCode": code, "message": "gone", "fields": []}]
            answers.append({"id": one, "success": is_there, "errors": [] if is_there else gone})
        self.store.add_call(
            "salesforce", "delete", sum(bool(answer["success"]) for answer in answers)
        )
        return Reply(200, answers)

    def _query(self, request: Request, path: str) -> Reply:
        text, offset = (
            (request.query["q"][0], 0) if path in {"query", "queryAll"} else self._cursor(path)
        )
        try:
            query = soql.read(text)
        except soql.BadQuery:
            return Reply(400, [error("MALFORMED_QUERY", "unexpected token")])
        rows = [row for row in self._rows(query.kind, "queryAll" in path) if query.keep(row)]
        for name in reversed(query.order):
            rows.sort(key=lambda row: row.get(name) or "")
        rows = rows[: query.limit]
        page = [
            {name: _text(row.get(name)) for name in query.names}
            for row in rows[offset : offset + PAGE]
        ]
        more: dict[str, Any] = {"done": offset + PAGE >= len(rows)}
        if not more["done"]:
            self._queries = text
            more["nextRecordsUrl"] = (
                f"{request.path.partition('/query')[0]}/query/0r8-{offset + PAGE}"
            )
        return Reply(200, {"totalSize": len(rows), "records": page, **more})

    def _cursor(self, path: str) -> tuple[str, int]:
        return self._queries, int(path.rpartition("-")[2])

    def _rows(self, kind: str, with_deleted: bool) -> list[dict[str, Any]]:
        if kind in {"User", "OpportunityStage"}:
            return [dict(row) for row in (USERS if kind == "User" else STAGES)]
        there = [(one, False) for one in self.records.every(kind)]
        gone = [(one, True) for one in self.records.deleted(kind)] if with_deleted else []
        return [
            {
                **one.properties,
                "Id": one.record_id,
                "SystemModstamp": one.updated_at,
                "IsDeleted": is_gone,
            }
            for one, is_gone in there + gone
        ]


def _shown(found: tuple[str, bool] | list[dict[str, Any]]) -> dict[str, Any]:
    if isinstance(found, list):
        return {"success": False, "errors": found}
    return {"id": found[0], "success": True, "errors": [], "created": found[1]}


def _missing(name: str) -> dict[str, Any]:
    return {"statusCode": "MISSING_ARGUMENT", "message": f"{name} not specified", "fields": []}


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return (
            value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.")
            + f"{value.microsecond // 1000:03d}+0000"
        )
    return value
