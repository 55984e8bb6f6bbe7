"""A callback server for tests: what it keeps, and calls to it."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sluice.activations.callbacks.routes import Route
from sluice.activations.callbacks.server import CallbackServer
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
    routes: Mapping[str, Route], keep: Callable[[Sequence[Any]], int], base: str | None = None
) -> Iterator[CallbackServer]:
    """A server at a free port, for the block."""
    named = () if base is None else (base,)
    running = CallbackServer(dict(routes), keep, "127.0.0.1", 0, *named)
    threading.Thread(
        target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    ).start()
    try:
        yield running
    finally:
        running.shutdown()
        running.server_close()


def call(
    server: CallbackServer, method: str, path: str, body: bytes | None = None, **headers: str
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
