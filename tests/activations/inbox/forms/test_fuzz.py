"""Whatever is sent to the addresses of forms: no 500 and no 503, nothing reflected as it came, no way out, nothing kept without a token."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.activations.inbox.forms.desk import BASE, Desks, serving_forms

SCRIPT = "<script>x()</script>\"'><img src=x onerror=x()>"
FULL = (
    BASE
    + """thanks: {redirect: https://shop.example/thanks}
double_opt_in: {}
per_minute: 1000000
"""
)
TEXT = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            SCRIPT,
            "\x00",
            "\ud800",
            "a@acme.cn",
            "13812345679",
            "{{ form }}",
            "{% raw %}",
            "on",
            "//evil.example",
        ]
    ),
)
NAMES = st.one_of(
    st.text(max_size=10),
    st.sampled_from(["email", "phone", "note", "news", "_token", "_page", "_referrer", "_link", "_topic", "_anonymous_id", "_title"]),
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)  # fmt: skip
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with serving_forms(tmp_path_factory.mktemp("fuzz")) as running:
        running.write("contact", FULL)
        yield running


def check_answer(answer: Any) -> None:
    assert answer.status < 500
    if "text/html" in answer.headers.get("content-type", ""):
        assert b"<script" not in answer.body
        assert b"<img" not in answer.body
        assert "'unsafe-inline'" not in answer.headers["content-security-policy"].replace(
            "style-src 'unsafe-inline'", ""
        )
    assert "evil" not in answer.headers.get("location", "")
    assert answer.headers.get("access-control-allow-origin") in {None, "https://shop.example"}


@QUICK
@given(st.dictionaries(NAMES, VALUES, max_size=8), st.booleans())
def test_any_json(desks: Desks, values: dict[str, Any], is_signed: bool) -> None:
    before = desks.running.inbox.count()
    token = {"_token": desks.token("contact")} if is_signed else {}
    body = json.dumps({**values, **token}).encode()
    check_answer(desks.raw("/f/contact", body, "application/json"))
    if not is_signed:
        assert desks.running.inbox.count() == before


@QUICK
@given(st.lists(st.tuples(NAMES, TEXT), max_size=10), TEXT)
def test_any_form(desks: Desks, pairs: list[tuple[str, str]], lang: str) -> None:
    clean = [
        (name.encode("utf-8", "replace"), text.encode("utf-8", "replace")) for name, text in pairs
    ]
    body = urlencode([*clean, (b"_token", desks.token("contact").encode())]).encode()
    query = quote(lang.encode("utf-8", "replace"))
    check_answer(
        desks.raw(f"/f/contact?lang={query}&t={query}", body, "application/x-www-form-urlencoded")
    )


@QUICK
@given(st.binary(max_size=300), st.sampled_from(["application/json", "multipart/form-data; boundary=b", "multipart/form-data", "application/x-www-form-urlencoded", "text/plain", ""]))  # fmt: skip
def test_any_bytes(desks: Desks, body: bytes, kind: str) -> None:
    before = desks.running.inbox.count()
    check_answer(desks.raw("/f/contact", body, kind))
    check_answer(desks.raw("/f/contact", b"--b\r\n" + body + b"\r\n--b--", kind))
    assert desks.running.inbox.count() == before


@QUICK
@given(
    TEXT,
    st.sampled_from(
        ["", ".json", ".js", "/thanks", "/confirm/x", "/confirm/1.AAAAAAAAAAAAAAAAAAAAAAAA"]
    ),
    TEXT,
)
def test_any_address(desks: Desks, name: str, suffix: str, value: str) -> None:
    path, query = (quote(text.encode("utf-8", "replace"), safe="") for text in (name, value))
    for where in (f"/f/{path}{suffix}", f"/f/contact{suffix or '/'}{path}", f"/f/contact{suffix}"):
        for method in ("GET", "POST", "HEAD", "OPTIONS"):
            answer = desks.running.call(
                method, f"{where}?lang={query}&t={query}&utm_source={query}&{query}={query}", b""
            )
            check_answer(answer)


@QUICK
@given(st.dictionaries(st.sampled_from(["Origin", "Referer", "Cookie", "X-Forwarded-For", "Accept-Language", "Accept", "User-Agent"]), st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)))  # fmt: skip
def test_any_header(desks: Desks, headers: dict[str, str]) -> None:
    check_answer(desks.running.call("GET", "/f/contact", None, headers))
    check_answer(desks.running.call("GET", "/f/popups.json", None, headers))


@pytest.mark.parametrize(
    "where",
    ["name", "note", "email", "_page", "_referrer", "_link", "_token", "lang", "t", "utm_source"],
)
def test_script_is_shown_as_text(desks: Desks, where: str) -> None:
    query = urlencode({where: SCRIPT})
    for answer in (
        desks.get(f"/f/contact?{query}", Referer=quote(SCRIPT)),
        desks.send("contact", {"email": "x", where: SCRIPT}),
        desks.get(f"/f/contact/thanks?{query}"),
        desks.get(f"/f/contact/confirm/{quote(SCRIPT, safe='')}?{query}"),
        desks.get(f"/f/{quote(SCRIPT, safe='')}?{query}"),
    ):
        check_answer(answer)


def test_slow_body_costs_nobody_else(desks: Desks) -> None:
    head = b"POST /f/contact HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    with socket.create_connection(desks.running.server.server_address) as slow:
        slow.sendall(head)
        assert desks.send("contact", {"email": "a@acme.cn"}).status == 303


def test_smuggled_request_is_not_read(desks: Desks) -> None:
    before = desks.running.inbox.count()
    token = desks.token("contact")
    inner = f"POST /f/contact HTTP/1.1\r\nHost: x\r\n\r\n_token={token}&email=a@acme.cn"
    both = "POST /f/contact HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    with socket.create_connection(desks.running.server.server_address) as link:
        link.settimeout(5)
        link.sendall((both + inner).encode())
        assert b" 400 " in link.recv(2_000).split(b"\r\n")[0] + b" "
    assert desks.running.inbox.count() == before
