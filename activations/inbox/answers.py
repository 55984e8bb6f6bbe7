"""Answers and pages of the inbox: headers that let nothing else in, and the reading of bodies."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

MAX_BODY = 1_048_576
# what we answer holds tokens and forms of people: no cache, no frame, no foreign script
SAFE = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    ),
}
PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>
body{{font:16px/1.5 system-ui,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;
max-width:36em;margin:3em auto;padding:0 1em;color:#1d2129}}
button{{font:inherit;padding:.5em 1.2em;border:0;border-radius:.3em;background:#1664ff;
color:#fff;cursor:pointer}}
</style></head><body>{body}</body></html>
"""


class BodyError(Exception):
    """A body that is not read: the status and the text of the answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


async def body_of(request: Request, most: int = MAX_BODY) -> bytes:
    """The whole body.

    Raises BodyError for one that is longer than ``most`` bytes, and ClientDisconnect for one that
    was cut off.
    """
    length = request.headers.get("content-length", "")
    codings = request.headers.get("transfer-encoding", "").strip().lower()
    if codings not in {"", "chunked"}:
        raise BodyError(501, "the one Transfer-Encoding that is read is chunked")
    if length.isascii() and length.isdecimal() and int(length[:20]) > most:
        raise BodyError(413, f"the body is longer than {most} bytes")
    if not length and not codings:
        return b""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise BodyError(413, f"the body is longer than {most} bytes")
        parts.append(part)
    return b"".join(parts)


def reply(
    body: str | bytes = b"",
    status: int = 200,
    content_type: str = "text/plain; charset=utf-8",
    headers: Mapping[str, str] = {},
) -> Response:
    """An answer with the safe headers."""
    return Response(body, status, {**SAFE, **headers}, content_type)


def page(body: str, title: str, language: str = "zh", status: int = 200) -> Response:
    """A page; ``body`` is HTML already, what is not ours in it escaped."""
    html = PAGE.format(language=language, title=title, body=body)
    return reply(html, status, "text/html; charset=utf-8")


__all__ = ["MAX_BODY", "SAFE", "BodyError", "ClientDisconnect", "body_of", "page", "reply"]
