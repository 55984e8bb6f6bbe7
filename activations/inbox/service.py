"""The one service: routes of all parts, and what they share."""

from __future__ import annotations

import inspect
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sluice.activations.inbox.answers import BodyError, reply
from sluice.activations.inbox.keeping import GroupCommit

log = logging.getLogger(__name__)
AGAIN = {"Retry-After": "60"}
Endpoint = Callable[[Request], Awaitable[Response]]
Work = Callable[[], AbstractAsyncContextManager[None]]


def build_app(
    routes: Iterable[BaseRoute], commit: GroupCommit | None = None, work: Sequence[Work] = ()
) -> Starlette:
    """The application. An error of a handler is answered with 503, and logged by its kind alone:
    paths and bodies hold personal data. ``work``: what runs in the background while it serves.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for begin in work:
                await stack.enter_async_context(begin())
            yield
        if commit is not None:
            commit.close()

    every = [Route("/", _alive, methods=["GET"]), *routes]
    app = Starlette(
        routes=every,
        lifespan=lifespan,
        middleware=[Middleware(_Guard, direct=_direct(every))],
        exception_handlers={
            404: _plain(404, "no such address\n"),
            405: _plain(405, "not by this method\n"),
        },
    )
    # it would send to what the Host header says, by http behind a proxy, and drop bodies
    app.router.redirect_slashes = False
    return app


def _direct(routes: Iterable[BaseRoute]) -> dict[tuple[str, str], Endpoint]:
    """Endpoints by method and path, of routes without parameters: they are called without a search
    through all routes, which costs more than keeping an event.
    """
    found: dict[tuple[str, str], Endpoint] = {}
    for route in routes:
        if (
            isinstance(route, Route)
            and "{" not in route.path
            and inspect.iscoroutinefunction(route.endpoint)
        ):
            for method in route.methods or ():
                found.setdefault((method, route.path), route.endpoint)
    return found


async def _alive(request: Request) -> Response:
    """For whoever watches that the service lives."""
    return reply("ok\n")


def _plain(status: int, text: str) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        return reply(text, status, headers=getattr(error, "headers", None) or {})

    return answer


class _Guard:
    """Whatever a handler raises, the service stands; what was not kept is asked for again."""

    def __init__(self, app: ASGIApp, direct: Mapping[tuple[str, str], Endpoint]) -> None:
        self._app, self._direct = app, direct

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def watch(message: object) -> None:
            nonlocal begun
            begun = True
            await send(message)  # type: ignore[arg-type]

        try:
            endpoint = self._direct.get((scope["method"], scope["path"]))
            if endpoint is None:
                await self._app(scope, receive, watch)
            else:
                response = await endpoint(Request(scope, receive))
                await response(scope, receive, watch)
        except ClientDisconnect:
            return
        except BodyError as error:
            await reply(f"{error.text}\n", error.status)(scope, receive, send)
        except Exception as error:
            log.error("a call was not kept (%s)", type(error).__name__)
            if not begun:
                await reply("try again\n", 503, headers=AGAIN)(scope, receive, send)
