"""Every address of `sluice serve`, as the application lists them, so that a new one is tried too:
whatever is sent, no 500, no script that comes back, no way out, no file of ours; and what attacks a
server by the form of a request.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from starlette.routing import Route

from sluice.activations.inbox.http_server import Server
from sluice.activations.inbox.store import Inbox
from sluice.orchestration.installation.project import open_project
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.serving.service import make_service
from tests.activations.inbox.serving import Running

BASE, SHARE_TO = "https://hooks.shop.example", "https://www.shop.example/invite"
SCRIPT = "<script>x()</script>"
# settings of the vendors' callbacks that a service has without an account
CALLED = {
    "SLUICE_WECHAT_APPID": "wx1",
    "SLUICE_WECHAT_SECRET": "s" * 32,
    "SLUICE_WECHAT_CALLBACK_TOKEN": "callbacktoken",
    "SLUICE_WECHAT_CALLBACK_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
}
TEXT = st.one_of(
    st.text(max_size=30),
    st.sampled_from([SCRIPT, "\x00", "../../sluice.yml", "//evil.example", "%2e%2e%2f", "😀" * 20]),
)
BODIES = st.one_of(st.binary(max_size=200), TEXT.map(lambda one: one.encode("utf-8", "replace")))
TYPES = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/xml"]
QUICK = hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=list(HealthCheck)
)
SECRET = "k" * 40


@dataclass
class Service:
    """The service of a project, and its addresses: method and path."""

    running: Running
    calls: list[tuple[str, str]]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("every")
    (folder / "home").mkdir()
    (folder / "content" / "forms").mkdir(parents=True)
    (folder / "content" / "qr").mkdir()
    (folder / "content" / "qr" / "booth.yml").write_text(f"to: {SHARE_TO}\n")
    (folder / "sluice.yml").write_text(
        f"name: shop\nserve:\n  public_url: {BASE}\n  share_to: {SHARE_TO}\n"
        "  sources: {website: {write_key: wk_website_1, origins: ['https://shop.example']}}\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"SLUICE_HOME": str(folder / "home"), "SLUICE_SECRET": SECRET}.items():
            patch.setenv(name, value)
        for name, value in CALLED.items():
            patch.setenv(name, value)
        settings = load_settings(open_project(folder))
        server = Server()
        with make_service(settings, BASE) as made:
            thread = server.start(made.app)
            routes = [one for one in made.app.routes if isinstance(one, Route)]
            calls = sorted({(how, one.path) for one in routes for how in one.methods or ()})
            inbox = Inbox(settings.inbox)
            yield Service(Running(server, inbox), calls)
            server.stop()
            thread.join(15)
            inbox.close()


def test_the_addresses_are_known(service: Service) -> None:
    """One that is added is tried below; here it says what it is."""
    paths = {path for _, path in service.calls}
    assert {re.sub(r"\{[^}]*\}", "*", path) for path in paths} >= {
        *("/", "/s.js", "/c/*", "/l/*", "/o/*.gif", "/r/*", "/q/*", "/p/*", "/callbacks/*"),
        *("/f/*", "/f/*.json", "/f/*.js", "/f/*/thanks", "/f/*/confirm/*", "/f/popups.json"),
        *("/v1/track", "/v1/batch", "/v1/identify"),
    }


def filled(path: str, value: str) -> str:
    """The path with a value for each parameter."""
    written = quote(value.encode("utf-8", "replace"), safe="")
    return re.sub(r"\{[^}]*\}", lambda _: written or "x", path)


def check_answer(answer: Any) -> None:
    assert answer.status < 500, answer
    assert SCRIPT.encode() not in answer.body
    assert b"write_key" not in answer.body
    assert SECRET.encode() not in answer.body
    location = answer.headers.get("location", "")
    assert urlsplit(location).hostname in {None, "www.shop.example"}
    assert not location.startswith("//")


@QUICK
@given(st.data(), TEXT, BODIES, st.sampled_from(TYPES))
def test_whatever_is_sent(
    service: Service, data: st.DataObject, value: str, body: bytes, content_type: str
) -> None:
    method, path = data.draw(st.sampled_from(service.calls))
    written = quote(value.encode("utf-8", "replace"), safe="")
    headers = {"content-type": content_type, "origin": "https://evil.example"}
    known = filled(path, data.draw(st.sampled_from([value, "booth", "wechat_template"])))
    sent = body if method == "POST" else None
    check_answer(service.running.call(method, f"{known}?t={written}&l={written}", sent, headers))


OUTSIDE = ["/../sluice.yml", "/f/../../sluice.yml", "/%2e%2e/sluice.yml", "/f/..%2f..%2fsluice.yml",
           "/q/..%2f..%2fsluice", "/s.js/../../sluice.yml", "/f/%2e%2e%5csluice.yml",
           "/f/%00", "/f/....//sluice.yml", "//evil.example/f/a"]  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leads_out(service: Service, path: str) -> None:
    answer = service.running.call("GET", path)
    assert answer.status in {400, 403, 404}
    check_answer(answer)


def test_ten_megabytes_are_refused_at_every_address(service: Service) -> None:
    """By what the head says, before they are sent, and by what comes."""
    posted = [path for how, path in service.calls if how == "POST"]
    assert posted
    head = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n%s\r\n"
    chunked = b"Transfer-Encoding: chunked\r\n"
    for path in posted:
        target = filled(path, "wechat_template").encode()
        said = send(service, head % (target, b"Content-Length: 10485760\r\n"))
        assert said[:1] == b"4", (path, said)
        came = send(service, head % (target, chunked) + b"A00000\r\n" + b"x" * 10_485_760)
        assert came[:1] in {b"4", b""}, (path, came)


def send(service: Service, raw: bytes) -> bytes:
    """Bytes as they are; the answer from its status on, or nothing when the line was cut."""
    with socket.create_connection(service.running.server.server_address[:2], timeout=10) as line:  # type: ignore[arg-type]
        try:
            line.sendall(raw)
            found = line.recv(65_536)
        except (ConnectionResetError, BrokenPipeError):
            return b""
    return found.removeprefix(b"HTTP/1.1 ")


HIDDEN = b"GET /f/hidden HTTP/1.1\r\nHost: x\r\n\r\n"
TRACK = b"POST /v1/track HTTP/1.1\r\nHost: x\r\n"
SMUGGLED = {
    "length and chunks": TRACK
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": TRACK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "two codings": TRACK
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "a coding that looks like chunked": TRACK + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a space before the colon": TRACK + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a folded head": TRACK + b"X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a bare line feed": TRACK + b"X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a length that is none": TRACK + b"Content-Length: 0x5\r\n\r\nhello",
    "a chunk that is none": TRACK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
}


@pytest.mark.parametrize("case", SMUGGLED)
def test_no_request_hides_in_another(service: Service, case: str) -> None:
    """A request that two servers could read in two ways is refused, and what follows it is not
    answered.
    """
    answer = send(service, SMUGGLED[case] + HIDDEN)
    assert answer[:3] in {b"400", b"501", b""}, answer
    assert b"HTTP/1.1" not in answer


@pytest.mark.parametrize("path", ["/p/made-up", "/f/contact", "/f/contact/confirm/x"])
def test_a_foreign_page_posts_for_nobody(service: Service, path: str) -> None:
    before = service.running.inbox.count()
    body = b"token=x&action=stop_all&email=a%40b.cn"
    headers = {
        "origin": "https://evil.example",
        "cookie": "sluice_id=visitor-1",
        "content-type": "application/x-www-form-urlencoded",
    }
    answer = service.running.call("POST", path, body, headers)
    assert 400 <= answer.status < 500
    assert answer.headers.get("access-control-allow-origin") in {None, ""}
    assert service.running.inbox.count() == before
