"""Events a second that ``sluice serve`` keeps on one core: ``python -m benchmarks.inbox``.

Single ``track`` calls come at ``--rate`` for ``--seconds`` from another process; then the same goes
on while the service is killed (``kill -9``) and started again; then as many as it takes, one by one
and in batches of 10, beside a bare starlette app that appends each event to SQLite (one commit
each, the same care for the disk).

``p95_ms`` is at the server, ``client_p95_ms`` from when the call was due to its answer.
``lost``: events that were acknowledged and are not in the inbox exactly once.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, show
from sluice.activations.inbox.store import Inbox
from sluice.activations.sandbox.server import free_port

PROJECT = "name: bench\nserve:\n  sources:\n    website: {write_key: wk_website_1}\n"
SHORT = 10.0  # seconds of a measurement at full load


class Service:
    """A process that answers on a port."""

    def __init__(self, which: str, folder: Path) -> None:
        self.which, self.folder, self.port = which, folder, free_port()
        self.start()

    def start(self) -> None:
        """Start it, and return when it answers."""
        core = max(os.sched_getaffinity(0))
        arguments = [self.which, str(self.port), str(self.folder), str(core)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.inbox_server", *arguments],
            env={**os.environ, "SLUICE_HOME": str(self.folder / "home")},
            stderr=(self.folder / "log").open("a"),
        )
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit((self.folder / "log").read_text()) from None
                time.sleep(0.05)

    def memory_mb(self) -> float:
        """What it holds now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1_024

    def cpu_seconds(self) -> float:
        """What it used until now: other than the clock, it says the same on a busy machine."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def p95_ms(self) -> float:
        """Of the calls until now, at the server."""
        time.sleep(0.6)
        counts = json.loads((self.folder / "times.json").read_text())
        left = sum(counts.values()) * 0.95
        for tenth in sorted(map(int, counts)):
            left -= counts[str(tenth)]
            if left <= 0:
                return (tenth + 1) / 10
        return 0.0

    def end(self, number: int = signal.SIGTERM) -> None:
        """End it with a signal."""
        self.process.send_signal(number)
        self.process.wait(30)


@contextmanager
def service(which: str, folder: Path) -> Iterator[Service]:
    """A service in a folder, for the block."""
    folder.mkdir()
    (folder / "sluice.yml").write_text(PROJECT)
    running = Service(which, folder)
    try:
        yield running
    finally:
        running.end()


class Calls:
    """The loads that are sent to one service, and what it acknowledged."""

    def __init__(self, running: Service) -> None:
        self.running, self.files = running, list[Path]()

    def begin(self, seconds: float, rate: float, batch: int = 1) -> subprocess.Popen[str]:
        """Begin a load in a process of its own."""
        mark = f"load{len(self.files)}"
        self.files.append(self.running.folder / mark)
        values = [self.running.port, seconds, rate, batch, mark, self.files[-1]]
        command = [sys.executable, "-m", "benchmarks.inbox_load", *map(str, values)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def send(self, seconds: float, rate: float, batch: int = 1) -> dict[str, Any]:
        """A whole load; its figures."""
        return self.figures(self.begin(seconds, rate, batch))

    @staticmethod
    def figures(load: subprocess.Popen[str]) -> dict[str, Any]:
        """The figures of a load, when it is over."""
        text, _ = load.communicate()
        found: dict[str, Any] = json.loads(text)
        return found

    def lost(self) -> int:
        """Acknowledged events that are not kept exactly once."""
        inbox = Inbox(f"sqlite:///{self.running.folder / 'home' / 'inbox.sqlite'}")
        kept = Counter(
            json.loads(row["body"])["messageId"] for rows in inbox.events_after(0) for row in rows
        )
        inbox.close()
        names = [name for file in self.files for name in file.read_text().split()]
        return sum(kept[name] != 1 for name in names)


def measure(seconds: float, rate: float, folder: Path) -> dict[str, Figure]:
    """The figures."""
    with service("ours", folder / "ours") as ours:
        calls = Calls(ours)
        calls.send(min(3.0, seconds), rate)  # warm, so that memory is compared with memory
        at_start, cpu = ours.memory_mb(), ours.cpu_seconds()
        steady = calls.send(seconds, rate)
        cpu = ours.cpu_seconds() - cpu
        found: dict[str, Figure] = {
            "events_per_second": steady["events_per_second"],
            "p95_ms": ours.p95_ms(),
            "client_p95_ms": steady["client_p95_ms"],
            "cpu_us_per_event": cpu * 1e6 / steady["events"],
            "memory_mb_at_start": at_start,
            "memory_mb_at_end": ours.memory_mb(),
        }
        full = min(SHORT, seconds)
        most = calls.send(full, 0)["events_per_second"]
        batches = calls.send(full, 0, 10)["events_per_second"]
        load = calls.begin(2 * full, rate)
        time.sleep(full)
        ours.end(signal.SIGKILL)
        ours.start()
        again = calls.figures(load)["again"]
        found |= {"lost": calls.lost(), "sent_again_around_the_kill": again}
    with service("bare", folder / "bare") as other:
        calls = Calls(other)
        calls.send(min(3.0, seconds), rate)
        bare = calls.send(full, 0)["events_per_second"]
        bare_batches = calls.send(full, 0, 10)["events_per_second"]
    return found | {
        "most_events_per_second": most,
        "bare_events_per_second": bare,
        "ratio_to_bare": most / bare,
        "batches_events_per_second": batches,
        "batches_ratio_to_bare": batches / bare_batches,
    }


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=2_000.0, help="events a second that come")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        show(measure(arguments.seconds, arguments.rate, Path(folder)), arguments.json)


if __name__ == "__main__":
    main()
