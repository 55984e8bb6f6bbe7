"""A real Kannel in a network of its own: two people reply, messages are sent, reports come back.
Prints what happened as JSON.

Run as ``unshare -rn python -m tests.activations.destinations.sms.kannel_session FOLDER``: Kannel's fake link listens
on every address.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sluice.activations.destinations.base import CallbackRequest
from sluice.activations.destinations.sms.kannel.callback import read_callback
from sluice.activations.destinations.sms.kannel.client import Kannel
from sluice.activations.destinations.sms.kannel.config import KannelConfig
from sluice.models.delivery import Message
from tests.activations.destinations.sms.sms_items import sms

FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
TOKEN = "token-of-the-gateway"
CALLBACKS = "http://127.0.0.1:18000/callbacks/kannel"
CONFIG = KannelConfig(
    username="sluice",
    password="secret",
    sender="10690000",
    signature="示例商店",
    callback_url=CALLBACKS,
    callback_token=TOKEN,
)
GATEWAY = f"""
group = core
admin-port = 13000
admin-password = secret
smsbox-port = 13001
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"

group = smsc
smsc = fake
smsc-id = FAKE
port = 10000
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = 13013

group = sendsms-user
username = sluice
password = secret
concatenation = true
max-messages = 10

group = sms-service
keyword = default
get-url = "{CALLBACKS}?token={TOKEN}&kind=reply&number=%p&at=%T&text=%a"
max-messages = 0
"""
LONG = "一二三四五六七八九十" * 8
CHINESE = [
    sms(1, "+8613800000001"),
    sms(2, "+8613800000002", carrier="🌸𠮷 & <b>"),
    sms(3, "+8613800000003", carrier=LONG),
]
ENGLISH = [
    sms(4, "+14155550104", language="en", carrier="UPS"),
    sms(5, "+14155550105", language="en", carrier="[UPS] " * 20),
    sms(6, "+14155550106", language="en", carrier="U" * 80 + "€"),
]


class Callbacks(BaseHTTPRequestHandler):
    """Hands each call to the destination, and keeps what it reported."""

    protocol_version = "HTTP/1.1"
    reported: list[Any] = []  # noqa: RUF012
    statuses: list[int] = []  # noqa: RUF012

    def do_GET(self) -> None:
        query = urlsplit(self.path).query
        answer = read_callback(
            CONFIG, CallbackRequest("GET", f"http://127.0.0.1:18000{self.path}", query, {}, b"")
        )
        self.reported.extend(answer.reported)
        self.statuses.append(answer.status)
        self.send_response(answer.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


def until(is_done: Callable[[], bool], seconds: float = 15.0) -> bool:
    """Wait for something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_done():
            return True
        time.sleep(0.1)
    return False


def start(folder: Path, name: str, *command: str) -> subprocess.Popen[bytes]:
    """Start a process whose output is kept in the folder."""
    return subprocess.Popen(
        command, stdout=(folder / f"{name}.out").open("wb"), stderr=subprocess.STDOUT
    )


def session(folder: Path) -> dict[str, Any]:
    """Everything, in one go."""
    (folder / "kannel.conf").write_text(GATEWAY, encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 18000), Callbacks)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    running = [start(folder, "bearerbox", "bearerbox", str(folder / "kannel.conf"))]
    try:
        if not until(lambda: listens(13001) and listens(10000)):
            raise SystemExit("bearerbox did not start")
        running.append(start(folder, "smsbox", "smsbox", str(folder / "kannel.conf")))
        if not until(lambda: listens(13013)):
            raise SystemExit("smsbox did not start")
        reply(folder, "data %E9%80%80%E8%AE%A2", 1).terminate()  # 退订
        reply(folder, "text thanks", 2).terminate()
        running.append(reply(folder, "text TD", 3))
        found = deliver(CONFIG, CHINESE) + deliver(
            CONFIG.model_copy(update={"signature": ""}), ENGLISH
        )
        until(lambda: len(Callbacks.reported) >= len(found) + 2)
        wrong = Kannel(CONFIG.model_copy(update={"username": "nobody"})).send([sms(5)])
        return {
            "results": found,
            "wrong_login": [(one.outcome, one.reason) for one in wrong],
            "reported": [[type(one).__name__, getattr(one, "state", None), getattr(one, "delivery_id", None), one.address_hash]
                      for one in Callbacks.reported],
            "statuses": Callbacks.statuses,
            "arrived": output(folder, "fakesmsc3").decode("utf-8", "replace"),
        }  # fmt: skip
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(10)


def reply(folder: Path, text: str, number: int) -> subprocess.Popen[bytes]:
    """Somebody writes to us, and the link stays: the fake one takes its messages at random, so each
    has a process of its own.
    """
    message = f"861380000100{number} 10690000 {text}"
    process = start(
        folder, f"fakesmsc{number}", FAKESMSC, "-v", "0", "-i", "0.1", "-m", "1", message
    )
    if not until(lambda: len(Callbacks.statuses) >= number):
        raise SystemExit(f"reply {number} did not come through the gateway")
    return process


def deliver(config: KannelConfig, messages: list[Message]) -> list[tuple[int, str, str | None]]:
    """Send, by the destination."""
    client = Kannel(config)
    found = client.send(messages)
    client.close()
    return [(one.delivery_id, one.outcome, one.reason) for one in found]


def output(folder: Path, name: str) -> bytes:
    """What a process wrote so far."""
    return (folder / f"{name}.out").read_bytes()


def listens(port: int) -> bool:
    """Whether somebody listens on a port."""
    listed = subprocess.run(
        ["ss", "-Hltn", f"sport = :{port}"], capture_output=True, text=True, check=True
    ).stdout
    return bool(listed.strip())


if __name__ == "__main__":
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    print(json.dumps(session(Path(sys.argv[1]))))
