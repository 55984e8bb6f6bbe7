"""A server of callbacks for tests: what it keeps, and calls to it."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from starlette.types import ASGIApp

from sluice.activations.callbacks.endpoint import callback_routes
from sluice.activations.callbacks.routes import Route
from sluice.activations.inbox.events import Event
from sluice.activations.inbox.http_server import Limits, Server
from sluice.activations.inbox.keeping import GroupCommit
from sluice.activations.inbox.service import build_app
from sluice.models.delivery import Receipt, Withdrawal


class Kept:
    """What was kept; the ledger may be out of order."""

    def __init__(self) -> None:
        self.news: list[Receipt | Withdrawal] = []
        self.is_broken = False

    def __call__(self, news: Sequence[Receipt | Withdrawal]) -> int:
        if self.is_broken:
            raise OSError("the disk is full")
        self.news.extend(news)
        return len(news)


@contextmanager
def serving(
    routes: Mapping[str, Route],
    keep: Callable[[Sequence[Any]], int],
    base: str = "",
    limits: Limits | None = None,
    keep_doings: Callable[[Sequence[Event], datetime], int] = lambda events, _: len(events),
) -> Iterator[Server]:
    """A server of callbacks at a free port, for the block. ``keep_doings``: the inbox."""
    commit = GroupCommit(keep_doings)
    with serving_app(
        lambda url: build_app(callback_routes(dict(routes), keep, base or url, commit), commit),
        limits,
    ) as server:
        yield server


@contextmanager
def serving_app(make: Callable[[str], ASGIApp], limits: Limits | None = None) -> Iterator[Server]:
    """An application, made for the address it gets, for the block."""
    server = Server(limits=limits)
    thread = server.start(make(server.local_url))
    try:
        yield server
    finally:
        server.stop()
        thread.join(15)


def call(
    server: Server, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    try:
        connection.request(
            method, path, body, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()
