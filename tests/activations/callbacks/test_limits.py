"""What slow, many, deep and odd callers cost the others: nothing."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator

import pytest

from sluice.activations.callbacks.routes import Route, answer
from sluice.activations.destinations.base import CallbackAnswer, CallbackRequest
from sluice.activations.destinations.email.smtp.config import SmtpConfig
from sluice.activations.destinations.email.unsubscribe import read_unsubscribe
from sluice.activations.destinations.registry import REGISTRY
from sluice.activations.http.safe_json import read_json
from sluice.activations.inbox.http_server import Connections, Limits, Server
from sluice.models.delivery import Withdrawal
from tests.activations.callbacks.serving import serving

DEEP = b"[" * 100_000
SHORT = Limits(seconds=0.6, connections=8, per_address=4)


@pytest.fixture
def server() -> Iterator[Server]:
    echo = Route(None, lambda _, call: CallbackAnswer(body=call.body))
    with serving({"vendor": echo}, len, limits=SHORT) as running:
        yield running


def connect(server: Server) -> socket.socket:
    return socket.create_connection(server.server_address[:2], timeout=5)  # type: ignore[arg-type]


def post(server: Server, body: bytes = b"hello") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    connection.request("POST", "/callbacks/vendor", body)
    response = connection.getresponse()
    found = response.status, response.read()
    connection.close()
    return found


HALVES = {
    "nothing": b"",
    "half a line": b"POST /callb",
    "half the headers": b"POST /callbacks/vendor HTTP/1.1\r\nHost: x\r\n",
    "half the body": (
        b"POST /callbacks/vendor HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello"
    ),
}


@pytest.mark.parametrize("half", HALVES)
def test_slow_callers_stop_nobody(server: Server, half: str) -> None:
    """Twice as many as there is room for, from the address of the one who is served."""
    slow = [connect(server) for _ in range(2 * SHORT.connections)]
    for one in slow:
        one.sendall(HALVES[half])
    assert post(server) == (200, b"hello")
    for one in slow:
        one.close()


def is_cut(caller: socket.socket, drip: bytes) -> bool:
    """Send a little more; True when the server hung up."""
    try:
        caller.sendall(drip)
        return caller.recv(64) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


@pytest.mark.parametrize("half", HALVES)
def test_a_byte_now_and_then_does_not_put_the_deadline_off(server: Server, half: str) -> None:
    caller, began = connect(server), time.monotonic()
    caller.sendall(HALVES[half] or b"P")
    drip = {"half the headers": b"X: y\r\n", "half the body": b""}.get(half, b"x")
    caller.settimeout(0.05)
    while not is_cut(caller, drip):
        assert time.monotonic() - began < SHORT.seconds + 3
    caller.close()


def test_a_body_that_was_cut_off_is_not_read(server: Server) -> None:
    caller = connect(server)
    caller.sendall(HALVES["half the body"])
    caller.shutdown(socket.SHUT_WR)
    assert caller.recv(64) == b""
    caller.close()


class Line:
    """A connection that tells when it is cut off."""

    def __init__(self) -> None:
        self.is_cut = False

    def cut(self) -> None:
        self.is_cut = True


def test_who_makes_place_is_the_oldest_of_those_who_are_too_many() -> None:
    room = Connections(Limits(1, connections=6, per_address=3))
    one, other = [Line() for _ in range(3)], [Line() for _ in range(3)]
    for line in one:
        room.enter(line, "a")
    for line in other[:2]:
        room.enter(line, "b")
    room.has_read(one[0])
    room.enter(other[2], "a")
    assert not any(line.is_cut for line in [*one, *other])
    last = Line()
    room.enter(last, "a")
    cut = [False, True, False, False, False, False, False]
    assert [line.is_cut for line in [*one, *other, last]] == cut


@pytest.mark.parametrize(
    "body",
    [DEEP, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000],
    ids=["open", "objects", "closed"],
)
def test_json_nested_deeply_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of the parser, whatever its words
        read_json(body)


@pytest.mark.parametrize("name", [name for name, entry in REGISTRY.items() if entry.callback])
@pytest.mark.parametrize(
    "body", [DEEP, b"<a>" * 100_000, b"a=" + DEEP], ids=["json", "xml", "form"]
)
def test_what_is_nested_deeply_is_never_our_error(name: str, body: bytes) -> None:
    entry = REGISTRY[name]
    given = {"callback_token": "a-token-of-16-characters", "secret": "a-secret-of-16-characters"}
    fields = entry.config.model_fields  # type: ignore[attr-defined]
    required = {f: entry.config.example(f) for f, info in fields.items() if info.is_required()}  # type: ignore[attr-defined]
    settings = entry.config(
        **{**required, **{key: value for key, value in given.items() if key in fields}}
    )
    call = CallbackRequest(
        "POST", "https://x.example/", "token=a-token-of-16-characters&kind=report", {}, body
    )
    reply = answer({name: Route(settings, entry.callback)}, name, call, len)  # type: ignore[arg-type]
    assert 200 <= reply.status < 500
    assert not reply.reported


MAIL = SmtpConfig(
    host="h",
    sender="Shop <news@shop.example>",
    unsubscribe_url="https://shop.example/u",
    secret="0123456789abcdef",
)
HASH = "a" * 64
LINK = f"t={MAIL.signer.unsubscribe_token(HASH)}"
PART = '--X\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
MULTIPART = "multipart/form-data; boundary=X"
FORMS: dict[str, tuple[str, str, bool]] = {
    "urlencoded": ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click", True),
    "a line end after it": ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click\r\n", True),
    "in small letters": ("application/x-www-form-urlencoded", "list-unsubscribe=one-click", True),
    "two answers": ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click&List-Unsubscribe=No", False),
    "no content type": ("", "List-Unsubscribe=One-Click", True),
    "multipart": (MULTIPART, PART.format("List-Unsubscribe", "One-Click") + "--X--\r\n", True),
    "multipart, quoted boundary": (
        'Multipart/Form-Data; charset=utf-8; boundary="X"', PART.format("List-Unsubscribe", "One-Click") + "--X--\r\n", True,
    ),
    "multipart, without its last line": (MULTIPART, PART.format("List-Unsubscribe", "One-Click"), True),
    "multipart, beside another field": (
        MULTIPART, PART.format("a", "b") + PART.format("List-Unsubscribe", "One-Click") + "--X--", True,
    ),
    "multipart, another value": (MULTIPART, PART.format("List-Unsubscribe", "No") + "--X--", False),
    "multipart, another name": (MULTIPART, PART.format("Subscribe", "One-Click") + "--X--", False),
    "multipart, no boundary": ("multipart/form-data", PART.format("List-Unsubscribe", "One-Click") + "--X--", False),
    "multipart that is a form": (MULTIPART, "List-Unsubscribe=One-Click", False),
    "too long": (MULTIPART, PART.format("List-Unsubscribe", "One-Click") + " " * 20_000, False),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_one_click_comes_in_either_encoding(form: str) -> None:
    content_type, body, withdraws = FORMS[form]
    call = CallbackRequest("POST", "", LINK, {"content-type": content_type}, body.encode())
    reply = read_unsubscribe(MAIL, call)
    assert reply.status == (200 if withdraws else 400)
    assert [type(news) for news in reply.reported] == ([Withdrawal] if withdraws else [])


@pytest.mark.parametrize("form", FORMS)
def test_a_look_at_the_link_changes_nothing(form: str) -> None:
    content_type, body, _ = FORMS[form]
    reply = read_unsubscribe(
        MAIL, CallbackRequest("GET", "", LINK, {"content-type": content_type}, body.encode())
    )
    assert (reply.status, list(reply.reported)) == (200, [])
