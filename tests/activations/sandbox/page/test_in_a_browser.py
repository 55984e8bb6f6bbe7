"""The page in Chromium: a phone with mail, SMS and WeChat card, two languages, search, and hostile
content that does nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from sluice.activations.destinations.registry import build
from sluice.activations.sandbox.faults import Faults
from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sandbox.web import Reply, Request, VendorServer
from tests.activations.destinations.test_conformance import message, operation

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.counterparts

# each would leave a mark on the page that shows it, or call for a picture
HOSTILE = (
    "<script>top.hacked=1;parent.hacked=1;window.hacked=1</script>",
    "<img src=x onerror='top.hacked=1;parent.hacked=1'>",
    '<svg onload="parent.hacked=1"></svg>',
    "<iframe srcdoc='<script>top.hacked=1</script>'></iframe>",
    "</textarea></title></style><script>top.hacked=1</script>",
    "javascript:alert(1)",
    "\"'><b id=injected>x</b>",
    "{{constructor.constructor('top.hacked=1')()}}",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    "<form action='http://127.0.0.1:9/'><button>x</button></form><base href='http://127.0.0.1:9/'>",
    "<link rel=stylesheet href='http://127.0.0.1:9/x.css'><img src='http://127.0.0.1:9/pixel.gif'>",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    assert CHROMIUM.is_file(), "make services installs it"
    assert shutil.which("chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=["hubspot"]) as running:
        yield running


@pytest.fixture
def page(browser: Any) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB")
    yield opened
    opened.close()


def send(sandbox: Sandbox, name: str, *items: Any) -> None:
    client = build(name, sandbox.endpoints())
    client.send(items)
    client.close()


def fill(sandbox: Sandbox) -> None:
    send(sandbox, "smtp", message(1, "fang@shop.example"), message(2, "lei@shop.example", "李雷"))
    send(
        sandbox,
        "hubspot",
        operation(
            7, email="fang@shop.example", full_name="王芳", phone="+8613800138000", city="上海"
        ),
    )
    sandbox.store.add_received(
        "aliyun", "sms", "+8613800138000", "您的验证码已发送", title="某某商城"
    )
    sandbox.store.add_received(
        "wechat", "wechat", "+8613800138000", "订单号：2026\n已发货", title="发货通知"
    )


def test_the_phone_shows_mail_sms_card_and_record(sandbox: Sandbox, page: Page) -> None:
    fill(sandbox)
    page.goto(sandbox.page.url)
    page.get_by_role("button", name="王芳").click()
    page.locator("#feed .item.wechat").wait_for()
    mail = page.frame_locator("#feed iframe")
    assert "王芳，您好" in mail.locator("body").inner_text()
    assert page.locator("#feed iframe").get_attribute("sandbox") == ""
    assert page.locator("#feed .sms .body").inner_text() == "您的验证码已发送"
    assert "【某某商城】" in page.locator("#feed .sms header").inner_text()
    assert page.locator("#feed .wechat h3").inner_text() == "发货通知"
    assert "上海" in page.locator("#records").inner_text()


def test_a_link_on_the_open_page_shows_another_phone(sandbox: Sandbox, page: Page) -> None:
    fill(sandbox)
    sandbox.store.add_received(
        "ses",
        "email",
        "lei@shop.example",
        "text",
        title="Hi",
        source="[]<html><body>Offer</body></html>",
    )
    page.goto(f"{sandbox.page.url}/#to=fang%40shop.example")
    page.locator("#feed .item.sms").wait_for()
    page.evaluate("location.hash = 'to=lei%40shop.example'")
    page.get_by_text("ses", exact=True).wait_for()
    assert page.frame_locator("#feed iframe").nth(1).locator("body").inner_text() == "Offer"


def test_search_and_both_languages(sandbox: Sandbox, page: Page) -> None:
    fill(sandbox)
    page.goto(sandbox.page.url)
    page.locator("#people li").nth(1).wait_for()
    assert page.locator("#total").inner_text() == "2 recipients"
    assert page.locator("aside h2").first.inner_text() == "CRM record"
    page.get_by_role("button", name="中文").click()
    page.get_by_text("共 2 位收件人").wait_for()
    assert page.locator("aside h2").first.inner_text() == "CRM 记录"
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.locator("#search").fill("LEI@")
    page.get_by_text("共 1 位收件人").wait_for()
    assert page.locator("#people b").all_inner_texts() == ["lei@shop.example"]
    page.locator("#search").fill("nobody")
    page.get_by_text("没有匹配的收件人").wait_for()


def test_the_switches_of_the_page(sandbox: Sandbox, page: Page) -> None:
    page.goto(sandbox.page.url)
    page.get_by_text("None: every call is answered.").wait_for()
    page.locator("#fault").select_option("drop_after_accept")
    page.get_by_role("button", name="Add").click()
    page.locator("#faults li").wait_for()
    assert list(sandbox.faults.http) == ["drop_after_accept"]
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("None: every call is answered.").wait_for()
    page.locator("#clock-time").fill("2026-06-29T21:00:00")
    page.get_by_role("button", name="Set", exact=True).click()
    page.get_by_text("29 Jun 2026").wait_for()
    assert sandbox.clock.now().year == 2026
    assert sandbox.clock.now().month == 6


class Elsewhere:
    """A server that hostile content calls for pictures and styles; it counts the calls."""

    calls = 0

    def settings(self, url: str) -> dict[str, Any]:
        return {}

    def handle(self, request: Request) -> Reply:
        self.calls += 1
        return Reply(200, b"")

    def fault_reply(self, fault: Any) -> Reply:
        return Reply(int(fault))


@pytest.fixture
def elsewhere() -> Iterator[VendorServer]:
    server = VendorServer(Elsewhere(), Faults())
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("hostile_text", HOSTILE)
def test_hostile_content_is_text_and_does_nothing(
    sandbox: Sandbox, page: Page, elsewhere: VendorServer, hostile_text: str
) -> None:
    text = hostile_text.replace("http://127.0.0.1:9", elsewhere.url)
    hostile = EmailMessage()
    hostile["Subject"] = text
    hostile.set_content(text)
    hostile.add_alternative(
        f"<html><body><p>before</p>{text}<p>after</p></body></html>", subtype="html"
    )
    sandbox.store.add_mail("fang@shop.example", "<1@x>", text, hostile.as_string())
    sandbox.store.add_received(
        "ses",
        "email",
        "fang@shop.example",
        text,
        title=text,
        source=f"<html><body>{text}</body></html>",
    )
    sandbox.store.add_received("x", text, "fang@shop.example", text, title=text)
    sandbox.store.add_received("aliyun", "sms", "fang@shop.example", text, title=text)
    sandbox.store.add_received("wechat", "wechat", text, text, title=text)
    sandbox.store.upsert_contact(
        "k", text, {"email": "fang@shop.example", "full_name": text, text: text}
    )
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(f"{sandbox.page.url}/#to=fang%40shop.example")
    page.locator("#feed .item.sms").wait_for()
    page.wait_for_timeout(400)
    assert page.locator("#feed .sms .body").inner_text() == " ".join(text.split())
    assert page.locator("#name").inner_text() == text
    assert page.evaluate("window.hacked") is None
    assert page.locator("#injected").count() == 0
    assert dialogs == []
    assert isinstance(elsewhere.vendor, Elsewhere)
    assert elsewhere.vendor.calls == 0
    assert page.url.startswith(sandbox.page.url)
    assert page.frames[0].url.startswith(sandbox.page.url)


def test_nothing_is_wrong_in_the_console_and_nothing_overflows(
    sandbox: Sandbox, page: Page
) -> None:
    fill(sandbox)
    send(
        sandbox,
        "hubspot",
        operation(8, email="x" * 60 + "@shop.example", full_name="N" * 90, note="y" * 200),
    )
    troubles: list[str] = []
    page.on(
        "console",
        lambda said: troubles.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: troubles.append(str(error)))
    for width in (1440, 1000, 400):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{sandbox.page.url}/#to=fang%40shop.example")
        page.locator("#feed .item.sms").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert troubles == []
