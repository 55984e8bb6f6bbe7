"""The clients of Segment and RudderStack post to the service unchanged; each event lands once, also
where the service was not ready, or its answer was lost.
"""

from __future__ import annotations

import http.client
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rudderstack.analytics.client import Client as RudderStackClient
from segment.analytics.client import Client as SegmentClient

from sluice.activations.sandbox.faults import Faults, HttpFault
from sluice.activations.sandbox.web import Reply, Request, VendorServer
from tests.activations.inbox.process import KEY, Served, served

NODE = Path(__file__).parent / "node"
HOP = frozenset({"host", "connection", "content-length", "transfer-encoding"})
pytestmark = [
    pytest.mark.counterparts,
    pytest.mark.skipif(
        shutil.which("node") is None or not (NODE / "node_modules").is_dir(),
        reason="needs Node with the clients: make services",
    ),
]
Sdk = Callable[[str, str], None]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("sdks")) as running:
        yield running


class Line:
    """The way to the service: what comes goes on as it is, and faults are on the way."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.codings: list[str] = []

    def settings(self, url: str) -> dict[str, Any]:
        return {"url": url}

    def handle(self, request: Request) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {name: text for name, text in request.headers.items() if name not in HOP}
        self.codings.append(headers.get("content-encoding", ""))
        connection.request(request.method, request.path, request.body, headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return Reply(answer.status, body)

    def fault_reply(self, fault: HttpFault) -> Reply:
        return Reply(503, b"try again\n", {"Content-Type": "text/plain"})


def segment_python(url: str, mark: str, *, gzip: bool = False) -> None:
    failed: list[object] = []
    client = SegmentClient(
        KEY, host=url, gzip=gzip, on_error=lambda error, _: failed.append(error), upload_size=4
    )
    calls(client, mark)
    client.flush()
    client.shutdown()
    assert failed == []


def segment_python_packed(url: str, mark: str) -> None:
    segment_python(url, mark, gzip=True)


def rudderstack_python(url: str, mark: str, *, gzip: bool = True) -> None:
    failed: list[object] = []
    client = RudderStackClient(
        KEY, host=url, gzip=gzip, on_error=lambda error, _: failed.append(error), upload_size=4
    )
    calls(client, mark)
    client.flush()
    client.join()
    assert failed == []


def rudderstack_python_plain(url: str, mark: str) -> None:
    rudderstack_python(url, mark, gzip=False)


def calls(client: Any, mark: str) -> None:
    user = f"user-{mark}"
    client.identify(user, {"email": f"{mark}@shop.example", "name": "王芳"})
    client.track(user, "Order Completed", {"mark": mark, "total": 129.5})
    client.page(anonymous_id=f"cookie-{mark}", name="Price", properties={"mark": mark})
    client.group(user, f"company-{mark}", {"name": "Acme"})
    client.alias(f"cookie-{mark}", user)
    client.screen(user, name="Cart", properties={"mark": mark})


def node(script: str, *more: str) -> Sdk:
    def run(url: str, mark: str) -> None:
        command = ["node", str(NODE / script), url, KEY, mark, *more]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr

    return run


SDKS: dict[str, tuple[Sdk, str]] = {
    "segment-python": (segment_python, ""),
    "segment-python-gzip": (segment_python_packed, "gzip"),
    "rudderstack-python": (rudderstack_python_plain, ""),
    "rudderstack-python-gzip": (rudderstack_python, "gzip"),
    "segment-node": (node("segment.js"), ""),
    "rudderstack-node": (node("rudderstack.js", "plain"), ""),
    "rudderstack-node-gzip": (node("rudderstack.js"), "gzip"),
}
FAULTS: dict[str, list[HttpFault]] = {
    "ready": [],
    "busy": ["500"],
    "answer-lost": ["drop_after_accept", "drop"],
}


@pytest.mark.parametrize("faults", FAULTS)
@pytest.mark.parametrize("name", SDKS)
def test_each_call_of_a_client_lands_once(service: Served, name: str, faults: str) -> None:
    sdk, coding = SDKS[name]
    mark = f"{name}-{faults}"
    line = Line(service.port)
    server = VendorServer(line, Faults())
    server.faults.http.extend(FAULTS[faults])
    server.start()
    try:
        sdk(server.url, mark)
    finally:
        server.stop()
    assert set(line.codings) == {coding}
    rows = [row for row in service.rows() if f"-{mark}'" in str(row["body"])]
    kept = {row["kind"]: row["body"] for row in rows}
    assert sorted(row["kind"] for row in rows) == sorted(kept)
    assert {*kept} == {"identify", "track", "page", "group", "alias", "screen"}
    user = f"user-{mark}"
    assert kept["identify"]["traits"] == {"email": f"{mark}@shop.example", "name": "王芳"}
    assert kept["track"]["properties"] == {"mark": mark, "total": 129.5}
    assert (kept["track"]["event"], kept["track"]["userId"]) == ("Order Completed", user)
    assert kept["page"]["anonymousId"] == f"cookie-{mark}"
    assert (kept["group"]["groupId"], kept["group"]["traits"]["name"]) == (
        f"company-{mark}",
        "Acme",
    )
    assert (kept["alias"]["previousId"], kept["alias"]["userId"]) == (f"cookie-{mark}", user)
    assert all(abs(row["received_at"] - row["occurred_at"]).total_seconds() < 120 for row in rows)
