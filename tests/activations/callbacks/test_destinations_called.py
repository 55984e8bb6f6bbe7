"""The calls of the destinations there are, from the vendor to the ledger, and ``sluice serve``."""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.callbacks.routes import find_routes
from sluice.activations.destinations.email.unsubscribe import unsubscribe_url
from sluice.activations.ledger.store import Ledger
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import DeliveryState, Message, Receipt, Withdrawal
from sluice.models.errors import ConfigurationError
from tests.activations.callbacks.serving import Kept, call, serving
from tests.conftest import ROOT, sluice

HASH = hashlib.sha256(b"a@shop.example").hexdigest()


def test_no_destination_hears_a_call_that_proves_nothing(tmp_path: Path, kept: Kept) -> None:
    with Sandbox(tmp_path) as sandbox:
        routes, _ = find_routes(sandbox.endpoints())
        assert {"aliyun", "tencent", "twilio", "kannel"} <= set(routes)
        with serving(routes, kept) as server:
            answers = {
                name: call(server, method, f"/callbacks/{name}", b"[]")[0]
                for name in routes
                for method in ("POST", "GET")
            }
    assert set(answers.values()) <= {400, 401, 403}, answers
    assert kept.news == []


def test_a_report_of_kannel_reaches_the_ledger(tmp_path: Path, kept: Kept) -> None:
    with Sandbox(tmp_path, names=["kannel"]) as sandbox:
        settings = sandbox.endpoints()
        routes, _ = find_routes(settings, ["kannel"])
        report = (
            f"/callbacks/kannel?token={settings['kannel']['callback_token']}"
            "&kind=report&delivery=77&status=1&at=1782738000&answer="
        )
        with serving(routes, kept) as server:
            status, _ = call(server, "GET", report)
    assert status == 200
    assert [(news.delivery_id, news.state) for news in kept.news if isinstance(news, Receipt)] == [
        (77, DeliveryState.DELIVERED)
    ]


def test_the_link_in_a_mail_unsubscribes_with_one_click(tmp_path: Path, kept: Kept) -> None:
    with Sandbox(tmp_path, names=[]) as sandbox:
        routes, _ = find_routes(sandbox.endpoints(), ["smtp"])
    mail = Message(1, 1, "a@shop.example", HASH, "email", "price_page_follow_up", "en")
    path = "/callbacks/smtp?" + unsubscribe_url(mail, routes["smtp"].settings).partition("?")[2]
    with serving(routes, kept) as server:
        status, page = call(server, "GET", path)
        assert (status, b'method="post"' in page, kept.news) == (200, True, [])
        assert call(server, "POST", path, b"List-Unsubscribe=One-Click")[0] == 200
        assert call(server, "POST", path[:-1], b"List-Unsubscribe=One-Click")[0] == 403
    assert [(no.channel, no.address_hash) for no in kept.news if isinstance(no, Withdrawal)] == [
        ("email", HASH)
    ]


def test_a_destination_nobody_calls_cannot_be_served() -> None:
    with pytest.raises(ConfigurationError, match="nobody calls"):
        find_routes(None, ["hubspot"])


PACKAGE = """
from sluice.activations.destinations.base import CallbackAnswer
from sluice.activations.destinations.registry import Entry
from datetime import UTC, datetime
from sluice.models.delivery import Withdrawal
def hear(settings, request):
    if request.body != settings["word"]:
        return CallbackAnswer(status=403)
    return CallbackAnswer([Withdrawal("sms", "f" * 64, datetime(2026, 6, 29, tzinfo=UTC))], body=b"success")
class Vendor:
    def __init__(self, store, clock): pass
    def settings(self, url): return {"word": "please stop"}
ENTRY = Entry(lambda **values: {"word": values["word"].encode()}, None, None, hear)
"""


def test_the_command_serves_a_destination_until_it_is_stopped(tmp_path: Path, home: Path) -> None:
    info = tmp_path / "site" / "caller-1.0.dist-info"
    info.mkdir(parents=True)
    (info.parent / "caller.py").write_text(PACKAGE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: caller\nVersion: 1.0\n")
    points = (
        "[sluice.destinations]\ncaller = caller:ENTRY\n[sluice.sandbox_vendors]\ncaller ="
        " caller:Vendor\n"
    )
    (info / "entry_points.txt").write_text(points)
    environment = {**os.environ, "SLUICE_HOME": str(home), "PYTHONPATH": str(info.parent)}
    command = [
        sys.executable,
        "-m",
        "sluice.orchestration.cli.main",
        "serve",
        "caller",
        "--port",
        "0",
    ]
    running = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout is not None
        found = re.fullmatch(
            r"http://127\.0\.0\.1:(\d+)/callbacks/caller\n", running.stdout.readline()
        )
        assert found is not None
        connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=10)
        connection.request("POST", "/callbacks/caller", b"please stop")
        assert connection.getresponse().read() == b"success"
    finally:
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=20) == 0
    ledger: Any = Ledger(f"sqlite:///{home / 'ledger.sqlite'}")
    with ledger.engine.connect() as connection:
        assert connection.exec_driver_sql(
            "select channel, reason from suppressions"
        ).fetchall() == [("sms", "unsubscribed")]


def test_the_command_refuses_a_destination_nobody_calls(home: Path) -> None:
    outcome = sluice("serve", "hubspot", home=home)
    assert outcome.code == 2
    assert "nobody calls for 'hubspot'" in outcome.stderr
