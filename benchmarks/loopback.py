"""A sink on the loopback for benchmarks: it takes any HTTP request, waits as long as asked, and
says yes.

python -m benchmarks.loopback DELAY_SECONDS prints its port, and runs until its input ends.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Sink(asyncio.Protocol):
    """One connection: what comes is counted and dropped."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.head = b""
        self.missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if self.missing:
            self._count(len(data))
            return
        self.head += data
        end = self.head.find(b"\r\n\r\n")
        if end < 0:
            return
        found = LENGTH.search(self.head, 0, end)
        self.missing, arrived = int(found[1]) if found else 0, len(self.head) - end - 4
        self.head = b""
        self._count(arrived)

    def _count(self, size: int) -> None:
        self.missing -= size
        if self.missing == 0:
            loop = asyncio.get_running_loop()
            (
                loop.call_later(self.delay, self.transport.write, ANSWER)
                if self.delay
                else self.transport.write(ANSWER)
            )


async def serve(delay: float) -> None:
    """Listen until the input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sink(delay), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


@contextmanager
def sink(delay: float = 0.0) -> Iterator[str]:
    """The address of a sink in a process of its own, while the block runs."""
    command = [sys.executable, "-m", "benchmarks.loopback", str(delay)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.stdin.close()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
