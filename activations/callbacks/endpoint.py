"""HTTP for calls of vendors: GET and POST of ``/callbacks/<destination>``."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as WebRoute

from sluice.activations.callbacks.routes import Keep, Route, answer
from sluice.activations.destinations.base import CallbackRequest
from sluice.activations.inbox.answers import body_of, reply

PREFIX = "/callbacks/"


def callback_routes(routes: Mapping[str, Route], keep: Keep, public_url: str) -> list[WebRoute]:
    """The address of each destination. ``public_url``: how vendors reach it, which some sign."""

    async def handle(request: Request) -> Response:
        body = await body_of(request) if request.method == "POST" else b""
        name = request.path_params["name"]
        call = CallbackRequest(
            "GET" if request.method == "HEAD" else request.method,
            public_url.rstrip("/") + _path_as_sent(request),
            request.scope["query_string"].decode("latin-1"),
            {key.lower(): value for key, value in request.headers.items()},
            body,
        )
        found = await run_in_threadpool(answer, routes, name, call, keep)
        return reply(found.body, found.status, found.content_type, found.headers)

    return [WebRoute(PREFIX + "{name}", handle, methods=["GET", "POST"])]


def _path_as_sent(request: Request) -> str:
    query = request.scope["query_string"]
    raw = request.scope["raw_path"] + (b"?" + query if query else b"")
    return str(raw.decode("latin-1"))
