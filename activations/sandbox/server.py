"""All simulated vendors of one home, started and stopped together."""

from __future__ import annotations

import json
import os
import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from activations.sandbox import crm, smtp
from activations.sandbox.faults import Faults
from activations.sandbox.store import Store

STORE_FILE = "sandbox.sqlite"
STATE_FILE = "sandbox.json"


class Sandbox:
    """A context manager: servers on free loopback ports, what they received in ``<home>/sandbox.sqlite``."""

    def __init__(self, home: Path, smtp_port: int = 0, crm_port: int = 0) -> None:
        self.home = home
        self.faults = Faults()
        self.store = Store(home / STORE_FILE)
        self._ports = (smtp_port, crm_port)

    def __enter__(self) -> Sandbox:
        self._smtp = smtp.start(self.store, self.faults, self._ports[0] or free_port())
        self._crm = crm.CrmServer(self.store, self.faults, self._ports[1])
        threading.Thread(target=self._crm.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        state = {"pid": os.getpid(), "endpoints": self.endpoints()}
        (self.home / STATE_FILE).write_text(json.dumps(state), encoding="utf-8")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        (self.home / STATE_FILE).unlink(missing_ok=True)
        self._smtp.stop()
        self._crm.shutdown()
        self._crm.server_close()
        self.store.close()

    def endpoints(self) -> dict[str, dict[str, Any]]:
        """Settings of each destination that point it here."""
        return {
            "smtp": {
                "host": "127.0.0.1",
                "port": self._smtp.port,
                "starttls": False,
                "username": smtp.USERNAME,
                "password": smtp.PASSWORD,
                "sender": "Shop Example <news@shop.example>",
            },
            "hubspot": {"url": f"http://127.0.0.1:{self._crm.server_address[1]}", "token": crm.TOKEN},
        }


def running_endpoints(home: Path) -> dict[str, dict[str, Any]] | None:
    """Endpoints of a sandbox that another process runs for this home; None when there is none that answers."""
    path = home / STATE_FILE
    if not path.is_file():
        return None
    endpoints: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["endpoints"]
    try:
        socket.create_connection((endpoints["smtp"]["host"], endpoints["smtp"]["port"]), timeout=1).close()
    except OSError:
        return None
    return endpoints


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
