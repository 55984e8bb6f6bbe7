"""HTTP for calls of vendors: POST, GET and HEAD of ``/callbacks/<destination>``; small bodies,
short patience, nothing logged.

A client that sends slowly costs nobody else: the whole request has one deadline, and when there is
no room, the connection that has waited longest for the rest of its request makes place for the new
one.
"""

from __future__ import annotations

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from sluice.activations.callbacks.bodies import BodyError, read_body
from sluice.activations.callbacks.connections import Connections, DeadlineReader, Limits
from sluice.activations.callbacks.routes import Keep, Route, answer
from sluice.activations.destinations.base import CallbackAnswer, CallbackRequest

PREFIX = "/callbacks/"
METHODS = "GET, HEAD, POST"
# a link to unsubscribe holds a token, and the page behind it a form
SAFE = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    ),
}


class CallbackServer(ThreadingHTTPServer):
    """Listens from the moment it is made.

    ``public_url``: how vendors reach it, which some of them sign.
    """

    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(
        self,
        routes: Mapping[str, Route],
        keep: Keep,
        host: str,
        port: int,
        public_url: str = "",
        limits: Limits | None = None,
    ) -> None:
        super().__init__((host, port), Handler)
        self.routes, self.keep = dict(routes), keep
        self.public_url = (public_url or f"http://{host}:{self.server_address[1]}").rstrip("/")
        self.limits = limits or Limits()
        self.connections = Connections(self.limits)

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread a call, as many as there is room for."""
        self.connections.enter(request, client_address[0])
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Give the place back, whatever happens."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.connections.leave(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up is no news."""


class Handler(BaseHTTPRequestHandler):
    """Reads one call, has its destination read it, replies."""

    server: CallbackServer
    server_version = "Sluice"
    sys_version = ""

    def setup(self) -> None:
        """Read under the deadline."""
        super().setup()
        self.rfile.close()
        self.rfile = DeadlineReader(self.connection, self.server.limits.seconds).buffered()

    def do_POST(self) -> None:
        """Answer a call; one that is too long is not read."""
        try:
            body = read_body(self.headers, self.rfile)
        except BodyError as error:
            self._reply(CallbackAnswer(status=error.status, body=f"{error.text}\n".encode()))
            return
        if body is not None:
            self._answer(body)

    def do_GET(self) -> None:
        """Answer a call without a body."""
        self._answer(b"")

    do_HEAD = do_GET

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the library refuses, without its page and without an echo of the request."""
        self.close_connection = True
        self._reply(
            CallbackAnswer(
                status=code, body=b"", headers={"Allow": METHODS} if code in {405, 501} else {}
            )
        )

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: paths and bodies hold personal data."""

    def _answer(self, body: bytes) -> None:
        self.server.connections.has_read(self.connection)
        try:
            parts = urlsplit(self.path)
        except ValueError:  # [ without ]
            self._reply(CallbackAnswer(status=400, body=b"the path cannot be read\n"))
            return
        if parts.path == "/" and self.command != "POST":
            self._reply(CallbackAnswer(body=b"ok\n"))  # for whoever watches that the server lives
            return
        name = parts.path.removeprefix(PREFIX) if parts.path.startswith(PREFIX) else ""
        headers = {key.lower(): value for key, value in self.headers.items()}
        method = "GET" if self.command == "HEAD" else self.command
        url = self.server.public_url + self.path
        request = CallbackRequest(method, url, parts.query, headers, body)
        self._reply(answer(self.server.routes, name, request, self.server.keep))

    def _reply(self, reply: CallbackAnswer) -> None:
        headers = {
            "Content-Type": reply.content_type,
            **SAFE,
            **reply.headers,
            "Content-Length": str(len(reply.body)),
        }
        self.connection.settimeout(self.server.limits.seconds)
        self.send_response(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)
