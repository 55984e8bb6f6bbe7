"""Actions of users as Tencent Ads keeps them: token, clock and nonce are checked, a wrong parameter
refuses the call, and an outer_action_id that came before is dropped.
"""

from __future__ import annotations

import json
import re
from typing import Any

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.tencent_audiences import ACCOUNT, HASH, refused, refused_query
from sluice.activations.sandbox.web import Reply, Request

TOKEN, ACTION_SET, APP_ID = "sandbox-tencent-actions", 1110000001, "wx0000000000000001"
PATH = re.compile(r"/v\d+\.\d+/user_actions/add")
OUTER_ID = re.compile(r"\w{1,255}", re.ASCII)
LIMIT, LARGEST = 50, 50_000


class TencentConversionsVendor:
    """POST /<version>/user_actions/add."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.nonces: set[str] = set()

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, the account, its token and its data source."""
        return {
            "url": url, "token": TOKEN, "account_id": ACCOUNT, "user_action_set_id": ACTION_SET,
            "wechat_app_id": APP_ID,
        }  # fmt: skip

    def handle(self, request: Request) -> Reply:
        """200 with a code, as all calls are answered."""
        if not PATH.fullmatch(request.path) or request.method != "POST":
            return refused(12007, "The API you requested is unknown")
        if reply := refused_query(request, TOKEN, self.nonces, self.clock):
            return reply
        try:
            body = request.json()
            actions = body["actions"]
            if (str(body["account_id"]), body["user_action_set_id"]) != (ACCOUNT, ACTION_SET):
                return refused(12201, "Parameter 'account_id' is invalid")
            is_right = 1 <= len(actions) <= LIMIT and len(request.body) <= LARGEST
            is_right = is_right and all(_is_good(one) for one in actions)
        except (ValueError, KeyError, TypeError, AttributeError):
            return refused(12003, "JSON string is malformed")
        return self._keep(actions) if is_right else refused(18002, "a parameter is wrong")

    def fault_reply(self, fault: HttpFault) -> Reply:
        """Limits and tokens come as codes."""
        codes = {"429": 11017, "401": 11000}
        return Reply(500) if fault == "500" else refused(codes[fault], "scripted")

    def actions(self) -> dict[str, dict[str, Any]]:
        """The actions that arrived, by outer_action_id."""
        rows = self.store.rows(
            "select key, body from received where vendor = 'tencent_conversions'"
            " order by received_id desc",
            (),
        )
        return {key: json.loads(body) for key, body in rows}

    def _keep(self, actions: list[dict[str, Any]]) -> Reply:
        known = self.actions()
        new = {one["outer_action_id"]: one for one in actions}
        for key, one in new.items():
            if key in known:
                continue
            who = str(next(iter((one.get("user_id") or one["trace"]).values())))
            shown = json.dumps(one, ensure_ascii=False)
            self.store.add_received(
                "tencent_conversions", "conversion", who, shown, title=one["action_type"], key=key
            )
        self.store.add_call("tencent_conversions", "post", len(new.keys() - known.keys()))
        return Reply(200, {"code": 0, "message": "", "message_cn": ""})


def _is_good(action: dict[str, Any]) -> bool:
    """Who, when and what are there; a phone is a hash, WeChat's ids come with their app."""
    user, trace = action.get("user_id", {}), action.get("trace", {})
    phone, wechat = user.get("sha256_phone"), {"wechat_openid", "wechat_unionid"} & user.keys()
    return (
        bool(OUTER_ID.fullmatch(action["outer_action_id"]))
        and isinstance(action["action_time"], int)
        and bool(action["action_type"])
        and (action["action_type"] != "CUSTOM" or bool(action.get("custom_action")))
        and bool(phone or wechat or trace.get("click_id"))
        and (phone is None or bool(HASH.fullmatch(phone)))
        and (not wechat or bool(user.get("wechat_app_id")))
        and isinstance(action.get("action_param", {}).get("value", 0), int)
    )
