"""``GET /s.js``: the script for sites."""

from __future__ import annotations

import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sluice.activations.inbox.answers import reply
from sluice.activations.inbox.tracker.minify import minify

SOURCE = Path(__file__).with_name("tracker.js")
# pages of any site load it; a new one is there within the hour
HEADERS = {
    "Cache-Control": "public, max-age=3600",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
}


def routes() -> list[Route]:
    """The route of the script, which is read and made small once."""
    script = minify(SOURCE.read_text(encoding="utf-8")).encode()
    tag = f'"{hashlib.sha256(script).hexdigest()[:20]}"'

    async def serve(request: Request) -> Response:
        is_known = tag in request.headers.get("if-none-match", "")
        body, status = (b"", 304) if is_known else (script, 200)
        return reply(body, status, "text/javascript; charset=utf-8", {**HEADERS, "ETag": tag})

    return [Route("/s.js", serve, methods=["GET", "HEAD"])]
