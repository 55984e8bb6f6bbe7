"""A mail that was sent, shown by a real browser; and the page to unsubscribe, clicked."""

from __future__ import annotations

import email
import email.policy
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from sluice.activations.destinations.base import CallbackRequest
from sluice.activations.destinations.email.smtp.config import SmtpConfig
from sluice.activations.destinations.email.unsubscribe import read_unsubscribe, unsubscribe_url
from sluice.activations.destinations.registry import build
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Message, Outcome
from tests.activations.destinations.test_conformance import message

COLOUR = "link => getComputedStyle(link).backgroundColor"
pytestmark = pytest.mark.counterparts


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The HTML of a mail as the sandbox received it."""
    with Sandbox(tmp_path_factory.mktemp("mail"), names=[]) as sandbox:
        client = build("smtp", sandbox.endpoints())
        assert (
            client.send([message(1, "u@shop.example", "王芳 <b>&")])[0].outcome is Outcome.ACCEPTED
        )
        client.close()
        ((source,),) = sandbox.store.rows("select source from mails")
    body = email.message_from_string(source, policy=email.policy.default).get_body(("html",))  # type: ignore[attr-defined]
    return str(body.get_content())


@pytest.mark.parametrize("width", [360, 600, 1200])
def test_mail_is_read_on_every_width(browser: Any, html: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(html)
    text = page.inner_text("body")
    assert "王芳 <b>&" in text
    assert "{{" not in text
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    button = page.get_by_role("link").first
    assert button.bounding_box()["width"] > 40
    assert page.evaluate(COLOUR, button.element_handle()) == "rgb(232, 116, 59)"
    assert asked == []  # nothing is fetched from anywhere, so opening the mail tells nobody
    page.close()


def test_mail_is_not_blank(browser: Any, html: str) -> None:
    """Chinese is drawn, not left out: the name's line is wide, and the shot has more than a handful
    of colours.
    """
    page = browser.new_page(viewport={"width": 600, "height": 900})
    page.set_content(html)
    name = page.get_by_text("王芳").first.bounding_box()
    assert name["width"] > 50
    assert len(set(page.screenshot(type="jpeg", quality=60))) > 200
    page.close()


def test_click_on_the_page_unsubscribes(browser: Any) -> None:
    reported: list[str] = []

    class Hear(BaseHTTPRequestHandler):
        """Hands calls to the callback, as the receiving side does."""

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            query = self.path.partition("?")[2]
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = read_unsubscribe(
                config, CallbackRequest(self.command, self.path, query, headers, body)
            )
            reported.extend(one.address_hash or "" for one in answer.reported)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Hear)
    url = f"http://127.0.0.1:{server.server_address[1]}/callback"
    config = SmtpConfig(host="h", sender="a@b.cn", unsubscribe_url=url, secret="s" * 16)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    page.goto(unsubscribe_url(Message(1, 1, "u@b.cn", "a" * 64, "email", "t", "zh"), config))
    assert reported == []
    page.get_by_role("button").click()
    page.get_by_text("已退订").wait_for()
    assert reported == ["a" * 64]
    page.close()
    server.shutdown()
    server.server_close()
