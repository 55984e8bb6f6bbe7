"""The server that vendors call: what is reported is kept before it is answered, and nothing a caller
does stops it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from sluice.activations.callbacks.routes import Route
from sluice.activations.destinations.base import CallbackAnswer, CallbackRequest
from sluice.activations.destinations.wechat.callback import read_callback
from sluice.activations.destinations.wechat.config import OfficialAccountConfig
from sluice.activations.inbox.answers import MAX_BODY
from sluice.activations.inbox.events import Event
from sluice.activations.inbox.http_server import Server
from sluice.activations.ledger.receiving import receive
from sluice.activations.ledger.store import Ledger
from sluice.activations.sandbox.wechat.calls import Caller
from sluice.models.delivery import DeliveryState, Receipt, Withdrawal
from tests.activations.callbacks.serving import Kept, call, serving

SECRET, NOW = b"the vendor's secret", datetime(2026, 6, 29, 13, tzinfo=UTC)
HASH = hashlib.sha256(b"a@shop.example").hexdigest()


def sign(text: bytes) -> str:
    return hmac.new(SECRET, text, hashlib.sha256).hexdigest()


def read_receipts(settings: bytes, request: CallbackRequest) -> CallbackAnswer:
    """A vendor of receipts that signs address and body."""
    if request.headers.get("x-signature") != sign(request.url.encode() + request.body):
        return CallbackAnswer(status=403, body=b"signature")
    return CallbackAnswer(
        [Receipt(DeliveryState(r["state"]), NOW, r["id"]) for r in json.loads(request.body)],
        body=b"success",
    )


def read_unsubscribe(settings: bytes, request: CallbackRequest) -> CallbackAnswer:
    """A link of RFC 8058: GET asks, POST withdraws, and the token must be ours."""
    token = parse_qs(request.query).get("t", [""])[0]
    if token != f"{HASH}.{sign(HASH.encode())}":
        return CallbackAnswer(status=403)
    if request.method == "GET":
        return CallbackAnswer(body=b"<form method=post>", content_type="text/html; charset=utf-8")
    is_click = parse_qs(request.body.decode()).get("List-Unsubscribe") == ["One-Click"]
    return CallbackAnswer(
        [Withdrawal("email", HASH, NOW)] if is_click else (), 200 if is_click else 400
    )


@pytest.fixture
def server(kept: Kept) -> Iterator[Server]:
    routes = {"vendor": Route(SECRET, read_receipts), "mail": Route(SECRET, read_unsubscribe)}
    with serving(routes, kept, "https://hooks.shop.example/") as running:
        yield running


def signed(body: bytes, path: str = "/callbacks/vendor?batch=1") -> dict[str, str]:
    return {"x_signature": sign(f"https://hooks.shop.example{path}".encode() + body)}


BODY = b'[{"id": 1, "state": "delivered"}, {"id": 2, "state": "bounced"}]'


def test_receipts_are_kept_and_answered_as_the_vendor_expects(server: Server, kept: Kept) -> None:
    assert call(server, "POST", "/callbacks/vendor?batch=1", BODY, **signed(BODY)) == (
        200,
        b"success",
    )
    assert [(news.state, news.delivery_id) for news in kept.news if isinstance(news, Receipt)] == [
        ("delivered", 1),
        ("bounced", 2),
    ]


def test_a_wrong_signature_is_heard_by_nobody(server: Server, kept: Kept) -> None:
    assert call(server, "POST", "/callbacks/vendor?batch=2", BODY, **signed(BODY))[0] == 403
    assert kept.news == []


def test_what_cannot_be_kept_is_asked_for_again(server: Server, kept: Kept) -> None:
    kept.is_broken = True
    assert call(server, "POST", "/callbacks/vendor?batch=1", BODY, **signed(BODY))[0] == 503
    kept.is_broken = False
    assert call(server, "POST", "/callbacks/vendor?batch=1", BODY, **signed(BODY))[0] == 200
    assert len(kept.news) == 2


@pytest.mark.parametrize(
    "body", [b"no json", b'[{"state": "delivered"}]', b'[{"id": 1, "state": "eaten"}]']
)
def test_a_body_that_breaks_the_callback_does_not_stop_the_server(
    server: Server, kept: Kept, body: bytes
) -> None:
    assert call(server, "POST", "/callbacks/vendor?batch=1", body, **signed(body)) == (
        500,
        b"cannot be read\n",
    )
    assert call(server, "POST", "/callbacks/vendor?batch=1", BODY, **signed(BODY))[0] == 200


def test_one_click_withdraws_and_a_look_does_not(server: Server, kept: Kept) -> None:
    link = f"/callbacks/mail?t={HASH}.{sign(HASH.encode())}"
    assert call(server, "GET", link) == (200, b"<form method=post>")
    assert call(server, "HEAD", link) == (200, b"")
    assert call(server, "POST", link, b"nothing")[0] == 400
    assert (
        call(server, "POST", f"/callbacks/mail?t={HASH}.{'0' * 64}", b"List-Unsubscribe=One-Click")[
            0
        ]
        == 403
    )
    assert kept.news == []
    assert call(server, "POST", link, b"List-Unsubscribe=One-Click")[0] == 200
    assert kept.news == [Withdrawal("email", HASH, NOW)]


def test_a_body_that_is_too_long_is_not_read(server: Server) -> None:
    with socket.create_connection(server.server_address[:2], timeout=5) as caller:  # type: ignore[arg-type]
        caller.sendall(
            b"POST /callbacks/vendor HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
            % (MAX_BODY + 1)
        )
        assert caller.recv(64).split()[1] == b"413"


POST = b"POST /callbacks/vendor HTTP/1.1\r\nHost: x\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (POST + b"Content-Length: -5\r\n\r\n", b"400"),
        (POST + b"Content-Length: +5\r\n\r\nhello", b"400"),
        (POST + b"Content-Length: \xb2\r\n\r\nhello", b"400"),
        (POST + b"Content-Length: 5\r\nContent-Length: 4\r\n\r\nhello", b"400"),
        (POST + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n", b"400"),
        (POST + CHUNKED + b"Content-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n", b"400"),
        (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n", b"501"),
        (POST + CHUNKED + b"\r\nhello\r\n", b"400"),
        (POST + CHUNKED + b"\r\n-1\r\n", b"400"),
        (POST + CHUNKED + b"\r\n4\r\nhello\r\n", b"400"),
        (b"POST http://[::1/callbacks HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", b"400"),
        (b"GET http://[bad/callbacks/vendor HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (POST + CHUNKED + b"\r\n1;" + b"a" * 70_000 + b"\r\n", b"431"),
        (POST + CHUNKED + b"\r\n0\r\n" + b"X: y\r\n" * 20_000, b"431"),
        (b"DELETE /callbacks/vendor HTTP/1.1\r\nHost: x\r\n\r\n", b"405"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"431"),
        (
            b"GET /callbacks/vendor HTTP/1.1\r\n"
            + b"".join(b"X-%d: y\r\n" % n for n in range(9_000))
            + b"\r\n",
            b"431",
        ),
    ],
    ids=[
        "negative",
        "signed",
        "digits of another script",
        "two lengths",
        "more digits than a number has",
        "length and chunks",
        "another coding",
        "no chunks",
        "negative chunk",
        "chunk longer than its size",
        "path of half an address",
        "address of half a host",
        "extension too long",
        "many trailers",
        "method",
        "long line",
        "many headers",
    ],
)
def test_what_is_no_call_is_refused(server: Server, request_head: bytes, status: bytes) -> None:
    with socket.create_connection(server.server_address[:2], timeout=5) as caller:  # type: ignore[arg-type]
        caller.sendall(request_head)
        assert caller.recv(64).split()[1] == status


CHUNKS = {
    "one": b"1a\r\nList-Unsubscribe=One-Click\r\n0\r\n\r\n",
    "many, with extensions": b"4;a=b\r\nList\r\n016;c\r\n-Unsubscribe=One-Click\r\n00\r\n\r\n",
    "with trailers": b"1A\r\nList-Unsubscribe=One-Click\r\n0\r\nX: y\r\n\r\n",
}


@pytest.mark.parametrize("coding", ["chunked", " Chunked "])
@pytest.mark.parametrize("chunks", CHUNKS)
def test_one_click_in_chunks_is_read(server: Server, kept: Kept, chunks: str, coding: str) -> None:
    head = f"POST /callbacks/mail?t={HASH}.{sign(HASH.encode())} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {coding}\r\n\r\n"
    with socket.create_connection(server.server_address[:2], timeout=5) as caller:  # type: ignore[arg-type]
        caller.sendall(head.encode() + CHUNKS[chunks])
        assert caller.recv(64).split()[1] == b"200"
    assert kept.news == [Withdrawal("email", HASH, NOW)]


@pytest.mark.parametrize("chunks", [b"", b"1", b"1a\r\nList", b"1\r\na", b"1\r\na\r\n0\r\n"])
def test_chunks_that_were_cut_off_are_not_read(server: Server, kept: Kept, chunks: bytes) -> None:
    with socket.create_connection(server.server_address[:2], timeout=5) as caller:  # type: ignore[arg-type]
        caller.sendall(POST + CHUNKED + b"\r\n" + chunks)
        caller.shutdown(socket.SHUT_WR)
        assert caller.recv(64) == b""
    assert kept.news == []


@pytest.mark.parametrize(
    "path",
    [
        "/callbacks/nobody",
        "/callbacks/vendor/more",
        "/vendor",
        "/../callbacks/vendor",
        "/callbacks/",
        "/callbacks//vendor",
        "//",
    ],
)
def test_other_addresses_are_nobodys(server: Server, path: str) -> None:
    assert call(server, "POST", path, BODY)[0] == 404


def test_a_caller_that_says_nothing_holds_nobody_up(server: Server) -> None:
    silent = [socket.create_connection(server.server_address[:2]) for _ in range(20)]  # type: ignore[arg-type]
    assert call(server, "GET", "/") == (200, b"ok\n")
    for one in silent:
        one.close()


def test_the_same_call_twice_is_one_change_in_the_ledger(tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    routes = {"mail": Route(SECRET, read_unsubscribe)}
    path, click = f"/callbacks/mail?t={HASH}.{sign(HASH.encode())}", b"List-Unsubscribe=One-Click"
    with serving(routes, lambda news: receive(ledger.engine, news, NOW)) as running:
        answers = [call(running, "POST", path, click)[0] for _ in range(2)]
    assert answers == [200, 200]
    with ledger.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "select channel, address_hash, reason from suppressions"
        ).fetchall()
    assert [tuple(row) for row in rows] == [("email", HASH, "unsubscribed")]


def test_what_people_did_is_kept_before_the_vendor_is_answered(kept: Kept) -> None:
    """A signed call of a WeChat account; while the inbox cannot be written, it is to come again."""
    doings: list[Event] = []

    def keep(events: Sequence[Event], _: datetime) -> int:
        if len(doings) > 1:
            raise OSError("the disk is full")
        doings.extend(events)
        return len(events)

    account = OfficialAccountConfig(
        appid="wx1",
        secret="s",
        callback_token="callbacktoken",
        callback_aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    )
    caller = Caller("wx1", "callbacktoken", account.callback_aes_key.get_secret_value())
    fields = {"FromUserName": "o1", "MsgType": "event", "Event": "CLICK", "EventKey": "prices"}
    statuses = []
    with serving(
        {"wechat_service": Route(account, read_callback)}, kept, keep_doings=keep
    ) as server:
        for key in ("prices", "unsubscribe", "contact"):
            now = int(time.time())
            said = caller.tell({**fields, "EventKey": key, "CreateTime": now}, now)
            path = f"/callbacks/wechat_service?{said.query}"
            statuses.append(call(server, "POST", path, said.body)[0])
    assert statuses == [200, 200, 503]
    assert [one.body["subject"] for one in doings] == ["prices", "unsubscribe"]
    assert [type(one) for one in kept.news] == [Withdrawal]
