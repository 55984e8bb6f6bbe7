"""How both vendors refuse: HTTP 200 with an errcode."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.web import Reply, Request

FAULTS = {"500": -1, "429": 45011, "401": 40001}


class Refused(Exception):
    """A call that did nothing: its errcode, and what the answer has besides."""

    def __init__(self, errcode: int, **more: Any) -> None:
        super().__init__(errcode)
        self.errcode, self.more = errcode, more


class Script:
    """Errcodes that the next calls of a path meet, in order."""

    def __init__(self) -> None:
        self._codes: dict[str, deque[int]] = {}

    def add(self, path: str, *errcodes: int) -> None:
        """The next calls of a path end in these."""
        self._codes.setdefault(path, deque()).extend(errcodes)

    def meet(self, path: str) -> None:
        """Raises Refused when this call is one of them."""
        if self._codes.get(path):
            raise Refused(self._codes[path].popleft())


def refusal(errcode: int, **more: Any) -> Reply:
    """The answer of a refused call; like the vendors', its text holds a number to ask them with."""
    return Reply(
        200, {"errcode": errcode, "errmsg": f"refused hint: [sandbox] rid: {errcode}", **more}
    )


def fault_reply(fault: HttpFault) -> Reply:
    """Busy, too many calls, a token that is not good: words of these vendors for 500, 429 and
    401.
    """
    return refusal(FAULTS[fault])


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a call.

    Refuses what is no UTF-8 or no JSON (47001), and escapes (40033).
    """
    try:
        text = request.body.decode("utf-8")
        body = json.loads(text)
    except ValueError as error:
        raise Refused(47001) from error
    if not isinstance(body, dict):
        raise Refused(47001)
    if "\\u" in text.replace("\\\\", ""):
        raise Refused(40033)
    return body
