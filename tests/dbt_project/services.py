"""Warehouses for tests: a private Postgres cluster in a folder of its own. It listens on 127.0.0.1
and ends with the test.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PREFIX = ["runuser", "-u", "postgres", "--"]


def postgres_binaries() -> Path | None:
    """The folder of initdb, the newest version's; None when Postgres is not installed."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def private_postgres(binaries: Path) -> Iterator[dict[str, str]]:
    """The settings under which dbt finds a new, empty database."""
    with private_cluster(binaries) as cluster:
        yield {"SLUICE_POSTGRES_PORT": str(cluster.port)}


@dataclass(frozen=True)
class Cluster:
    """A server in a folder of its own, on ``port`` of 127.0.0.1."""

    port: int
    data: Path
    start: Callable[[], None]

    def kill(self) -> None:
        """As when the machine goes down: no process of it is asked."""
        pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.05)


@contextmanager
def private_cluster(binaries: Path) -> Iterator[Cluster]:
    """A new server with an empty database. As root it runs as the user postgres."""
    folder = Path(tempfile.mkdtemp(prefix="sluice-postgres-"))
    is_root = os.geteuid() == 0
    if is_root:
        shutil.chown(folder, "postgres")
    port = free_port()

    def run(program: str, *arguments: str) -> None:
        # the server inherits the output of pg_ctl: a pipe would never close
        command = [*(PREFIX if is_root else []), str(binaries / program), *arguments]
        subprocess.run(
            command,
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=120,
        )

    data = str(folder / "data")
    try:
        run(
            "initdb",
            "-D",
            data,
            "-U",
            "sluice",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
        start = ("pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
        run(*start)
        try:
            run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "sluice", "sluice")
            yield Cluster(port, Path(data), lambda: run(*start))
        finally:
            run("pg_ctl", "-D", data, "-m", "fast", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
