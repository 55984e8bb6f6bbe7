"""A 纷享销客-like CRM: HTTP 200 always, an errorCode in the body, a limit of calls an interface, and no
key kept unique.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.records import Record, Records
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

APP_ID, APP_SECRET, CODE, CORP = (
    "FSAID_sandbox",
    "sandbox-app-secret",
    "sandbox-code",
    "FSCID_sandbox",
)
USERS = {"+86-13800000001": "FSUID_A", "+86-13800000002": "FSUID_B"}
WRITER = "FSUID_A"
LIFE = timedelta(hours=2)
WINDOW, CALLS_A_WINDOW = timedelta(seconds=20), 100
PATH = re.compile(r"/cgi/crm/(custom/)?v2/data/(\w+)")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
TEXT_LIMIT = 1_000  # characters of a line of text; the sandbox's own
STANDARD = frozenset({"ContactObj", "LeadsObj", "AccountObj", "NewOpportunityObj"})
INVALID = "invalid"
STAGES = [
    {"value": "1", "label": "验证客户"},
    {"value": "5", "label": "赢单"},
    {"value": "6", "label": "输单"},
]


class FxiaokeVendor:
    """The token, employees by mobile, and create, update, query, changeOwner and invalid of
    objects.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.records = Records(store, clock, "fxiaoke")
        self.token, self.until = "", datetime.min.replace(tzinfo=UTC)
        self.calls: dict[str, deque[datetime]] = defaultdict(deque)
        self.readings: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "/cgi/crm/v2/object/describe": _describe,
            "/cgi/user/getByMobile": _employee,
        }
        self.actions: dict[str, Callable[[str, Mapping[str, Any]], dict[str, Any]]] = {
            "query": self._query,
            "create": self._create,
            "update": self._update,
            "changeOwner": self._give,
            "invalid": self._invalidate,
        }

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, and how to log in."""
        return {
            "url": url,
            "app_id": APP_ID,
            "app_secret": APP_SECRET,
            "permanent_code": CODE,
            "open_user_id": WRITER,
        }

    def handle(self, request: Request) -> Reply:
        """Answer as 纷享销客 does."""
        try:
            return Reply(200, self._answer(request.path, request.json()))
        except (ValueError, KeyError, TypeError, AttributeError):
            return Reply(200, _error(32000))

    def fault_reply(self, fault: HttpFault) -> Reply:
        """All of them are a code."""
        return Reply(200, _error({"500": -1, "429": 30004, "401": 20016}[fault]))

    def _answer(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if path == "/cgi/corpAccessToken/get/V2":
            return self._login(body)
        if body.get("corpAccessToken") != self.token or self.clock.now() >= self.until:
            return _error(20016)
        if body.get("corpId") != CORP:
            return _error(20017)
        if self._is_too_often(path):
            return _error(30004)
        if path in self.readings:
            return self.readings[path](body)
        found = PATH.fullmatch(path)
        if found is None or found[2] not in self.actions:
            return _error(10006)
        if body.get("currentOpenUserId") not in USERS.values():
            return _error(20012)
        return self._act(found[2], bool(found[1]), body["data"])

    def _act(self, action: str, is_custom: bool, data: Mapping[str, Any]) -> dict[str, Any]:
        api_name = str((data.get("object_data") or data)["dataObjectApiName"])
        if api_name.endswith("__c") != is_custom or not (is_custom or api_name in STANDARD):
            return _error(15002)
        return self.actions[action](api_name, data)

    def _login(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if (body.get("appId"), body.get("appSecret")) != (APP_ID, APP_SECRET):
            return _error(20006)
        if body.get("permanentCode") != CODE:
            return _error(20015)
        if self.clock.now() >= self.until:  # asked again while it lives, it is the same
            self.token, self.until = (
                f"token-{self.clock.now().timestamp()}",
                self.clock.now() + LIFE,
            )
        left = int((self.until - self.clock.now()).total_seconds())
        return _done(corpAccessToken=self.token, corpId=CORP, expiresIn=left)

    def _is_too_often(self, path: str) -> bool:
        calls, now = self.calls[path], self.clock.now()
        while calls and calls[0] <= now - WINDOW:
            calls.popleft()
        calls.append(now)
        return len(calls) > CALLS_A_WINDOW

    def _query(self, api_name: str, data: Mapping[str, Any]) -> dict[str, Any]:
        info = data["search_query_info"]
        if not 1 <= info["limit"] <= 100 or info["offset"] % info["limit"]:
            return _error(32000)
        rows = [
            shown
            for shown in map(_shown, self.records.every(api_name))
            if all(_holds(shown, one) for one in info["filters"])
        ]
        for order in reversed(info.get("orders", [])):
            rows.sort(
                key=lambda row: _number(row.get(order["fieldName"])), reverse=not order["isAsc"]
            )
        page = rows[info["offset"] : info["offset"] + info["limit"]]
        return _done(data={"dataList": page})

    def _create(self, api_name: str, data: Mapping[str, Any]) -> dict[str, Any]:
        given = {
            name: value
            for name, value in data["object_data"].items()
            if name != "dataObjectApiName"
        }
        refused = _refused(given, is_new=True)
        if refused is not None:
            return _error(refused)
        record_id = self.records.create(api_name, None, given)
        self.store.add_call("fxiaoke", "create", 1)
        return _done() if api_name.endswith("__c") else _done(dataId=record_id)

    def _update(self, api_name: str, data: Mapping[str, Any]) -> dict[str, Any]:
        given = {
            name: value
            for name, value in data["object_data"].items()
            if name not in {"dataObjectApiName", "_id"}
        }
        found = self.records.get(api_name, data["object_data"]["_id"])
        refused = 15002 if found is None or "owner" in given else _refused(given, is_new=False)
        if refused is not None or found is None:
            return _error(refused or 15002)
        self.records.update(found, given)
        return _done()

    def _give(self, api_name: str, data: Mapping[str, Any]) -> dict[str, Any]:
        for one in data["Data"]:
            found = self.records.get(api_name, one["objectDataId"])
            if found is None or one["ownerId"][0] not in USERS.values():
                return _error(30027)
            self.records.update(found, {"owner": one["ownerId"]})
        return _done()

    def _invalidate(self, api_name: str, data: Mapping[str, Any]) -> dict[str, Any]:
        found = self.records.get(api_name, data["object_data_id"])
        if found is not None:
            self.records.remove(api_name, found.record_id)
        return _done()


def _describe(body: Mapping[str, Any]) -> dict[str, Any]:
    if body["data"]["apiName"] != "NewOpportunityObj":
        return _error(15002)
    return _done(data={"describe": {"fields": {"sales_stage": {"options": STAGES}}}})


def _employee(body: Mapping[str, Any]) -> dict[str, Any]:
    user = USERS.get(body["mobile"])
    return _done(empList=[{"openUserId": user}] if user else [])


def _refused(given: Mapping[str, Any], *, is_new: bool) -> int | None:
    if is_new and (not given.get("name") or given.get("owner", [""])[0] not in USERS.values()):
        return 32000
    is_long = any(isinstance(value, str) and len(value) > TEXT_LIMIT for value in given.values())
    return (
        32000
        if is_long or (given.get("email") and not EMAIL.fullmatch(str(given["email"])))
        else None
    )


def _shown(one: Record) -> dict[str, Any]:
    changed = int(one.updated_at.timestamp() * 1000)
    return {**one.properties, "_id": one.record_id, "last_modified_time": changed}


def _holds(row: Mapping[str, Any], condition: Mapping[str, Any]) -> bool:
    value, given = str(row.get(condition["field_name"], "")), condition["field_values"]
    if condition["operator"] in {"GT", "GTE"}:
        is_equal = condition["operator"] == "GTE" and value == given[0]
        return is_equal or _number(value) > _number(given[0])
    return value in given if condition["operator"] == "IN" else [value] == given


def _number(value: Any) -> int:
    return int(value) if str(value).isdecimal() else 0


def _error(code: int) -> dict[str, Any]:
    return {"errorCode": code, "errorMessage": f"refused {code}", "traceId": "E-O.sandbox"}


def _done(**more: Any) -> dict[str, Any]:
    return {
        "errorCode": 0,
        "errorMessage": "OK",
        "errorDescription": "success",
        "traceId": "E-O.sandbox",
        **more,
    }
