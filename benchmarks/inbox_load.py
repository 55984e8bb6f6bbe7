"""Load for the inbox: single events, or batches, over connections that are kept alive.

``python -m benchmarks.inbox_load PORT SECONDS RATE BATCH MARK FILE``: so many events a second are
due, whether the service is quick or not; RATE 0 is as many as it takes. The ids of the
acknowledged events are written to FILE, one a line; figures are printed as JSON. A connection that
is cut off is made anew; its event is sent again, as a client does, until it is acknowledged or the
time is over.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

CONNECTIONS = 64
HEAD = (
    "POST /v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    "Authorization: Basic d2tfd2Vic2l0ZV8xOg==\r\nContent-Length: {size}\r\n\r\n"
)
EVENT = (
    '{{"type":"track","userId":"user-{number}","anonymousId":"cookie-{number}","event":"Product'
    ' Added","messageId":"{name}","timestamp":"{at}","properties":{{"product_id":"p{number}",'
    '"price":129.5,"currency":"CNY","quantity":2}},"context":{{"page":{{"url":'
    '"https://www.shop.example/wine/{number}","path":"/wine/{number}","title":"Red wine"}},'
    '"userAgent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"}}}}'
)


@dataclass
class Load:
    """``rate`` calls a second in calls of ``batch`` events, for ``seconds``."""

    port: int
    seconds: float
    rate: float
    batch: int
    mark: str
    kept: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    again: int = 0
    _next: int = 0

    async def run(self) -> None:
        """Send all."""
        self.begun = time.perf_counter()
        await asyncio.gather(*(self._connection() for _ in range(CONNECTIONS)))

    async def _connection(self) -> None:
        reader: asyncio.StreamReader | None = None
        while True:
            number = self._next
            self._next += 1
            due = self.begun + number / self.rate if self.rate else time.perf_counter()
            if due > self.begun + self.seconds:
                return
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            names = [f"{self.mark}-{number}-{place}" for place in range(self.batch)]
            call = self._call(number, names)
            while True:
                try:
                    if reader is None:
                        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.write(call)
                    head = await reader.readuntil(b"\r\n\r\n")
                    size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                    await reader.readexactly(size)
                    if head.startswith(b"HTTP/1.1 200"):
                        self.times.append(time.perf_counter() - due)
                        self.kept.extend(names)
                        break
                except (OSError, asyncio.IncompleteReadError):
                    reader = None
                self.again += 1
                if time.perf_counter() > self.begun + self.seconds + 30:
                    return
                await asyncio.sleep(0.05)

    def _call(self, number: int, names: list[str]) -> bytes:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        events = [EVENT.format(number=number, name=name, at=at) for name in names]
        body = events[0] if self.batch == 1 else f'{{"batch":[{",".join(events)}]}}'
        path = "track" if self.batch == 1 else "batch"
        return (HEAD.format(path=path, size=len(body)) + body).encode()


def main(arguments: list[str]) -> None:
    port, seconds, rate, batch, mark, file = arguments
    load = Load(int(port), float(seconds), float(rate) / int(batch), int(batch), mark)
    uvloop.run(load.run())
    taken = time.perf_counter() - load.begun
    Path(file).write_text("\n".join(load.kept))
    times = sorted(load.times)
    found = {
        "events": len(load.kept),
        "events_per_second": len(load.kept) / taken,
        "client_p95_ms": times[int(len(times) * 0.95)] * 1_000 if times else None,
        "again": load.again,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
