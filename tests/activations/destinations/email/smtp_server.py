"""An SMTP server of few lines for tests and benchmarks: it takes PIPELINING, DSN and SIZE, answers
by script, and counts.
"""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

EXTENSIONS = ("PIPELINING", "SIZE 100000", "DSN", "8BITMIME", "ENHANCEDSTATUSCODES")


@dataclass
class Seen:
    """What came in. ``script``: replies to the next commands of a verb, in order; ``close`` hangs
    up instead.
    """

    commands: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    connections: int = 0
    script: dict[bytes, deque[bytes]] = field(default_factory=dict)

    def verbs(self) -> list[str]:
        """The verbs of the commands, in order."""
        return [command.split(b" ")[0].decode().upper() for command in self.commands]


class Handler(socketserver.StreamRequestHandler):
    """One connection."""

    server: Any

    def handle(self) -> None:
        """Greet, and answer each command."""
        seen: Seen = self.server.seen
        seen.connections += 1
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline().rstrip(b"\r\n"):
            seen.commands.append(line)
            if not self._answer(seen, line.split(b" ")[0].upper()):
                return

    def _answer(self, seen: Seen, verb: bytes) -> bool:
        reply = seen.script[verb].popleft() if seen.script.get(verb) else self._reply(verb)
        if reply == b"close":
            return False
        self.wfile.write(reply + b"\r\n")
        if verb == b"DATA" and reply.startswith(b"354"):
            seen.bodies.append(self._body())
            return self._answer(seen, b"BODY")
        return verb != b"QUIT" and not reply.startswith(b"421")

    def _reply(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return "\r\n".join(
                ["250-test", *(f"250-{e}" for e in self.server.extensions), "250 HELP"]
            ).encode()
        return (
            b"354 go on" if verb == b"DATA" else b"221 bye" if verb == b"QUIT" else b"250 2.0.0 OK"
        )

    def _body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)


class SmtpServer(socketserver.ThreadingTCPServer):
    """A context manager; ``port`` is free, on loopback."""

    daemon_threads = allow_reuse_address = True

    def __init__(
        self, extensions: tuple[str, ...] = EXTENSIONS, tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.seen, self.extensions, self.port = Seen(), extensions, self.server_address[1]

    def __enter__(self) -> SmtpServer:
        threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shutdown()
        self.server_close()
