"""HTTP for calls of vendors: GET and POST of ``/callbacks/<destination>``."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as WebRoute

from sluice.activations.callbacks.routes import NOT_KEPT, Keep, Route, answer
from sluice.activations.destinations.base import CallbackAnswer, CallbackRequest
from sluice.activations.inbox.answers import body_of, reply
from sluice.activations.inbox.keeping import GroupCommit

PREFIX = "/callbacks/"
log = logging.getLogger(__name__)


def callback_routes(
    routes: Mapping[str, Route], keep: Keep, public_url: str, commit: GroupCommit
) -> list[WebRoute]:
    """The address of each destination. ``public_url``: how vendors reach it, which some sign.
    ``commit``: keeps what people did, as a vendor says.
    """

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
        if found.doings and 200 <= found.status < 300 and not await _are_kept(name, found, commit):
            found = NOT_KEPT
        return reply(found.body, found.status, found.content_type, found.headers)

    return [WebRoute(PREFIX + "{name}", handle, methods=["GET", "POST"])]


async def _are_kept(name: str, answer: CallbackAnswer, commit: GroupCommit) -> bool:
    try:
        await commit.keep(answer.doings)
    except Exception as error:  # the vendor calls again: what is kept twice has one key
        log.error("%s: %s events not kept (%s)", name, len(answer.doings), type(error).__name__)
        return False
    return True


def _path_as_sent(request: Request) -> str:
    query = request.scope["query_string"]
    raw = request.scope["raw_path"] + (b"?" + query if query else b"")
    return str(raw.decode("latin-1"))
