"""Share links: who follows one comes to the page of sluice.yml, and the token says who shared it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.inbox import sharing
from sluice.activations.inbox.forms.origin_of_visit import context_of
from sluice.activations.inbox.reading import event_row
from sluice.activations.inbox.sharing import share_row, share_url, token_reader
from tests.activations.inbox.serving import NOW, Running, serving_inbox
from tests.activations.inbox.test_links import BASE, CHROME, OTHER, SIGNER

TARGET = "https://www.shop.example/invite?x=1"
READ = token_reader(SIGNER)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    with serving_inbox(
        tmp_path, lambda commit, _: sharing.routes(SIGNER, TARGET, commit, is_https=True)
    ) as running:
        yield running


def path_of(delivery_id: int) -> str:
    return share_url(BASE, SIGNER, delivery_id).removeprefix(BASE)


def test_visit_is_kept_and_led_to_the_page_with_the_token(service: Running) -> None:
    token = path_of(-7).rsplit("/", 1)[1]
    answer = service.call("GET", path_of(-7), None, CHROME)
    location = f"{TARGET}&utm_source=share&utm_medium=referral&ref={token}"
    assert (answer.status, answer.headers["location"]) == (302, location)
    cookie = answer.headers["set-cookie"]
    assert "SameSite=Lax; Secure" in cookie
    (row,) = service.inbox_rows()
    event = event_row(row)
    assert (event["event_type"], event["utm_medium"], event["is_machine"]) == (
        "share_visited",
        "referral",
        False,
    )
    assert cookie.startswith(f"sluice_id={event['anonymous_id']};")
    shared = share_row(row, READ)
    assert shared is not None
    assert (shared["delivery_id"], shared["event_key"]) == (-7, row["event_key"])
    again = service.call("GET", path_of(-7), None, {**CHROME, "cookie": cookie.partition(";")[0]})
    assert again.headers["set-cookie"].partition(";")[0] == cookie.partition(";")[0]


@pytest.mark.parametrize(
    ("headers", "method", "is_machine"),
    [
        pytest.param({**CHROME, "dnt": "1"}, "GET", False, id="do not track"),
        pytest.param({**CHROME, "sec-gpc": "1"}, "GET", False, id="global privacy control"),
        pytest.param(CHROME, "HEAD", True, id="a scanner"),
    ],
)
def test_nobody_is_followed_who_asks_not_to_be(
    service: Running, headers: dict[str, str], method: str, is_machine: bool
) -> None:
    answer = service.call(method, path_of(7), None, headers)
    assert (answer.status, "set-cookie" in answer.headers) == (302, False)
    event = event_row(service.inbox_rows()[-1])
    assert (event["anonymous_id"], event["is_machine"]) == (None, is_machine)


@pytest.mark.parametrize(
    "token",
    [
        "x",
        OTHER.token("share", 7),
        SIGNER.token("preferences", 7),
        SIGNER.token("click", 7),
        SIGNER.token("share", 7)[:-1],
        "%F0%9F%98%80",
    ],
)
def test_token_that_is_not_ours_leads_nowhere(service: Running, token: str) -> None:
    answer = service.call("GET", f"/r/{token}?ref=https://evil.example", None, CHROME)
    assert (answer.status, answer.headers.get("location")) == (404, None)
    assert service.inbox_rows() == []


def test_nothing_is_shared_where_no_page_is_named(tmp_path: Path) -> None:
    with serving_inbox(
        tmp_path, lambda commit, _: sharing.routes(SIGNER, "", commit, is_https=True)
    ) as running:
        assert running.call("GET", path_of(7)).status == 404


def row(body: Any) -> dict[str, Any]:
    import json

    text = json.dumps(body)
    return {
        "event_id": 1, "event_key": "k", "body": text, "occurred_at": NOW, "received_at": NOW,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "delivery_id"),
    [
        pytest.param({"context": {"ref": SIGNER.token("share", 9)}}, 9, id="a page of a site"),
        pytest.param({"context": {"ref": OTHER.token("share", 9)}}, None, id="forged"),
        pytest.param({"context": {"ref": SIGNER.token("click", 9)}}, None, id="of a click"),
        pytest.param({"context": {"ref": "newsletter"}}, None, id="a word of the site's own"),
        pytest.param({"context": {"ref": ["x"]}}, None, id="no text"),
        pytest.param({"context": "x"}, None, id="no object"),
        pytest.param({}, None, id="none"),
        pytest.param([1], None, id="no event"),
    ],
)
def test_what_a_site_keeps_of_a_link_is_believed_where_it_is_ours(
    body: Any, delivery_id: int | None
) -> None:
    found = share_row(row(body), READ)
    assert (found and found["delivery_id"]) == delivery_id


def test_form_keeps_the_token_of_its_address() -> None:
    given = {"_page": ["https://shop.example/f/demo?ref=abc&qr=q1"]}
    context = context_of(given, "agent", "en")
    assert (context["ref"], context["qr"]) == ("abc", "q1")
