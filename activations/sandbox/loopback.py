"""A small HTTP server on loopback, from start until stop."""

from __future__ import annotations

import selectors
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class LoopbackServer(ThreadingHTTPServer):
    """Listens on 127.0.0.1 alone; port 0 takes any that is free. ``url`` is its address."""

    daemon_threads = True
    request_queue_size = 64

    timeout = 0  # of one accept, which the selector found ready

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._stop_reader, self._stop_writer = socket.socketpair()

    def start(self) -> None:
        """Serve, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop at once, and free the port."""
        self._stop_writer.close()
        self._thread.join()
        self._stop_reader.close()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who hung up is no news: tests and faults do it on purpose."""

    def _serve(self) -> None:
        """Sleep until a client or ``stop`` wakes the thread: ``serve_forever`` polls, which costs
        CPU and a slow stop.
        """
        with selectors.DefaultSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            selector.register(self._stop_reader, selectors.EVENT_READ)
            while True:
                if any(key.fileobj is self._stop_reader for key, _ in selector.select()):
                    return
                self.handle_request()
