"""The page's server, on loopback.

Whatever was sent may hold hostile HTML: the page shows texts as texts, and a mail in a frame that
runs no script and loads nothing. Another site's page can read and switch nothing here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import Faults
from sluice.activations.sandbox.loopback import LoopbackServer
from sluice.activations.sandbox.page import controls, mail, people
from sluice.activations.sandbox.store import Store

FOLDER = Path(__file__).resolve().parent
FILES = {
    "/": ("page.html", "text/html"),
    "/page.js": ("page.js", "text/javascript"),
    "/words.js": ("words.js", "text/javascript"),
    "/page.css": ("page.css", "text/css"),
}
MAX_BODY = 100_000
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self';"
    " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# a mail may have its own styles and data: images; it may run nothing, load nothing, send nothing
# and open nothing
MAIL_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'none'"
)
COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class PageServer(LoopbackServer):
    """The page of one sandbox. Other names of its address are refused: they may be bound to
    127.0.0.1 to read this page.
    """

    def __init__(self, store: Store, clock: Clock, faults: Faults, port: int = 0) -> None:
        super().__init__(Handler, port)
        self.store, self.clock, self.faults = store, clock, faults
        self.hosts = {f"{name}:{self.server_address[1]}" for name in ("127.0.0.1", "localhost")}


class Handler(BaseHTTPRequestHandler):
    """The page, its data, mails, and the switches."""

    server: PageServer
    server_version = "Sluice"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        """A file of the page, a mail, or data."""
        if (
            self.headers.get("Host") not in self.server.hosts
        ):  # a name that was bound to 127.0.0.1 to read this page
            self._json(403, {"error": "use http://127.0.0.1"})
            return
        parts = urlsplit(self.path)
        if parts.path in FILES:
            name, kind = FILES[parts.path]
            self._reply(200, (FOLDER / name).read_bytes(), kind, PAGE_POLICY)
        elif parts.path.startswith("/mail/"):
            self._mail(parts.path.removeprefix("/mail/"))
        else:
            self._data(
                parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}
            )

    def do_POST(self) -> None:
        """Set the clock or script faults. JSON alone: a form of another site cannot send it."""
        change = {"/api/clock": self._set_clock, "/api/faults": self._add_faults}.get(self.path)
        length = self.headers.get("Content-Length", "")
        origin = self.headers.get("Origin")
        is_ours = self.headers.get("Host") in self.server.hosts and origin in {
            None,
            *(f"http://{h}" for h in self.server.hosts),
        }
        if not is_ours or self.headers.get("Content-Type") != "application/json":
            self._json(403, {"error": "send JSON from this page or the command line"})
        elif change is None:
            self._json(404, {"error": "there is no such switch"})
        elif not length.isdecimal() or int(length) > MAX_BODY:
            self._json(413, {"error": "too long"})
        else:
            self._change(change, self.rfile.read(int(length)))

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: addresses are in the paths."""

    def _change(self, change: Callable[[Any], dict[str, Any]], body: bytes) -> None:
        try:
            state = change(json.loads(body))
        except (ValueError, OverflowError) as error:
            self._json(400, {"error": str(error)})
            return
        self._json(200, state)

    def _set_clock(self, value: Any) -> dict[str, Any]:
        controls.set_clock(self.server.clock, value)
        return controls.clock_state(self.server.clock)

    def _add_faults(self, value: Any) -> dict[str, Any]:
        controls.add_faults(self.server.faults, value)
        return controls.fault_state(self.server.faults)

    def _data(self, path: str, query: dict[str, str]) -> None:
        store = self.server.store
        if path == "/api/people":
            shown, total = people.list_people(store, query.get("q", ""), 200)
            self._json(200, {"people": shown, "total": total})
        elif path == "/api/person":
            found = people.show_person(store, query.get("address", ""))
            self._json(404 if found is None else 200, found or {"error": "nobody has this address"})
        elif path == "/api/clock":
            self._json(200, controls.clock_state(self.server.clock))
        elif path == "/api/faults":
            self._json(200, controls.fault_state(self.server.faults))
        else:
            self._json(404, {"error": "there is no such page"})

    def _mail(self, number: str) -> None:
        content = self._html_of_mail(number)
        if content is not None:
            self._reply(200, content, "text/html", f"{MAIL_POLICY}; frame-ancestors 'self'")
        else:
            self._json(404, {"error": "there is no such mail"})

    def _html_of_mail(self, number: str) -> bytes | None:
        """Of a mail by SMTP, or ``api-<number>`` of one that came through an API."""
        digits, is_api = number.removeprefix("api-"), number.startswith("api-")
        if not digits.isdecimal() or len(digits) >= 19:
            return None
        sql = "select source from mails where mail_id = ?"
        through_api = "select source from received where channel = 'email' and received_id = ?"
        rows = self.server.store.rows(through_api if is_api else sql, (int(digits),))
        return (
            None
            if not rows
            else mail.html_of_call(rows[0][0])
            if is_api
            else mail.to_html(rows[0][0])
        )

    def _json(self, status: int, value: Any) -> None:
        self._reply(
            status,
            json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"),
            "application/json",
            "default-src 'none'",
        )

    def _reply(self, status: int, body: bytes, kind: str, policy: str) -> None:
        headers = {
            **COMMON,
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Security-Policy": policy,
        }
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
