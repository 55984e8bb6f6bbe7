"""HTTP servers of simulated vendors: one on loopback for each, with scripted faults before or after
what a call does.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from sluice.activations.sandbox.faults import Faults, HttpFault
from sluice.activations.sandbox.loopback import LoopbackServer


@dataclass(frozen=True, slots=True)
class Request:
    """A call: ``path`` without the query, ``raw_query`` as it came, header names in lower case."""

    method: str
    path: str
    raw_query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, list[str]]:
        """The query, decoded, with empty values."""
        return parse_qs(self.raw_query, keep_blank_values=True)

    @property
    def form(self) -> dict[str, list[str]]:
        """A form body, decoded, with empty values."""
        return parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    def json(self) -> Any:
        """The JSON body. Raises ValueError."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; ``body`` is JSON unless it is bytes, None for no body."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Vendor(Protocol):
    """A simulated vendor."""

    def settings(self, url: str) -> dict[str, Any]:
        """Settings of the destination that point it at this address."""

    def handle(self, request: Request) -> Reply:
        """Answer one call, checking what the vendor checks."""

    def fault_reply(self, fault: HttpFault) -> Reply:
        """How this vendor words 500, 429 and 401."""


class VendorServer(LoopbackServer):
    """A vendor behind a server of its own."""

    def __init__(self, vendor: Vendor, faults: Faults, port: int = 0) -> None:
        super().__init__(Handler, port)
        self.vendor, self.faults = vendor, faults


class Handler(BaseHTTPRequestHandler):
    """Reads a call, lets the vendor answer, and does what the script of faults says."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: VendorServer

    def do_POST(self) -> None:
        """Answer one call, with the scripted fault before or after its effect."""
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        fault = self.server.faults.next_http(url.path)
        time.sleep(self.server.faults.latency_seconds)
        if fault in {"500", "429", "401"}:
            self._reply(self._refusal(fault))
        elif fault == "drop":
            self._cut()
        else:
            self._send(
                fault,
                self.server.vendor.handle(
                    Request(self.command, url.path, url.query, headers, body)
                ),
            )

    do_GET = do_PATCH = do_PUT = do_DELETE = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: paths and bodies hold personal data."""

    def _send(self, fault: HttpFault | None, reply: Reply) -> None:
        if fault == "drop_after_accept":
            self._cut()
            return
        if fault == "slow_after_accept":
            time.sleep(self.server.faults.slow_seconds)
        self._reply(
            Reply(reply.status, b"{not json", reply.headers) if fault == "invalid_json" else reply,
            fault == "cut_body",
        )

    def _refusal(self, fault: HttpFault) -> Reply:
        reply, wait = self.server.vendor.fault_reply(fault), self.server.faults.retry_after_seconds
        return (
            replace(reply, headers={**reply.headers, "Retry-After": f"{wait:g}"})
            if fault == "429" and wait
            else reply
        )

    def _reply(self, reply: Reply, is_cut: bool = False) -> None:
        body = reply.body
        content = (
            body
            if isinstance(body, bytes)
            else b""
            if body is None
            else json.dumps(body, ensure_ascii=False).encode()
        )
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            **reply.headers,
            "Content-Length": str(len(content)),
        }
        self.send_response(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if is_cut else content)
        if is_cut:
            self._cut()

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.close()
