"""The HTTP server: uvicorn, with room for connections and a deadline for each request.

A client that sends slowly costs nobody else: a request has one deadline, headers and body
together, and where there is no room, the connection that has waited longest for the rest of its
request makes place for the new one.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections import Counter
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

BACKLOG = 1_024
MAX_OVERHEAD = 65_536  # bytes of a request that are no body: its head, the framing of chunks
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection:"
    b" close\r\n\r\n"
)


@dataclass(frozen=True)
class Limits:
    """``seconds`` for a whole request, headers and body. At most ``connections`` at once, and of
    one address ``per_address`` whose request has not come yet: behind a proxy all come from one
    address.
    """

    seconds: float = 10.0
    connections: int = 1_000
    per_address: int = 200


class Connections:
    """The connections whose request has not come, by age, and how many there are at all."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.count = 0
        self._reading: dict[Any, str] = {}

    def enter(self, connection: Any, address: str) -> None:
        """A connection came. Where there is no room, the oldest that has not sent its request is
        cut off: one of the same address if that has too many, else one of the address that has
        most.
        """
        by_address = Counter(self._reading.values())
        if by_address[address] >= self.limits.per_address:
            self._cut_oldest_of(address)
        elif self.count >= self.limits.connections and by_address:
            self._cut_oldest_of(by_address.most_common(1)[0][0])
        self.count += 1
        self._reading[connection] = address

    def waits(self, connection: Any, address: str) -> None:
        """It has begun another request."""
        self._reading.setdefault(connection, address)

    def has_read(self, connection: Any) -> None:
        """Its request is here: it is answered, whoever else comes."""
        self._reading.pop(connection, None)

    def leave(self, connection: Any) -> None:
        """A connection was closed."""
        self._reading.pop(connection, None)
        self.count -= 1

    def _cut_oldest_of(self, address: str) -> None:
        oldest = next(one for one, its in self._reading.items() if its == address)
        del self._reading[oldest]
        oldest.cut()


class Limited(HttpToolsProtocol):
    """uvicorn's protocol, with limits."""

    room: Connections
    _deadline: asyncio.TimerHandle | None = None
    _overhead = 0  # bytes of the request that are no body
    _in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self.room.enter(self, self._address)
        self._set_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_deadline()
        self.room.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._overhead += len(data)
        is_large = self._overhead > MAX_OVERHEAD
        if is_large and self._in_head and b"\r\n\r\n" not in data[:MAX_OVERHEAD]:
            self._refuse()
            return
        super().data_received(data)
        if self._overhead > MAX_OVERHEAD:  # extensions of chunks, trailers
            self._refuse()

    def on_message_begin(self) -> None:
        self._in_head = True
        self.room.waits(self, self._address)
        self._set_deadline()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._overhead -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_head, self._overhead = True, 0
        self._end_deadline()
        self.room.has_read(self)
        super().on_message_complete()

    def _refuse(self) -> None:
        self.transport.write(TOO_LARGE)
        self.transport.close()

    def cut(self) -> None:
        """End it, answered or not."""
        self._end_deadline()
        self.transport.abort()

    def _set_deadline(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.room.limits.seconds, self.cut)

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class Server:
    """Serves an application; its port is taken from the moment it is made.

    Raises OSError for a port that is taken.
    """

    def __init__(
        self, host: str = "127.0.0.1", port: int = 0, limits: Limits | None = None
    ) -> None:
        self.connections = Connections(limits or Limits())
        self._socket = socket.create_server((host, port), backlog=BACKLOG)
        self.server_address: tuple[str, int] = self._socket.getsockname()[:2]
        self._server: _Uvicorn | None = None

    @property
    def local_url(self) -> str:
        """Where it listens."""
        return f"http://{self.server_address[0]}:{self.server_address[1]}"

    def run(self, app: ASGIApp) -> None:
        """Serve in this thread until ``stop``; requests that are here are answered first."""
        self._make(app).run(sockets=[self._socket])

    def start(self, app: ASGIApp) -> threading.Thread:
        """Serve in a thread of its own, and return when it answers."""
        server = self._make(app)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [self._socket]}, name="serve", daemon=True
        )
        thread.start()
        server.is_up.wait(10)
        return thread

    def stop(self) -> None:
        """End ``run``, from any thread."""
        if self._server is not None:
            self._server.should_exit = True

    def _make(self, app: ASGIApp) -> _Uvicorn:
        config = uvicorn.Config(
            app,
            http=type("Limited", (Limited,), {"room": self.connections}),
            ws="none",
            lifespan="on",
            interface="asgi3",
            access_log=False,  # paths hold tokens
            log_config=None,
            log_level="critical",
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=10,
            backlog=BACKLOG,
        )
        self._server = _Uvicorn(config)
        return self._server


class _Uvicorn(uvicorn.Server):
    """Leaves the signals to its owner."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        return contextlib.nullcontext()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()
