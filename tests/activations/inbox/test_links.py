"""Links and pixel of our own messages: each leads where the message said, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.activations.content.templates import render_mail
from sluice.activations.destinations.email.smtp.config import SmtpConfig
from sluice.activations.destinations.email.smtp.mapping import to_mime
from sluice.activations.inbox import links
from sluice.activations.inbox.links import click_url, message_event, pixel_url
from sluice.activations.inbox.tokens import LinkSigner
from sluice.activations.inbox.tracking import Tracker
from tests.activations.destinations.test_conformance import message
from tests.activations.inbox.serving import Running, serving_inbox

SIGNER, OTHER = LinkSigner("k" * 32), LinkSigner("l" * 32)
BASE = "https://hooks.shop.example"
TARGET = "https://shop.example/price?a=1&b=ü"
CHROME = {"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/126.0"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("links")
    with serving_inbox(folder, lambda commit, _: links.routes(SIGNER, commit)) as running:
        yield running


def path_of(url: str) -> str:
    return url.removeprefix(BASE)


def test_a_click_is_kept_and_led_on(service: Running) -> None:
    answer = service.call("GET", path_of(click_url(BASE, SIGNER, -7, TARGET)), None, CHROME)
    assert (answer.status, answer.headers["location"]) == (302, TARGET.replace("ü", "%C3%BC"))
    event = message_event(service.inbox_rows()[-1])
    assert event is not None
    assert (event.event_type, event.delivery_id, event.link, event.is_machine) == (
        "email_clicked",
        -7,
        "shop.example/price",
        False,
    )


def test_an_open_is_kept_and_answered_with_an_image(service: Running) -> None:
    answer = service.call("GET", path_of(pixel_url(BASE, SIGNER, 8)), None, CHROME)
    assert (answer.status, answer.headers["content-type"], answer.body[:3]) == (
        200,
        "image/gif",
        b"GIF",
    )
    assert answer.headers["cache-control"] == "no-store"
    event = message_event(service.inbox_rows()[-1])
    assert event is not None
    assert (event.event_type, event.delivery_id) == ("email_opened", 8)


@pytest.mark.parametrize(
    ("method", "agent", "is_machine"),
    [
        ("GET", CHROME["user-agent"], False),
        ("HEAD", CHROME["user-agent"], True),
        ("GET", "Mozilla/5.0", True),
        ("GET", "Barracuda Sentinel (EE)", True),
        ("GET", "Mozilla/5.0 (via ggpht.com GoogleImageProxy)", False),
    ],
)
def test_who_opened_is_said(service: Running, method: str, agent: str, is_machine: bool) -> None:
    service.call(method, path_of(pixel_url(BASE, SIGNER, 9)), None, {"user-agent": agent})
    event = message_event(service.inbox_rows()[-1])
    assert event is not None
    assert event.is_machine is is_machine


def altered() -> list[str]:
    good = path_of(click_url(BASE, SIGNER, 7, TARGET))
    token = good.split("/")[2].partition("?")[0]
    evil = "https%3A%2F%2Fevil.example"
    return [
        re.sub("u=.*", f"u={evil}", good),
        good.replace("c=email", "c=sms"),
        path_of(click_url(BASE, OTHER, 7, TARGET)),
        path_of(click_url(BASE, SIGNER, 7, "javascript:alert(1)")),
        path_of(click_url(BASE, SIGNER, 7, "//evil.example")),
        f"/c/{token}",
        f"/c/{token}?u={evil}",
        good.replace(token, SIGNER.token("open", 7, f"email {TARGET}")),
        "/c/x?u=" + evil,
        "/c/%F0%9F%98%80?u=" + evil,
    ]


@pytest.mark.parametrize("path", altered())
def test_an_altered_link_leads_nowhere(service: Running, path: str) -> None:
    before = len(service.inbox_rows())
    answer = service.call("GET", path, None, CHROME)
    assert (answer.status, answer.headers.get("location")) == (404, None)
    assert b"evil" not in answer.body
    assert len(service.inbox_rows()) == before


def test_a_person_gets_there_while_the_inbox_is_full(tmp_path: Path) -> None:
    from sluice.activations.inbox.keeping import GroupCommit

    def full(*_: object) -> int:
        raise OSError("disk full")

    def make(commit: GroupCommit, _: str) -> list[object]:
        return links.routes(SIGNER, GroupCommit(full))  # type: ignore[return-value]

    with serving_inbox(tmp_path, make) as running:  # type: ignore[arg-type]
        answer = running.call("GET", path_of(click_url(BASE, SIGNER, 7, TARGET)))
    assert answer.status == 302


@given(st.integers(-(1 << 63), (1 << 63) - 1), st.text(), st.text(max_size=30))
def test_a_token_is_good_for_its_own_purpose_and_text(number: int, text: str, noise: str) -> None:
    token = SIGNER.token("click", number, text)
    assert re.fullmatch("[A-Za-z0-9_-]{24}", token)
    assert SIGNER.read("click", token, text) == number
    assert SIGNER.read("open", token, text) is None
    assert SIGNER.read("click", token, text + "x") is None
    assert OTHER.read("click", token, text) is None
    assert SIGNER.read("click", noise, text) is None or noise.rstrip("=") == token


TRACKER = Tracker(BASE, SIGNER, utm={"utm_source": "sluice", "utm_campaign": "spring"})
HTML = """<html><body><A class="b" href='https://shop.example/a?x=1&amp;y=2#top'>a</A>
<a href="mailto:a@b.cn">m</a><a href="#top">t</a><a href="https://hooks.shop.example/p/1">p</a>
<a data-sluice-track="no" href="https://shop.example/b">b</a><a>none</a>
<img src="https://shop.example/i.png"><a href="https://shop.example/c?utm_source=x">c</a></BODY></html>"""


def test_the_links_of_a_mail_lead_by_way_of_the_service() -> None:
    html = TRACKER.html(HTML, 5)
    tracked = [
        unescape(link) for link in re.findall(r"""href=["'](https://hooks[^"']*/c/[^"']*)""", html)
    ]
    targets = [parse_qs(urlsplit(link).query)["u"][0] for link in tracked]
    assert targets == [
        "https://shop.example/a?x=1&y=2&utm_source=sluice&utm_campaign=spring#top",
        "https://shop.example/c?utm_source=x&utm_campaign=spring",
    ]
    for link, target in zip(tracked, targets, strict=True):
        token = urlsplit(link).path.rsplit("/", 1)[1]
        assert SIGNER.read("click", token, f"email {target}") == 5
    for kept in ("mailto:a@b.cn", '"#top"', f'"{BASE}/p/1"', '"https://shop.example/b"', "i.png"):
        assert kept in html
    assert html.index("/o/") < html.index("</BODY>")
    assert html.count("/o/") == 1


def test_a_way_to_say_no_is_no_link_to_count(tmp_path: Path) -> None:
    """Of every destination of mails: the token would stand in an event, and the no be a click."""
    folder = tmp_path / "email"
    folder.mkdir()
    out = "{{ unsubscribe_url }} {{ preferences_url }}"
    html = "".join(
        f'<a href="{link}">x</a>'
        for link in (
            "{{ unsubscribe_url }}",
            "{{ preferences_url }}&tab=1",
            "https://shop.example/c",
        )
    )
    for name, text in {"subject": "Hi", "txt": out, "html": html}.items():
        (folder / f"note.en.{name}.liquid").write_text(text)
    values = {"full_name": "", "preferences_url": "https://shop.example/prefs?t=2&u=3"}
    one = replace(
        message(1, "a@b.cn"),
        address_hash="a" * 64,
        template="note",
        language="en",
        values=values,
        tracker=TRACKER,
        purpose="marketing",
    )
    config = SmtpConfig(
        host="h",
        sender="Shop <shop@shop.example>",
        unsubscribe_url="https://shop.example/out",
        secret="x" * 32,
        content=tmp_path,
    )
    sent = message_from_bytes(to_mime(one, config), policy=default)
    shown = sent.get_body(("html",)).get_content()
    links = [unescape(link) for link in re.findall(r'href="([^"]*)"', shown)]
    assert links[0].startswith("https://shop.example/out?t=")
    assert links[1] == "https://shop.example/prefs?t=2&u=3&tab=1"
    assert links[2].startswith(f"{BASE}/c/")
    rendered = render_mail(one, tmp_path, links[0])[2]
    assert [unescape(link) for link in re.findall(r'href="([^"]*)"', rendered)][:2] == links[:2]


def test_each_switch_is_its_own() -> None:
    assert "/o/" not in Tracker(BASE, SIGNER, opens=False).html(HTML, 5)
    html = Tracker(BASE, SIGNER, clicks=False).html(HTML, 5)
    assert "/c/" not in html
    assert "/o/" in html
    assert Tracker(BASE, SIGNER).html("", 5) == ""


@given(st.text())
def test_whatever_a_mail_holds_is_kept_beside_its_links(text: str) -> None:
    html = Tracker(BASE, SIGNER, opens=False).html(text, 5)
    assert "<a" in text.lower() or html == text
