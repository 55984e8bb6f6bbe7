"""The first-party cookie of a browser that follows a QR code or a share link of the service."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from sluice.activations.inbox.events import new_id

COOKIE, YEAR = "sluice_id", 31_536_000
VISITOR = re.compile(r"[\w-]{8,64}", re.ASCII)


def visitor_of(request: Request) -> str | None:
    """The browser's id; None for who asks not to be tracked."""
    if "1" in {request.headers.get("dnt"), request.headers.get("sec-gpc")}:
        return None
    given = request.cookies.get(COOKIE, "")
    return given if VISITOR.fullmatch(given) else new_id()


def remember(
    answer: Response, value: str, *, is_https: bool, name: str = COOKIE, path: str = "/"
) -> None:
    """Have the browser keep a value for a year."""
    secure = "; Secure" if is_https else ""
    text = f"{name}={value}; Path={path}; Max-Age={YEAR}; SameSite=Lax{secure}"
    answer.headers.append("Set-Cookie", text)
