"""Webhooks: the conformance suite, the signature, the templates, and never a call into the
house.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.destinations.testing import Conformance
from sluice.activations.destinations.web.webhook import mapping
from sluice.activations.destinations.web.webhook.client import Webhook
from sluice.activations.destinations.web.webhook.config import WebhookConfig
from sluice.activations.http.address_guard import is_public
from sluice.activations.sandbox.faults import Faults
from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sandbox.web import Reply, Request, VendorServer
from sluice.models.delivery import Item, Outcome
from sluice.models.errors import ConfigurationError, ContentError
from tests.activations.destinations.http_faults import HttpFaults
from tests.activations.destinations.test_conformance import message, operation

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class TestWebhook(HttpFaults, Conformance):
    name, kind = "webhook", "sync"

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [
            operation(number, email=f"u{number}@shop.example", full_name=text)
            for number in range(1, count + 1)
        ]

    def bad_item(self) -> Item:
        return operation(999, email="no address")

    def oversized_item(self) -> Item:
        return operation(998, email="large@shop.example", full_name="王芳" * 200_000)

    def unwritable_item(self) -> Item:
        return operation(997, email="a@b.cn\r\nvictim@shop.example")

    def arrived(self, sandbox: Sandbox) -> str:
        return "\n".join(
            json.loads(row[0])["full_name"]
            for row in sandbox.store.rows("select body from received")
        )

    def received(self, sandbox: Sandbox) -> int:
        return sandbox.store.value("select count(*) from received where vendor = 'webhook'")

    def wrong_login(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**settings, "secret": SECRET}


class TestWebhookOfSingleMessages(TestWebhook):
    kind = "message"

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [message(number, f"u{number}@shop.example", text) for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        return message(999, "no address")

    def oversized_item(self) -> Item:
        return message(998, "large@shop.example", "王芳" * 200_000)

    def unwritable_item(self) -> Item:
        return message(997, "a@b.cn\r\nvictim@shop.example")

    def answer_late(self, sandbox: Sandbox, settings: dict[str, Any]) -> dict[str, Any]:
        return {**super().answer_late(sandbox, settings), "batch_size": 1}

    @pytest.fixture
    def destination(self, sandbox: Sandbox) -> Iterator[Webhook]:
        client = Webhook(WebhookConfig(**{**sandbox.endpoints()["webhook"], "batch_size": 1}))
        yield client
        client.close()


class Answers:
    """A receiver that answers every call the same, and keeps the calls."""

    def __init__(self, reply: Reply) -> None:
        self.reply, self.calls = reply, list[Request]()

    def settings(self, url: str) -> dict[str, Any]:
        return {"url": f"{url}/hook", "secret": SECRET, "allow_private_addresses": True}

    def handle(self, request: Request) -> Reply:
        self.calls.append(request)
        return self.reply

    def fault_reply(self, fault: Any) -> Reply:
        return Reply(int(fault))


@pytest.fixture
def receiver() -> Iterator[VendorServer]:
    server = VendorServer(Answers(Reply(200, b"fine")), Faults())
    server.start()
    yield server
    server.stop()


def post(receiver: VendorServer, *items: Item, **settings: Any) -> list[Any]:
    client = Webhook(WebhookConfig(**{**receiver.vendor.settings(receiver.url), **settings}))
    try:
        return client.send(items)
    finally:
        client.close()


def calls(receiver: VendorServer) -> list[Request]:
    assert isinstance(receiver.vendor, Answers)
    return receiver.vendor.calls


def test_the_signature_is_that_of_the_specification() -> None:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    at = datetime.fromtimestamp(1614265330, UTC)
    made = mapping.headers(
        [key, b"an older secret!"], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}'
    )
    first, second = made["webhook-signature"].split()
    assert (
        first == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )  # the example of the specification
    assert (
        second
        == "v1,"
        + base64.b64encode(
            hmac.new(
                b"an older secret!",
                b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}',
                hashlib.sha256,
            ).digest()
        ).decode()
    )


def test_an_item_alone_and_many_in_one_call(receiver: VendorServer) -> None:
    items = [operation(1, city="上海", since=date(2026, 1, 2)), operation(2)]
    assert [r.outcome for r in post(receiver, *items)] == [Outcome.ACCEPTED] * 2
    assert [r.outcome for r in post(receiver, *items, batch_size=10)] == [Outcome.ACCEPTED] * 2
    alone, second, together = calls(receiver)
    assert json.loads(alone.body) == {
        "id": "10001", "type": "contacts.entered",
        "data": {"key": "1", "operation": "entered", "properties": {"city": "上海", "since": "2026-01-02"}},
    }  # fmt: skip
    assert alone.headers["webhook-id"] == "msg_10001" != second.headers["webhook-id"]
    assert [one["id"] for one in json.loads(together.body)["data"]] == ["10001", "10002"]


def test_a_repeat_has_the_id_of_the_first_try(receiver: VendorServer) -> None:
    items = [operation(1), operation(2)]
    post(receiver, *items, batch_size=10)
    post(receiver, *reversed(items), batch_size=10)
    first, again = calls(receiver)
    assert first.headers["webhook-id"] == again.headers["webhook-id"]


def test_a_template_makes_the_body(tmp_path: Path) -> None:
    folder = tmp_path / "webhook"
    folder.mkdir()
    (folder / "card.json.liquid").write_text(
        '{"text": {{ data.properties.name | json }}, "n": {{ id }}}', encoding="utf-8"
    )
    assert mapping.body_of(operation(1, name='王 "芳"\n'), "card", tmp_path) == {
        "text": '王 "芳"\n',
        "n": 10001,
    }
    (folder / "bad.json.liquid").write_text('{"text": {{ data.properties.nobody | json }}}')
    (folder / "torn.json.liquid").write_text('{"text": "{{ data.properties.name }}"}')
    for name in ("bad", "torn", "missing"):
        with pytest.raises(ContentError):
            mapping.body_of(operation(1, name='"'), name, tmp_path)


@pytest.mark.parametrize(
    ("reply", "outcome", "reason"),
    [
        (Reply(200, b"fine"), Outcome.ACCEPTED, None),
        (Reply(204), Outcome.ACCEPTED, None),
        (
            Reply(302, None, {"Location": "http://127.0.0.1:1/"}),
            Outcome.RETRY,
            "redirects_are_not_followed",
        ),
        (Reply(400), Outcome.FAILED, "http_400"),
        (Reply(401), Outcome.RETRY, "http_401"),
        (Reply(410), Outcome.RETRY, "http_410"),
        (Reply(503, None, {"Retry-After": "9"}), Outcome.RETRY, "http_503"),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Reply) else None,
)
def test_what_a_receiver_answers(
    receiver: VendorServer, reply: Reply, outcome: Outcome, reason: str | None
) -> None:
    receiver.vendor = Answers(reply)
    (result,) = post(receiver, operation(1))
    assert (result.outcome, result.reason) == (outcome, reason)
    assert result.retry_after_seconds == (9 if reply.status == 503 else None)
    assert len(calls(receiver)) == 1


INSIDE = (
    "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", 
    "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "fc00::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "192.0.2.1", "198.18.0.1", "::127.0.0.1",
    "fec0::1", "feff::1", "192.0.0.8", "192.0.0.170", "192.88.99.1", "192.31.196.1", "192.175.48.1", "64:ff9b::a00:1",
    "64:ff9b:1::1", "2001::1", "2001:10::1", "2001:db8::1", "3fff::1", "5f00::1", "100::1", "::ffff:0:7f00:1", "4000::1",
    "::ffff:100.64.0.1", "::ffff:192.0.0.8", "198.51.100.1", "203.0.113.9", "2620:4f:8000::1",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["93.184.215.14", "47.88.1.1", "2606:4700::1111", "::ffff:93.184.215.14", "2408:4000::1"],
)
def test_an_address_outside_is_public(address: str) -> None:
    assert is_public(address)


def guarded(
    receiver: VendorServer, url: str, monkeypatch: pytest.MonkeyPatch, *answers: str
) -> Any:
    """Send to a URL whose name resolves to one answer after the other, on the receiver's port."""
    script = iter(answers)
    kind = socket.AF_INET6 if ":" in answers[0] else socket.AF_INET
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, *a, **k: [(kind, socket.SOCK_STREAM, 6, "", (next(script), port))],
    )
    config = WebhookConfig(url="https://hooks.example.com/in", secret=SECRET, timeout_seconds=2)
    client = Webhook(config)
    client.http.base_url = url  # http, since the receiver of this test has no certificate
    try:
        return client.send([operation(1)])[0]
    finally:
        client.close()


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"])
def test_nothing_is_posted_into_the_house(
    receiver: VendorServer, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    port = receiver.url.rpartition(":")[2]
    result = guarded(receiver, f"http://inside.example:{port}/hook", monkeypatch, address)
    assert (result.outcome, result.reason) == (Outcome.RETRY, "address_not_allowed")
    assert calls(receiver) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "2130706433", "0x7f000001", "localhost"])
def test_an_address_in_the_url_is_refused_too(receiver: VendorServer, host: str) -> None:
    client = Webhook(
        WebhookConfig(url=f"https://{host}:{receiver.url.rpartition(':')[2]}/hook", secret=SECRET)
    )
    (result,) = client.send([operation(1)])
    client.close()
    assert result.outcome is Outcome.RETRY
    assert result.reason in {
        "address_not_allowed",
        "cannot_connect",
    }  # the latter where the name is none to this resolver
    assert calls(receiver) == []


def test_the_connection_goes_to_the_address_that_was_checked(
    receiver: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name would resolve to loopback the second time: there is no second time."""
    connected = []

    def connect(address: tuple[str, int], **options: Any) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    result = guarded(
        receiver, "http://rebinding.example:81/hook", monkeypatch, "93.184.215.14", "127.0.0.1"
    )
    assert connected == ["93.184.215.14"]
    assert (result.outcome, result.reason) == (Outcome.RETRY, "cannot_connect")


@pytest.mark.parametrize(
    "settings",
    [
        {"url": "http://hooks.example.com/"},
        {"url": "file:///etc/passwd"},
        {"url": "https://user:pass@hooks.example.com/"},
        {"secret": "whsec_c2hvcnQ="},
        {"secret": "not base64!"},
        {"template": "../../etc/passwd"},
    ],
    ids=str,
)
def test_a_wrong_setting_is_told_at_the_start(settings: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        WebhookConfig(**{"url": "https://hooks.example.com/", "secret": SECRET, **settings})
