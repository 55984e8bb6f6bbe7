"""The calls of an official account to its server address: signed, and encrypted where a key is set,
as developers.weixin.qq.com describes them. A check of the address is a GET, an event or message a
POST.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from sluice.activations.destinations.base import CallbackRequest
from sluice.activations.destinations.wechat.crypto import encrypt, signature
from sluice.activations.destinations.wechat.xml import write_xml

ADDRESS = "https://shop.example/callbacks/wechat"


class Caller:
    """Makes the calls for one account. ``aes_key`` is empty in plain mode."""

    def __init__(self, appid: str, token: str, aes_key: str = "") -> None:
        self.appid, self.token, self.aes_key = appid, token, aes_key

    def check(self, echostr: str, now: int) -> CallbackRequest:
        """The call that an address must answer with ``echostr``."""
        return self._request("GET", {**self._signed(now), "echostr": echostr}, b"")

    def tell(self, fields: Mapping[str, Any], now: int) -> CallbackRequest:
        """One event or message."""
        query, document = self._signed(now), write_xml(fields)
        if not self.aes_key:
            return self._request("POST", query, document.encode())
        encrypted = encrypt(document.encode(), self.aes_key, self.appid)
        given = signature(self.token, query["timestamp"], query["nonce"], encrypted)
        body = write_xml({"ToUserName": str(fields.get("ToUserName", "")), "Encrypt": encrypted})
        return self._request(
            "POST", {**query, "encrypt_type": "aes", "msg_signature": given}, body.encode()
        )

    def _signed(self, now: int) -> dict[str, str]:
        stamp, nonce = str(now), str(secrets.randbelow(10**9))
        return {
            "signature": signature(self.token, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
        }

    def _request(self, method: str, query: Mapping[str, str], body: bytes) -> CallbackRequest:
        text = urlencode(query)
        return CallbackRequest(
            method, f"{ADDRESS}?{text}", text, {"content-type": "text/xml"}, body
        )
