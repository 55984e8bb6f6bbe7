"""The process that the inbox's load goes to, on one core: ``python -m benchmarks.inbox_server
WHICH PORT FOLDER CORE``. ``ours`` is the application of ``sluice serve`` for the project in FOLDER,
``bare`` a few lines of starlette that append each event to SQLite, one commit each.

How long calls took at the server, by tenths of a millisecond, is in FOLDER/times.json, which is
written anew twice a second: it outlives a kill.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

TENTHS = 20_001  # the last is: two seconds or more


class Timed:
    """Counts how long each call takes, from its head to the end of its answer."""

    def __init__(self, app: ASGIApp, file: Path) -> None:
        self._app, self._file, self._counts = app, file, [0] * TENTHS
        threading.Thread(target=self._write_often, daemon=True).start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()
        await self._app(scope, receive, send)
        taken = int((time.perf_counter() - begun) * 10_000)
        self._counts[min(taken, TENTHS - 1)] += 1

    def _write_often(self) -> None:
        while True:
            time.sleep(0.5)
            found = {place: count for place, count in enumerate(self._counts) if count}
            whole = self._file.with_suffix(".new")
            whole.write_text(json.dumps(found))
            whole.replace(self._file)


def bare(folder: Path) -> Starlette:
    """What one writes first: each event is a row, each row a commit, with our care for the disk."""
    database = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    database.execute("pragma journal_mode = wal")
    database.execute("pragma synchronous = full")
    database.execute("create table if not exists events (id integer primary key, body text)")

    async def keep(request: Request) -> JSONResponse:
        body = await request.json()
        for event in body.get("batch", [body]):
            database.execute("insert into events (body) values (?)", [json.dumps(event)])
        return JSONResponse({"success": True})

    paths = ("/v1/track", "/v1/batch")
    return Starlette(routes=[Route(path, keep, methods=["POST"]) for path in paths])


@contextlib.contextmanager
def _ours(folder: Path, port: int) -> Iterator[None]:
    os.chdir(folder)
    from sluice.activations.inbox.http_server import Server
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.serving.service import make_service

    server = Server("127.0.0.1", port)
    with make_service(load_settings(), server.local_url) as service:
        server.run(Timed(service.app, folder / "times.json"))
    yield


def main(which: str, port: int, folder: Path, core: int) -> None:
    os.sched_setaffinity(0, {core})
    if which == "ours":
        with _ours(folder, port):
            return
    app = Timed(bare(folder), folder / "times.json")
    uvicorn.run(app, port=port, log_level="critical", access_log=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]).resolve(), int(sys.argv[4]))
