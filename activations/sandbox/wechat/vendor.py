"""The official account's API: tokens are checked, then the body, then what the account and the
person allow.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from sluice.activations.destinations.base import CallbackRequest
from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request
from sluice.activations.sandbox.wechat import mass, messages, tags
from sluice.activations.sandbox.wechat.account import Account
from sluice.activations.sandbox.wechat.calls import Caller
from sluice.activations.sandbox.wechat.refusals import (
    Refused,
    Script,
    body_of,
    fault_reply,
    refusal,
)
from sluice.activations.sandbox.wechat.tokens import Tokens

APPID, SECRET, CALLBACK_TOKEN = "wxsandbox", "sandbox-secret", "sandboxtoken"
CALLBACK_AES_KEY = "sandboxEncodingAESKey0123456789ABCDEFGHIJKL"
ACTIONS: dict[str, Callable[[Account, Mapping[str, Any]], dict[str, Any]]] = {
    "/cgi-bin/message/template/send": messages.send_template,
    "/cgi-bin/message/subscribe/bizsend": messages.send_notice,
    "/cgi-bin/message/custom/send": messages.send_service,
    "/cgi-bin/message/mass/send": mass.send_to_list,
    "/cgi-bin/message/mass/sendall": mass.send_to_tag,
    "/cgi-bin/tags/create": tags.create,
    "/cgi-bin/tags/delete": tags.delete,
    "/cgi-bin/tags/members/batchtagging": tags.tag,
    "/cgi-bin/tags/members/batchuntagging": tags.untag,
}


class WeChatVendor:
    """One official account.

    ``script`` makes calls fail, ``calls`` are the last requests, ``account`` is what people do.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self.account, self.tokens, self.clock = Account(store, clock), Tokens(clock), clock
        self.script, self.calls = Script(), deque[Request](maxlen=1000)
        self.caller = Caller(APPID, CALLBACK_TOKEN, CALLBACK_AES_KEY)
        self._lock = threading.Lock()

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, and the secrets."""
        secrets = {"appid": APPID, "secret": SECRET, "callback_token": CALLBACK_TOKEN}
        return {"url": url, **secrets, "callback_aes_key": self.caller.aes_key}

    def handle(self, request: Request) -> Reply:
        """Answer as the vendor does: always 200."""
        with self._lock:
            self.calls.append(request)
            try:
                self.script.meet(request.path)
                return Reply(200, self._answer(request))
            except Refused as refused:
                return refusal(refused.errcode, **refused.more)

    def fault_reply(self, fault: HttpFault) -> Reply:
        """An errcode."""
        return fault_reply(fault)

    def callbacks(self) -> list[CallbackRequest]:
        """What the account has to tell since it was asked last, as calls to the server address."""
        with self._lock:
            events, self.account.events = self.account.events, []
        return [self.caller.tell(event, int(self.clock.now().timestamp())) for event in events]

    def _answer(self, request: Request) -> dict[str, Any]:
        query = {name: values[-1] for name, values in request.query.items()}
        if request.path == "/cgi-bin/token":
            return self._token(query, is_stable=False)
        if request.path == "/cgi-bin/stable_token":
            return self._token(body_of(request), is_stable=True)
        if not query.get("access_token"):
            raise Refused(41001)
        self.tokens.check(query["access_token"])
        if request.path == "/cgi-bin/tags/get":
            return tags.list_tags(self.account)
        if request.path not in ACTIONS:
            raise Refused(40066)
        if request.method != "POST":
            raise Refused(43002)
        return ACTIONS[request.path](self.account, body_of(request))

    def _token(self, given: Mapping[str, Any], *, is_stable: bool) -> dict[str, Any]:
        if given.get("grant_type") != "client_credential":
            raise Refused(40002)
        if given.get("appid") != APPID:
            raise Refused(40013)
        if given.get("secret") != SECRET:
            raise Refused(40125)
        token, seconds = (
            self.tokens.stable(bool(given.get("force_refresh")))
            if is_stable
            else self.tokens.plain()
        )
        return {"access_token": token, "expires_in": seconds}
