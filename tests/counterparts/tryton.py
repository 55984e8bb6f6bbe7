"""A real Tryton server in a folder of its own, on SQLite. It listens on 127.0.0.1 and ends with the
test.

In front of it stands a relay: it hands every call on, and lets a test cut the line before or after.
"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from sluice.activations.sandbox.faults import Faults, HttpFault
from sluice.activations.sandbox.server import free_port
from sluice.activations.sandbox.web import Reply, Request, VendorServer
from tests.conftest import ROOT

BINARIES = Path(os.environ.get("SLUICE_TEST_TRYTON", ROOT / ".venv-tryton" / "bin"))
DATABASE, USERNAME, PASSWORD = "demo", "admin", "password-of-the-test"
CONFIG = "[database]\nuri=sqlite://\npath={path}\n[web]\nlisten=127.0.0.1:{port}\n"


def make_template(folder: Path) -> Path:
    """A database with parties: 10 to 60 seconds. Servers start from copies of it."""
    (folder / f"{DATABASE}.sqlite").touch()
    (folder / "password").write_text(PASSWORD)
    config = folder / "trytond.conf"
    config.write_text(CONFIG.format(path=folder, port=0))
    admin = [str(BINARIES / "trytond-admin"), "-c", str(config), "-d", DATABASE]
    environment = {**os.environ, "TRYTONPASSFILE": str(folder / "password")}
    for more in (
        ["--all", "--email", "admin@example.com", "-p"],
        ["-u", "party", "--activate-dependencies"],
    ):
        subprocess.run(
            [*admin, *more], check=True, env=environment, timeout=600, capture_output=True
        )
    return folder / f"{DATABASE}.sqlite"


@contextmanager
def private_tryton(template: Path, folder: Path) -> Iterator[int]:
    """A server on a copy of the database; its port."""
    shutil.copyfile(template, folder / f"{DATABASE}.sqlite")
    port = free_port()
    config = folder / "trytond.conf"
    config.write_text(CONFIG.format(path=folder, port=port))
    with (folder / "log").open("wb") as log:
        command = [str(BINARIES / "trytond"), "-c", str(config), "-d", DATABASE]
        server = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait_for(port, server)
            yield port
        finally:
            os.killpg(server.pid, signal.SIGKILL)  # its database is thrown away
            server.wait(timeout=30)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            urlopen(f"http://127.0.0.1:{port}/{DATABASE}/rpc/", timeout=5).close()
            return
        except URLError as error:
            if isinstance(
                getattr(error, "code", None), int
            ):  # it answers: the call is none, which is all that is asked
                return
            if server.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.2)


class Relay:
    """What the test suite takes for a vendor: every call goes to the real server, and its answer
    comes back as it is.
    """

    def __init__(self, port: int) -> None:
        self.port = port

    def settings(self, url: str) -> dict[str, Any]:
        """Where the relay is, and how to log in behind it."""
        return {"url": url, "database": DATABASE, "username": USERNAME, "password": PASSWORD}

    def handle(self, request: Request) -> Reply:
        """Hand a call on."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {
            name: value
            for name, value in request.headers.items()
            if name in {"authorization", "content-type"}
        }
        connection.request(request.method, request.path, request.body, headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return Reply(answer.status, body, {"Content-Type": answer.getheader("Content-Type", "")})

    def fault_reply(self, fault: HttpFault) -> Reply:
        """What a server in front of Tryton says."""
        return Reply(int(fault), f"<title>{fault}</title>".encode(), {"Content-Type": "text/html"})


class RealTryton:
    """The server behind a relay, in the shape of a sandbox."""

    def __init__(self, port: int) -> None:
        self.faults, self._port, self._listens_on = Faults(), port, 0

    def __enter__(self) -> RealTryton:
        self._server = VendorServer(Relay(self._port), self.faults, self._listens_on)
        self._listens_on = self._server.server_address[1]
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def endpoints(self) -> dict[str, dict[str, Any]]:
        """Settings of the destination that point it at the relay."""
        return {"tryton": self._server.vendor.settings(self._server.url)}
