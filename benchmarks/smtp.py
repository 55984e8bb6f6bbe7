"""Mails a second against a sink on loopback: ours beside a bare ``smtplib`` loop. ``python -m
benchmarks.smtp``.

``send_ratio``: our client with ready messages (their content rendered before, as the bare loop has
ready bodies). ``whole_ratio``: our client from messages, rendering included, against the same bare
loop. The sink is ``smtp-sink`` of Postfix where it is installed, else a few lines of asyncio in a
process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import shutil
import smtplib
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks.figures import show
from sluice.activations.destinations.email.smtp.client import Smtp
from sluice.activations.destinations.email.smtp.config import SmtpConfig
from sluice.activations.destinations.email.smtp.mapping import to_envelope, to_mime
from sluice.activations.sandbox.server import free_port
from sluice.models.delivery import Message, Outcome

SENDER = "Shop Example <news@shop.example>"


class Sink(asyncio.Protocol):
    """Says yes to everything, and takes PIPELINING."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.rest, self.is_body = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer whole commands, and whole bodies."""
        self.rest += data
        while self.rest:
            end = b"\r\n.\r\n" if self.is_body else b"\r\n"
            line, found, rest = self.rest.partition(end)
            if not found:
                return
            self.rest = rest
            self.transport.write(b"250 OK\r\n" if self.is_body else self.reply(line.upper()))
            self.is_body = not self.is_body and line.upper() == b"DATA"

    @staticmethod
    def reply(line: bytes) -> bytes:
        """The reply to a command."""
        if line.startswith(b"EHLO"):
            return b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
        return b"354 go on\r\n" if line == b"DATA" else b"250 OK\r\n"


def run_sink(port: int) -> None:
    """Serve until the process is ended."""

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
        await server.serve_forever()

    asyncio.run(serve())


@contextmanager
def sink(port: int) -> Iterator[str]:
    """A sink on a port, in a process of its own; gives its name."""
    program = shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin")
    if program is not None:
        process = subprocess.Popen([program, "-u", "nobody", f"127.0.0.1:{port}", "64"])
        stop: Callable[[], None] = process.terminate
    else:
        own = multiprocessing.get_context("spawn").Process(
            target=run_sink, args=(port,), daemon=True
        )
        own.start()
        stop = own.terminate
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield "smtp-sink" if program else "asyncio"
    finally:
        stop()


def messages(count: int) -> list[Message]:
    """Messages of the campaign that the repository ships."""
    values = {"full_name": "王芳", "company": "", "visits": 2, "last_visit_date": "2026-06-27"}
    return [
        Message(
            n, n, f"u{n}@shop.example", f"{n:064x}", "email", "price_page_follow_up", "zh", values
        )
        for n in range(count)
    ]


class Ready(Smtp):
    """Our client with messages that are ready: everything but the rendering."""

    def __init__(self, config: SmtpConfig, bodies: dict[int, bytes]) -> None:
        super().__init__(config)
        self.bodies = bodies

    def _make(self, message: Message) -> tuple[object, bytes]:  # type: ignore[override]
        return to_envelope(message, self.config), self.bodies[message.delivery_id]


def bare_seconds(port: int, bodies: list[tuple[str, bytes]]) -> float:
    """One ``smtplib`` connection, ``sendmail`` a mail."""
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port, local_hostname="bench") as connection:
        for address, body in bodies:
            connection.sendmail("news@shop.example", address, body)
    return time.perf_counter() - started


def our_seconds(client: Smtp, items: list[Message]) -> float:
    """One client, batches as the dispatcher gives them."""
    started = time.perf_counter()
    for start in range(0, len(items), client.config.batch_size):
        results = client.send(items[start : start + client.config.batch_size])
        assert all(result.outcome is Outcome.ACCEPTED for result in results)
    client.close()
    return time.perf_counter() - started


def main() -> None:
    """Measure by turns, and print the best round of each: what else the machine does only makes one
    slower.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--mails", type=int, default=2000, help="mails a round")
    parser.add_argument("--rounds", type=int, default=7, help="rounds")
    arguments = parser.parse_args()
    items, port = messages(arguments.mails), free_port()
    config = SmtpConfig(
        host="127.0.0.1",
        port=port,
        starttls=False,
        sender=SENDER,
        helo_name="bench",
        mails_per_connection=arguments.mails,
    )
    made = {item.delivery_id: to_mime(item, config) for item in items}
    bodies = [(item.address, made[item.delivery_id]) for item in items]
    bare, ready, whole = [], [], []
    with sink(port) as name:
        for _ in range(arguments.rounds):
            bare.append(bare_seconds(port, bodies))
            ready.append(our_seconds(Ready(config, made), items))
            whole.append(our_seconds(Smtp(config), items))
    seconds = {
        key: min(values) for key, values in (("bare", bare), ("ready", ready), ("whole", whole))
    }
    figures = {f"{key}_mails_per_second": arguments.mails / value for key, value in seconds.items()}
    ratios = {
        "send_ratio": seconds["bare"] / seconds["ready"],
        "whole_ratio": seconds["bare"] / seconds["whole"],
    }
    show(
        {
            "sink": name,
            "mails": arguments.mails,
            "mail_bytes": len(bodies[0][1]),
            **figures,
            **ratios,
        },
        arguments.json,
    )


if __name__ == "__main__":
    main()
