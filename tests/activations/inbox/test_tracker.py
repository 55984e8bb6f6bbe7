"""The script for sites as it is served; what it does is tested in a browser, in
tests/counterparts/test_tracker.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.activations.inbox.tracker import routes
from sluice.activations.inbox.tracker.minify import minify
from tests.activations.inbox.serving import Running, serving_inbox


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving_inbox(tmp_path_factory.mktemp("s"), lambda *_: routes.routes()) as running:
        yield running


def test_it_is_small_and_may_be_kept(service: Running) -> None:
    answer = service.call("GET", "/s.js")
    assert (answer.status, answer.headers["content-type"]) == (
        200,
        "text/javascript; charset=utf-8",
    )
    assert len(answer.body) < 5_000
    assert "max-age" in answer.headers["cache-control"]
    assert answer.headers["access-control-allow-origin"] == "*"
    again = service.call("GET", "/s.js", None, {"if-none-match": answer.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert service.call("POST", "/s.js", b"x").status == 405


def test_it_asks_for_nothing_of_others(service: Running) -> None:
    text = service.call("GET", "/s.js").body.decode()
    assert not re.search(r"https?://[a-z]|eval\(|innerHTML|document\.write", text)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("const first = 1; // one\n// two\nf(first);", "let a=1;f(a);"),
        ("const first = ' // no ';", "let a=' // no ';"),
        ("const first = / {2}'/.test(x);", "let a=/ {2}'/.test(x);"),
        ("const first = 1;\nx = y / first / 2;", "let a=1;x=y/a/2;"),
        ("const first = 1; x.first = first;", "let first=1;x.first=first;"),
        ("const first = 1; x = { first };", "let first=1;x={first};"),
        ("const first = 1; x = { first: 2 };", "let first=1;x={first:2};"),
        ("const first = 1; x = [...y, ...first];", "let a=1;x=[...y,...a];"),
        ("const first = 1; x = `first ${first ? '=' : ''}`;", "let a=1;x=`first ${a?'=':''}`;"),
        ("f((one) => one + 1, (one, two) => two);", "f(a=>a+1,(a,b)=>b);"),
        ("f(() => 1, ({ one }) => one);", "f(()=>1,({one})=>one);"),
        ("if (x) { return []; }", "if(x){return[]}"),
        ("let a = 1; const first = b;", "let a=1;let c=b;"),
    ],
)
def test_the_small_form_does_the_same(source: str, expected: str) -> None:
    assert minify(source) == expected


def test_what_cannot_be_read_is_an_error() -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        minify("x = 'open")


def test_the_source_keeps_what_the_small_form_needs() -> None:
    """Statements end with a semicolon, so that lines can be joined."""
    for line in Path(routes.SOURCE).read_text(encoding="utf-8").splitlines():
        text = line.strip()
        assert not text or text.startswith("//") or text.endswith((";", "{", "}", ","))
