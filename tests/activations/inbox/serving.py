"""The service for tests: a real server, an inbox in a file, a clock that stands."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.routing import BaseRoute

from sluice.activations.inbox.http_server import Limits, Server
from sluice.activations.inbox.keeping import GroupCommit
from sluice.activations.inbox.service import Work, build_app
from sluice.activations.inbox.store import Inbox

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)


@dataclass
class Reply:
    """An answer, read whole."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Running:
    """A service at work, and what it kept."""

    server: Server
    inbox: Inbox

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        connection = http.client.HTTPConnection(*self.server.server_address, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, found, response.read())
        finally:
            connection.close()

    def post(self, path: str, value: Any, **headers: str) -> Reply:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return self.call("POST", path, json.dumps(value).encode(), named)

    def inbox_rows(self) -> list[dict[str, Any]]:
        """The rows of the inbox."""
        return [row for batch in self.inbox.events_after(0) for row in batch]

    def rows(self) -> list[dict[str, Any]]:
        """What is kept, with the bodies read."""
        found = [row for batch in self.inbox.events_after(0) for row in batch]
        return [{**row, "body": json.loads(row["body"])} for row in found]


@contextmanager
def serving_inbox(
    folder: Path,
    make: Callable[[GroupCommit, str], Sequence[BaseRoute]],
    limits: Limits | None = None,
    clock: Callable[[], datetime] = lambda: NOW,
    work: Callable[[], Work] | None = None,
) -> Iterator[Running]:
    """The service with the routes that ``make`` gives for its address, for the block."""
    inbox = Inbox(f"sqlite:///{folder / 'inbox.sqlite'}")
    commit = GroupCommit(inbox.keep, clock)
    server = Server(limits=limits)
    routes = make(commit, server.local_url)
    thread = server.start(build_app(routes, commit, [work()] if work else ()))
    try:
        yield Running(server, inbox)
    finally:
        server.stop()
        thread.join(15)
        inbox.close()
