"""Forms in a real browser: the hosted page, and the snippet in a page of another origin."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.activations.inbox.forms.desk import Desks, serving_forms
from tests.conftest import ROOT

pytestmark = pytest.mark.counterparts
HOSTED = "[name=phone]"


class Quiet(SimpleHTTPRequestHandler):
    """A site of somebody."""

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    """The forms of the sample company; pages may be filled in at once, since the clock stands."""
    with serving_forms(tmp_path) as running:
        for path in (ROOT / "examples" / "world" / "content" / "forms").glob("*.yml"):
            shutil.copy(path, running.content / "forms")
            running.write(path.stem, path.read_text(encoding="utf-8") + "min_seconds: 0\n")
        yield running


@pytest.fixture
def site(tmp_path: Path, desks: Desks) -> Iterator[str]:
    """A site on another port, which is another origin, with the snippet in a page of it."""
    folder = tmp_path / "site"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_address[1]}"
    base = desks.running.server.local_url
    (folder / "page.html").write_text(
        f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src {base}; connect-src {base}">
<title>Our offer</title></head><body><div data-sluice-form="demo"></div>
<script src="{base}/f/demo.js" async></script></body></html>"""
    )
    for name in ("demo", "newsletter"):
        path = desks.content / "forms" / f"{name}.yml"
        path.write_text(
            path.read_text().replace(
                "https://shop.example,", f"https://shop.example, '{origin}',", 1
            )
        )
    yield origin
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("lang", "width"), [("zh", 390), ("en", 390), ("zh", 1200), ("en", 1200)])
def test_hosted_page(browser: Any, desks: Desks, lang: str, width: int) -> None:
    """Filled in as a person does, without JavaScript; a fake phone is refused, then corrected."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=False
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(
        f"{desks.running.server.local_url}/f/demo?lang={lang}&utm_source=wechat&qr=booth&partner=p7"
    )
    assert page.locator("html").get_attribute("lang") == lang
    wide = page.locator("main").bounding_box()["width"]
    assert wide <= min(width, 560)
    assert page.locator("input[name=_topic]").bounding_box()["x"] < 0  # no person sees it
    assert [box.is_checked() for box in page.locator("input[type=checkbox]").all()] == [False] * 5
    page.fill("[name=name]", "王芳 <script>alert(1)</script>")
    page.fill("[name=company]", "北京星河科技有限公司")
    page.fill("[name=phone]", "13800000000")
    page.select_option("[name=company_size]", "50-499")
    page.check("[name=interests][value=white_paper]")
    page.check("[name=marketing_sms]")
    page.locator("button").click()
    shown = "这个号码不存在" if lang == "zh" else "There is no such number"
    assert shown in page.inner_text("body")
    assert page.input_value("[name=name]") == "王芳 <script>alert(1)</script>"
    assert page.is_checked("[name=marketing_sms]")
    page.fill("[name=phone]", "138 1234 5679")
    page.locator("button").dblclick()
    browser_tests = pytest.importorskip("playwright.sync_api")
    # the second click ends the first one's page
    browser_tests.expect(page).to_have_url(re.compile(r"/thanks\?"), timeout=30_000)
    assert ("预约成功" if lang == "zh" else "Your request is here") in page.inner_text("body")
    (body,) = desks.bodies()
    assert body["fields"] == {
        "name": "王芳 <script>alert(1)</script>",
        "company": "北京星河科技有限公司",
        "phone": "+8613812345679",
        "company_size": "50-499",
        "interests": ["white_paper"],
        "offer": "white_paper_2026",
        "partner": "p7",
    }
    assert [(one["channel"], one["text_version"]) for one in body["consents"]] == [
        ("sms", "2026-06")
    ]
    assert (body["context"]["campaign"], body["context"]["qr"]) == ({"source": "wechat"}, "booth")
    assert body["traits"]["language"] == lang
    base = desks.running.server.local_url
    assert [url for url in asked if not url.startswith(base)] == []
    context.close()


def test_snippet_in_a_page_of_another_origin(browser: Any, desks: Desks, site: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 900})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    context.add_cookies([{"name": "sluice_id", "value": "visitor-1234", "url": site}])
    page.goto(f"{site}/page.html?utm_source=ad&utm_campaign=june&partner=p9&t=secret")
    page.wait_for_selector(HOSTED)
    assert page.inner_text("h2") == "Request a demo and get the white paper"
    page.fill("[name=name]", "Wang Fang")
    page.fill("[name=company]", "Acme")
    page.fill("[name=phone]", "12345")
    page.get_by_text("I agree to get product news by e-mail").click()
    page.get_by_role("button").click()
    page.get_by_text("Please give a valid phone number").wait_for()
    assert desks.bodies() == []
    page.fill("[name=phone]", "+86 138-1234-5679")
    page.fill("[name=email]", "Wang.Fang@Acme.cn")
    page.get_by_role("button").dblclick()
    page.get_by_text("Your request is here").wait_for()
    (body,) = desks.bodies()
    assert body["traits"] == {
        "name": "Wang Fang", "company": "Acme", "phone": "+8613812345679", "email": "Wang.Fang@acme.cn", "language": "en",
    }  # fmt: skip
    assert [one["channel"] for one in body["consents"]] == ["email"]
    assert body["anonymousId"] == "visitor-1234"
    assert body["fields"]["partner"] == "p9"
    assert (
        body["context"]["page"]["url"]
        == f"{site}/page.html?utm_source=ad&utm_campaign=june&partner=p9"
    )
    assert body["context"]["page"]["title"] == "Our offer"
    assert faults == []
    assert context.cookies(desks.running.server.local_url) == context.cookies(site)  # none of ours
    context.close()


def test_site_that_is_not_named_may_not(browser: Any, desks: Desks, site: str) -> None:
    path = desks.content / "forms" / "demo.yml"
    path.write_text(re.sub(r"'http://127[^']*',", "", path.read_text()))
    page = browser.new_page()
    page.goto(f"{site}/page.html")
    page.wait_for_timeout(500)
    assert page.locator("form").count() == 0
    # nor by a form of its own, which a browser posts without asking
    token = desks.token("demo")
    page.set_content(
        f"""<form method="post" action="{desks.running.server.local_url}/f/demo">
<input name="_token" value="{token}"><input name="name" value="x"><input name="company" value="x">
<input name="phone" value="13812345679"><button>go</button></form>"""
    )
    page.get_by_role("button").click()
    page.wait_for_url("**/f/demo")
    assert desks.bodies() == []
    page.close()


def test_newsletter_is_confirmed_by_the_link_in_the_mail(browser: Any, desks: Desks) -> None:
    page = browser.new_page()
    page.goto(f"{desks.running.server.local_url}/f/newsletter?lang=zh")
    page.fill("[name=email]", "wang.fang@acme.cn")
    page.get_by_role("button").click()
    assert page.url.endswith("/f/newsletter?lang=zh")  # the browser itself asks for the consent
    page.check("[name=news]")
    page.get_by_role("button").click()
    page.get_by_text("请查收我们刚发给您的邮件").wait_for()
    desks.post.wait(1)
    page.goto(desks.running.server.local_url + desks.post.link())
    page.get_by_role("button", name="确认").click()
    page.get_by_text("您的确认已收到").wait_for()
    first, second = desks.bodies()
    assert (first["confirmed"], first["consents"]) == (False, [])
    assert (second["confirmed"], [one["purpose"] for one in second["consents"]]) == (
        True,
        ["marketing"],
    )
    page.close()


def test_poll_is_answered_by_keyboard(browser: Any, desks: Desks) -> None:
    page = browser.new_page()
    page.goto(f"{desks.running.server.local_url}/f/satisfaction?lang=zh")
    page.focus("[name=recommend][value='0']")
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    page.get_by_text("物流速度").click()
    page.get_by_role("button").click()
    page.get_by_text("谢谢您的反馈").wait_for()
    (body,) = desks.bodies()
    assert body["fields"] == {"recommend": 9, "liked": ["delivery"]}
    assert json.dumps(body["traits"]) == '{"language": "zh"}'
    page.close()
