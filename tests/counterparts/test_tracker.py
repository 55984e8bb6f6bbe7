"""The script for sites in a real browser, on a page of another origin than the service."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sluice.activations.inbox import segment
from sluice.activations.inbox.events import read_time
from sluice.activations.inbox.keeping import GroupCommit, utc_now
from sluice.activations.inbox.tracker import routes as tracker
from tests.activations.inbox.serving import Running, serving_inbox

pytestmark = pytest.mark.counterparts
KEY = "wk_website_1"
POPUPS = [{"form": "welcome", "pages": ["/offers/*"], "after_seconds": 0, "once_days": 30}]
PAGE = """<!doctype html><title>Shop</title>
<script>window.sluice=window.sluice||function(){{(sluice.q=sluice.q||[]).push(arguments)}};{early}
</script>
<script async src="{base}/s.js" data-key="{key}" {attributes}></script>
<h1>{path}</h1><a href="/next">next</a>
<form id="ask" action="/thanks"><input name="topic" value="price" data-sluice>
<input name="email" value="ada@shop.example"><input name="pin" type="password" value="4711" data-sluice>
<input name="news" type="checkbox" data-sluice><button>go</button></form>
"""


class Site(ThreadingHTTPServer):
    """A shop on another origin; each page has the snippet."""

    def __init__(self, base: str) -> None:
        super().__init__(("127.0.0.1", 0), Pages)
        self.base, self.attributes, self.early = base, "", ""
        self.url = f"http://localhost:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Pages(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        site = self.server
        body = PAGE.format(
            base=site.base, key=KEY, attributes=site.attributes, early=site.early, path=self.path
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


class World:
    """The service and the site, and the forms' part as the script needs it."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.asked: list[str] = []
        self.site = Site(running.server.local_url)

    def new(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The bodies that are kept, in the order that they happened."""
        rows = [row for row in self.running.rows() if kind in {None, row["kind"]}]
        return [row["body"] for row in sorted(rows, key=lambda row: row["body"]["timestamp"])]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found: list[World] = []

    async def popups(_: Request) -> Response:
        return JSONResponse({"popups": POPUPS}, headers={"Access-Control-Allow-Origin": "*"})

    async def form(request: Request) -> Response:
        found[0].asked.append(request.url.path)
        return Response("window.shown=1", media_type="text/javascript")

    def make(commit: GroupCommit, url: str) -> list[Route]:
        sources = {"website": segment.Source("website", KEY)}
        own = [Route("/f/popups.json", popups), Route("/f/{name}", form)]
        return [*segment.routes(sources, commit), *tracker.routes(), *own]

    with serving_inbox(tmp_path, make, clock=utc_now) as running:
        found.append(World(running))
        yield found[0]
        found[0].site.shutdown()
        found[0].site.server_close()


@contextmanager
def visit(browser: Any, **options: Any) -> Iterator[Any]:
    """A tab of a new visitor, in which no script fails."""
    context = browser.new_context(**options)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def kept_on(page: Any) -> dict[str, Any]:
    """What is stored on the visitor's device."""
    script = "() => ({cookie: document.cookie, items: Object.keys(localStorage)})"
    found: dict[str, Any] = page.evaluate(script)
    return found


def wait_for(page: Any, world: World, count: int) -> list[dict[str, Any]]:
    """The events, when so many are kept."""
    for _ in range(1_000):
        if len(world.new()) >= count:
            break
        page.wait_for_timeout(25)
    page.wait_for_timeout(100)  # and no more than these
    return world.new()


def test_a_visit_is_told_page_by_page(browser: Any, world: World) -> None:
    query = "?utm_source=mail&utm_campaign=june&gclid=G1&email=ada@shop.example&qr=stand"
    referrer = "https://www.baidu.com/s?wd=%E7%BA%A2%E9%85%92&x=1"
    with visit(browser) as page:
        page.goto(f"{world.site.url}/price{query}", referer=referrer)
        (first,) = wait_for(page, world, 1)
        page.wait_for_timeout(600)
        page.evaluate("history.pushState({}, '', '/cart?step=1')")
        page.evaluate("history.replaceState({}, '', '/cart?step=1')")
        page.evaluate("sluice('track', 'Product Added', {product_id: 'p1', quantity: 2})")
        wait_for(page, world, 4)
        page.wait_for_timeout(600)
        page.goto(f"{world.site.url}/next")
        events = wait_for(page, world, 6)
        (cookie,) = page.context.cookies()
    names = [(one["type"], one.get("event"), one["context"]["page"]["path"]) for one in events]
    assert names == [
        ("page", None, "/price"),
        ("track", "Page Left", "/price"),
        ("page", None, "/cart"),
        ("track", "Product Added", "/cart"),
        ("track", "Page Left", "/cart"),
        ("page", None, "/next"),
    ]
    shown = first["context"]
    assert shown["page"] == {
        "url": f"{world.site.url}/price",
        "path": "/price",
        "title": "Shop",
        "referrer": "https://www.baidu.com/s",
    }
    assert shown["campaign"] == {"source": "mail", "name": "june"}
    assert (shown["clickIds"], shown["qr"], shown["automated"]) == ({"gclid": "G1"}, "stand", True)
    assert first["properties"]["search_engine"] == "baidu"
    assert "ada@" not in str(events)
    assert {events[place]["properties"]["seconds"] for place in (1, 4)} <= {1, 2, 3}
    assert events[2]["context"]["page"]["referrer"] == f"{world.site.url}/price"
    assert events[3]["properties"] == {"product_id": "p1", "quantity": 2}
    assert {one["anonymousId"] for one in events} == {cookie["value"]}
    assert (cookie["name"], cookie["sameSite"]) == ("sluice_id", "Lax")
    assert 360 < (cookie["expires"] - read_time(events[0]["timestamp"]).timestamp()) / 86_400 < 366  # type: ignore[union-attr]
    assert "HeadlessChrome" in shown["userAgent"]


@pytest.mark.parametrize(
    ("referrer", "expected"),
    [
        ("https://www.baidu.com/s?wd=%E7%BA%A2%E9%85%92", {"baidu", "红酒"}),
        ("https://m.baidu.com/from=1/s?word=red+wine", {"baidu", "red wine"}),
        ("https://www.sogou.com/web?query=tea", {"sogou", "tea"}),
        ("https://www.google.co.uk/search?q=tea", {"google", "tea"}),
        ("https://cn.bing.com/search?q=tea", {"bing", "tea"}),
        ("https://www.so.com/s?q=tea", {"so", "tea"}),
        ("https://www.google.com/", {"google"}),
        ("https://bingo.example/?q=tea", set()),
        ("", set()),
    ],
)
def test_the_searched_keyword_is_kept(
    browser: Any, world: World, referrer: str, expected: set[str]
) -> None:
    with visit(browser) as page:
        page.add_init_script(
            f"Object.defineProperty(document, 'referrer', {{value: {orjson.dumps(referrer).decode()}}})"
        )
        page.goto(world.site.url)
        (event,) = wait_for(page, world, 1)
    assert set(event["properties"].values()) == expected
    assert "?" not in event["context"]["page"]["referrer"]


def test_a_form_tells_only_what_it_may(browser: Any, world: World) -> None:
    with visit(browser) as page:
        page.goto(world.site.url)
        wait_for(page, world, 1)
        page.get_by_role("button").click()
        page.wait_for_url("**/thanks**")
        wait_for(page, world, 3)
    (sent,) = [one for one in world.new("track") if one["event"] == "Form Submitted"]
    assert sent["properties"] == {"form": "ask", "fields": {"topic": "price"}}
    assert "4711" not in str(world.new())
    assert "ada@" not in str(world.new())


def test_without_consent_nothing_is_stored_or_sent(browser: Any, world: World) -> None:
    world.site.attributes = 'data-consent="required"'
    world.site.early = "sluice('track', 'Early', {});"
    with visit(browser) as page:
        page.goto(f"{world.site.url}/a?utm_source=mail")
        page.wait_for_function("!sluice.q")
        page.evaluate("sluice('identify', 'u1', {email: 'ada@shop.example'})")
        page.evaluate("history.pushState({}, '', '/b')")
        page.goto(f"{world.site.url}/a?utm_source=mail")
        page.wait_for_function("!sluice.q")
        page.wait_for_timeout(300)
        assert (world.new(), kept_on(page)) == ([], {"cookie": "", "items": []})
        page.evaluate("sluice('consent', true)")
        (event,) = wait_for(page, world, 1)
        assert (event["type"], event["context"]["campaign"]) == ("page", {"source": "mail"})
        page.goto(f"{world.site.url}/b")
        assert len(wait_for(page, world, 3)) >= 3
        page.evaluate("sluice('consent', false)")
        assert kept_on(page) == {"cookie": "", "items": []}
        count = len(world.new())
        page.goto(f"{world.site.url}/c")
        page.wait_for_timeout(300)
        assert len(world.new()) == count


def test_a_refusal_holds_where_consent_is_not_required(browser: Any, world: World) -> None:
    with visit(browser) as page:
        world.site.early = "sluice('consent', false);"
        page.goto(world.site.url)
        page.wait_for_function("!sluice.q")
        world.site.early = ""
        page.goto(f"{world.site.url}/b")
        page.wait_for_function("!sluice.q")
        page.wait_for_timeout(300)
        assert (world.new(), kept_on(page)["cookie"]) == ([], "")


@pytest.mark.parametrize("signal", ["navigator.doNotTrack", "navigator.globalPrivacyControl"])
def test_who_asks_not_to_be_tracked_is_not(browser: Any, world: World, signal: str) -> None:
    name = signal.rpartition(".")[2]
    value = "'1'" if name == "doNotTrack" else "true"
    asked: list[str] = []
    with visit(browser) as page:
        page.add_init_script(f"Object.defineProperty(navigator, '{name}', {{value: {value}}})")
        page.on("request", lambda request: asked.append(request.url))
        page.goto(world.site.url)
        page.wait_for_function("!sluice.q")
        page.evaluate("sluice('consent', true); sluice('track', 'Product Added', {})")
        page.get_by_role("link").click()
        page.wait_for_url("**/next")
        page.wait_for_timeout(300)
        assert kept_on(page) == {"cookie": "", "items": []}
    assert world.new() == []
    assert [url for url in asked if url.startswith(world.site.base)] == [
        f"{world.site.base}/s.js"
    ] * len([url for url in asked if url.endswith("/s.js")])


def test_what_happens_offline_comes_later_once(browser: Any, world: World) -> None:
    with visit(browser) as page:
        page.goto(world.site.url)
        wait_for(page, world, 1)
        page.context.set_offline(True)
        for number in range(3):
            page.evaluate(f"sluice('track', 'Added {number}', {{}})")
        page.wait_for_timeout(300)
        assert len(world.new()) == 1
        assert "sluice_queue" in kept_on(page)["items"]
        page.context.set_offline(False)
        page.goto(f"{world.site.url}/next")  # the queue of the page before
        wait_for(page, world, 5)
        page.wait_for_function("!localStorage.sluice_queue")
        names = [one.get("event") for one in world.new() if one.get("event") != "Page Left"]
        assert names == [None, "Added 0", "Added 1", "Added 2", None]


def test_a_queue_has_a_bound(browser: Any, world: World) -> None:
    with visit(browser) as page:
        page.goto(world.site.url)
        wait_for(page, world, 1)
        page.context.set_offline(True)
        page.evaluate("for (let n = 0; n < 150; n++) sluice('track', 'Added ' + n, {})")
        assert page.evaluate("JSON.parse(localStorage.sluice_queue).length") == 100
        page.context.set_offline(False)
        page.wait_for_function("!localStorage.sluice_queue")
        names = {one.get("event") for one in world.new("track")}
    assert names == {f"Added {number}" for number in range(50, 150)}


def test_a_cookie_joins_a_person_only_by_identify(browser: Any, world: World) -> None:
    world.site.early = "sluice('identify', 'u1', {email: 'ada@shop.example'});"
    with visit(browser) as page:
        page.goto(world.site.url)
        first = wait_for(page, world, 2)
        world.site.early = ""
        page.evaluate("sluice('identify', 'u1', {})")
        page.evaluate("sluice('identify', 'u2', {})")
        page.evaluate("sluice('reset'); sluice('page', 'Start')")
        events = wait_for(page, world, 5)
    assert [one.get("userId") for one in events] == [None, "u1", "u1", "u2", None]
    ids = [one["anonymousId"] for one in events]
    assert ids[0] == ids[1] == ids[2] == first[0]["anonymousId"]
    assert len({*ids[2:]}) == 3  # another person on the device, and one who left, are others


def test_a_popup_is_loaded_where_its_rule_holds_once(browser: Any, world: World) -> None:
    with visit(browser) as page:
        for path in ("/price", "/offers/june", "/offers/may"):
            page.goto(f"{world.site.url}{path}")
            page.wait_for_function("!sluice.q")
            if path == "/offers/june":
                page.wait_for_function("window.shown && localStorage.sluice_popup_welcome")
            page.wait_for_timeout(200)
    assert world.asked == ["/f/welcome.js"]


def test_a_service_that_is_down_is_asked_again(browser: Any, world: World) -> None:
    refused: list[str] = []

    def refuse(route: Any) -> None:
        refused.append(route.request.url)
        if len(refused) > 2:
            route.continue_()
        else:
            route.fulfill(status=503, headers={"Access-Control-Allow-Origin": "*"})

    with visit(browser) as page:
        page.route("**/v1/batch", refuse)
        page.goto(world.site.url)
        (event,) = wait_for(page, world, 1)
        page.wait_for_function("!localStorage.sluice_queue")
    assert (event["type"], len(refused)) == ("page", 3)
