"""All simulated vendors of one home, started and stopped together."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from sluice.activations.content import LIBRARY
from sluice.activations.private_files import write_private
from sluice.activations.sandbox import smtp
from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import Faults
from sluice.activations.sandbox.page.server import PageServer
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.vendors import find_vendors
from sluice.activations.sandbox.web import VendorServer

STORE_FILE = "sandbox.sqlite"
STATE_FILE = "sandbox.json"


class Sandbox:
    """A context manager: servers on loopback, on free ports where none is given (``ports`` by
    destination), what they received in ``<home>/sandbox.sqlite``. ``names``: destinations whose
    vendors are started (default: all), and whatever shares their accounts. ``content``: the folder
    whose templates of SMS the vendors approved.
    """

    def __init__(
        self,
        home: Path,
        ports: Mapping[str, int] | None = None,
        names: Iterable[str] | None = None,
        content: Path = LIBRARY,
    ) -> None:
        self.home = home
        self.faults, self.clock = Faults(), Clock()
        self.store = Store(home / STORE_FILE, content)
        self._ports = dict(ports or {})
        self._vendors = find_vendors()
        self._names = set(self._vendors if names is None else names)
        self._is_up = False

    def __enter__(self) -> Sandbox:
        self._smtp = smtp.start(self.store, self.faults, self._ports.get("smtp") or free_port())
        # destinations of one vendor share its server, as they share the account there
        started: dict[object, VendorServer] = {}
        for name, vendor in self._vendors.items():
            if name in self._names and vendor not in started:
                started[vendor] = VendorServer(
                    vendor(self.store, self.clock), self.faults, self._ports.get(name, 0)
                )
        self.servers = {
            name: started[vendor] for name, vendor in self._vendors.items() if vendor in started
        }
        for server in started.values():
            server.start()
        self.page = PageServer(self.store, self.clock, self.faults, self._ports.get("page", 0))
        self.page.start()
        state = {"pid": os.getpid(), "page": self.page.url, "endpoints": self.endpoints()}
        write_private(self.home / STATE_FILE, json.dumps(state, default=str))  # it holds logins
        self._is_up = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._is_up:
            return
        self._is_up = False
        (self.home / STATE_FILE).unlink(missing_ok=True)
        self.page.stop()
        self._smtp.stop()
        for server in set(self.servers.values()):
            server.stop()
        self.store.close()

    def endpoints(self) -> dict[str, dict[str, Any]]:
        """Settings of each destination that point it here."""
        mail = {
            "host": "127.0.0.1",
            "port": self._smtp.port,
            "starttls": False,
            "username": smtp.USERNAME,
            "password": smtp.PASSWORD,
            "sender": "Shop Example <news@shop.example>",
            "unsubscribe_url": "https://shop.example/unsubscribe",
            "secret": "secret of the sandbox",
        }
        return {
            "smtp": mail,
            **{name: server.vendor.settings(server.url) for name, server in self.servers.items()},
        }


def running_endpoints(home: Path) -> dict[str, dict[str, Any]] | None:
    """Endpoints of a sandbox that another process runs for this home; None when there is none that
    answers.
    """
    path = home / STATE_FILE
    if not path.is_file():
        return None
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        endpoints: dict[str, dict[str, Any]] = state["endpoints"]
        os.kill(int(state["pid"]), 0)  # its port may be another's by now
        socket.create_connection(
            (endpoints["smtp"]["host"], endpoints["smtp"]["port"]), timeout=1
        ).close()
    except (OSError, ValueError, KeyError):  # it was killed, perhaps while it wrote the file
        return None
    return endpoints


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
