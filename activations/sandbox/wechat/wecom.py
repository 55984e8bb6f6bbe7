"""WeCom: tasks that wait for an employee, and a group robot."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request
from sluice.activations.sandbox.wechat.account import BEIJING
from sluice.activations.sandbox.wechat.refusals import (
    Refused,
    Script,
    body_of,
    fault_reply,
    refusal,
)
from sluice.activations.sandbox.wechat.tokens import Tokens

CORPID, SECRET, KEY = "wwsandbox", "sandbox-secret", "sandbox-robot"
EMPLOYEES = frozenset({"zhangsan", "lisi"})
MESSAGES_A_MONTH, ROBOT_A_MINUTE, CUSTOMERS_A_TASK = 4, 20, 10_000
ROBOT_BYTES = {"text": 2048, "markdown": 4096}
TEXT_BYTES = 4000
CUSTOMER = re.compile(r"wm[\w-]{1,62}", re.ASCII)
WAITING, SENT, NOT_FRIEND, LIMIT_REACHED = range(4)


@dataclass
class Task:
    """A message that an employee is asked to send: the customers, and the outcome of each."""

    msgid: str
    sender: str
    body: Mapping[str, Any]
    made_at: datetime
    customers: dict[str, int]
    sent_at: dict[str, int] = field(default_factory=dict)


class WeComVendor:
    """One company.

    ``confirm`` is what an employee does; ``lost`` are customers who deleted their employee.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock, self.tokens = store, clock, Tokens(clock)
        self.script, self.calls = Script(), deque[Request](maxlen=1000)
        self.tasks: dict[str, Task] = {}
        self.lost: set[str] = set()
        self.had: Counter[tuple[str, str]] = Counter()
        self.alerts: deque[datetime] = deque()
        self._lock = threading.Lock()

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, the secrets, and an employee."""
        return {"url": url, "corpid": CORPID, "secret": SECRET, "key": KEY, "sender": "zhangsan"}

    def handle(self, request: Request) -> Reply:
        """Answer as the vendor does: always 200."""
        with self._lock:
            self.calls.append(request)
            try:
                self.script.meet(request.path)
                return Reply(200, {"errcode": 0, "errmsg": "ok", **self._answer(request)})
            except Refused as refused:
                return refusal(refused.errcode, **refused.more)

    def fault_reply(self, fault: HttpFault) -> Reply:
        """An errcode."""
        return (
            refusal(45009)
            if fault == "429"
            else fault_reply(fault)
            if fault == "500"
            else refusal(40014)
        )

    def confirm(self, msgid: str) -> None:
        """The employee sends the task: to each customer who is a friend still and has had fewer
        than four this month.
        """
        with self._lock:
            task, now = self.tasks[msgid], self.clock.now()
            month = now.astimezone(BEIJING).strftime("%Y-%m")
            for customer in task.customers:
                is_full = self.had[customer, month] >= MESSAGES_A_MONTH
                task.customers[customer] = (
                    NOT_FRIEND if customer in self.lost else LIMIT_REACHED if is_full else SENT
                )
                task.sent_at[customer] = int(now.timestamp())
                if task.customers[customer] == SENT:
                    self.had[customer, month] += 1
                    shown = str((task.body.get("text") or {}).get("content", ""))
                    self.store.add_received(
                        "wecom", "wechat", customer, shown, key=msgid, source=_text(task.body)
                    )

    def _answer(self, request: Request) -> dict[str, Any]:
        query = {name: values[-1] for name, values in request.query.items()}
        if request.path == "/cgi-bin/gettoken":
            return self._token(query)
        if request.path == "/cgi-bin/webhook/send":
            return self._alert(query, body_of(request))
        if not query.get("access_token"):
            raise Refused(41001)
        try:
            self.tokens.check(query["access_token"])
        except Refused as refused:  # WeCom has 40014 where the official account has 40001
            raise Refused(40014 if refused.errcode == 40001 else refused.errcode) from refused
        name, body = request.path.removeprefix("/cgi-bin/externalcontact/"), body_of(request)
        actions = {
            "add_msg_template": self._add,
            "get_groupmsg_list_v2": self._list,
            "get_groupmsg_task": self._employees,
            "get_groupmsg_send_result": self._results,
        }
        if name not in actions:
            raise Refused(40066)
        return actions[name](body)

    def _token(self, query: Mapping[str, str]) -> dict[str, Any]:
        if query.get("corpid") != CORPID:
            raise Refused(40013)
        if query.get("corpsecret") != SECRET:
            raise Refused(40001)
        token, seconds = self.tokens.stable()
        return {"access_token": token, "expires_in": seconds}

    def _add(self, body: Mapping[str, Any]) -> dict[str, Any]:
        customers, sender = body.get("external_userid"), body.get("sender")
        if sender not in EMPLOYEES:
            raise Refused(40003)
        if not isinstance(customers, list) or not 1 <= len(customers) <= CUSTOMERS_A_TASK:
            raise Refused(40096)
        if not (body.get("text") or {}).get("content") and not body.get("attachments"):
            raise Refused(44004)
        if len(body.get("attachments") or []) > 9:
            raise Refused(40058)
        if len(str((body.get("text") or {}).get("content", "")).encode()) > TEXT_BYTES:
            raise Refused(40058)
        failed = [one for one in customers if not CUSTOMER.fullmatch(str(one)) or one in self.lost]
        if len(failed) == len(customers):
            raise Refused(41048, fail_list=failed)
        msgid = f"msg{len(self.tasks) + 1:06d}"
        reached = {one: WAITING for one in customers if one not in failed}
        self.tasks[msgid] = Task(msgid, str(sender), dict(body), self.clock.now(), reached)
        return {"fail_list": failed, "msgid": msgid}

    def _list(self, body: Mapping[str, Any]) -> dict[str, Any]:
        start, end = int(body["start_time"]), int(body["end_time"])
        if timedelta(seconds=end - start) > timedelta(days=31):
            raise Refused(40058)
        found = [task for task in self.tasks.values() if start <= task.made_at.timestamp() <= end]
        rows = [
            {
                "msgid": task.msgid,
                "creator": task.sender,
                "create_time": int(task.made_at.timestamp()),
                "text": task.body.get("text"),
            }
            for task in found
        ]
        return _page("group_msg_list", rows, body, 100)

    def _employees(self, body: Mapping[str, Any]) -> dict[str, Any]:
        task = self._task(body)
        return _page(
            "task_list", [{"userid": task.sender, "status": 2 if task.sent_at else 0}], body, 1000
        )

    def _results(self, body: Mapping[str, Any]) -> dict[str, Any]:
        task = self._task(body)
        if body.get("userid") != task.sender:
            raise Refused(40003)
        rows = [
            {
                "external_userid": one,
                "userid": task.sender,
                "status": status,
                "send_time": task.sent_at.get(one, 0),
            }
            for one, status in task.customers.items()
        ]
        return _page("send_list", rows, body, 1000)

    def _task(self, body: Mapping[str, Any]) -> Task:
        if body.get("msgid") not in self.tasks:
            raise Refused(40058)
        return self.tasks[str(body["msgid"])]

    def _alert(self, query: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        if query.get("key") != KEY:
            raise Refused(93000)
        kind = str(body.get("msgtype"))
        content = body.get(kind)
        text = str(content.get("content", "")) if isinstance(content, Mapping) else ""
        if kind not in ROBOT_BYTES or not text:
            raise Refused(40008)
        if len(text.encode()) > ROBOT_BYTES[kind]:
            raise Refused(40058)
        now = self.clock.now()
        while self.alerts and now - self.alerts[0] >= timedelta(minutes=1):
            self.alerts.popleft()
        if len(self.alerts) >= ROBOT_A_MINUTE:
            raise Refused(45009)
        self.alerts.append(now)
        self.store.add_received(
            "wecom_robot", "wecom", "group", text, title=kind, source=_text(body)
        )
        return {}


def _page(
    name: str, rows: list[dict[str, Any]], body: Mapping[str, Any], largest: int
) -> dict[str, Any]:
    start, limit = int(body.get("cursor") or 0), min(int(body.get("limit") or 500), largest)
    following = str(start + limit) if start + limit < len(rows) else ""
    return {name: rows[start : start + limit], "next_cursor": following}


def _text(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True)
