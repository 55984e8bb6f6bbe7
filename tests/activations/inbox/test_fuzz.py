"""Whatever is sent to tracking and links: no 500 and no 503, nothing reflected, no way out, and each
event that was acknowledged is kept and can be read.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.activations.inbox import links, segment
from sluice.activations.inbox.links import message_event
from sluice.activations.inbox.reading import consent_rows, event_row, person_rows
from sluice.activations.inbox.tokens import LinkSigner
from tests.activations.inbox.serving import Running, serving_inbox

SIGNER = LinkSigner("k" * 64)
KEY = "wk_website_1"
SOURCES = {"website": segment.Source("website", KEY)}
BASIC = {"authorization": "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()}
PATHS = [*segment.KINDS, *segment.SHORT, *segment.BATCHES]
ODD = [
    "<script>x()</script>",
    "\x00",
    "\ud800",
    "2026-06-29T13:00:00Z",
    "99999-01-01",
    "0001-01-01T00:00:00+23:59",
    "1e400",
    "😀" * 20,
]
TEXT = st.one_of(st.text(max_size=30), st.sampled_from(ODD))
PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), TEXT, st.sampled_from([10**30, -(2**63)])
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        "messageId",
        "timestamp",
        "originalTimestamp",
        "sentAt",
        "type",
        "action",
        "event",
        "userId",
        "anonymousId",
        "previousId",
        "groupId",
        "traits",
        "properties",
        "context",
        "name",
        "writeKey",
        "integrations",
        "batch",
    ]
)
EVENTS = st.dictionaries(st.one_of(FIELDS, st.text(max_size=8)), VALUES, max_size=8)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving_inbox(
        tmp_path_factory.mktemp("fuzz"),
        lambda commit, _: [*segment.routes(SOURCES, commit), *links.routes(SIGNER, commit)],
    ) as running:
        yield running


def check_answer(answer: Any) -> None:
    assert answer.status < 500
    assert b"<script" not in answer.body
    assert answer.headers.get("location", "") == ""


def check_kept(service: Running, before: int) -> int:
    """How many were kept since; each can be landed, whatever is in it."""
    kept = service.inbox_rows()[before:]
    for row in kept:
        orjson.dumps([event_row(row), consent_rows(row)])
    orjson.dumps(person_rows(kept))
    return len(kept)


@QUICK
@given(st.sampled_from(PATHS), EVENTS)
def test_any_event(service: Running, path: str, body: dict[str, Any]) -> None:
    before = service.inbox.count()
    answer = service.call("POST", f"/v1/{path}", json.dumps(body).encode(), BASIC)
    check_answer(answer)
    if answer.status != 200:
        assert check_kept(service, before) == 0
    else:
        check_kept(service, before)


@QUICK
@given(st.lists(st.one_of(EVENTS, VALUES), max_size=4), EVENTS)
def test_any_batch(service: Running, items: list[Any], body: dict[str, Any]) -> None:
    """What is none is named by its place, and the others are kept."""
    named = [
        {**item, "type": "track", "messageId": f"{service.inbox.count()}:{place}"}
        if isinstance(item, dict) and place % 2
        else item
        for place, item in enumerate(items)
    ]
    before = service.inbox.count()
    text = json.dumps({**body, "batch": named}).encode()
    answer = service.call("POST", "/v1/batch", text, BASIC)
    check_answer(answer)
    if answer.status == 200:
        rejected = {one["index"] for one in json.loads(answer.body).get("rejected", [])}
        assert rejected.isdisjoint(p for p, one in enumerate(named) if one is not items[p])
        assert check_kept(service, before) <= len(items) - len(rejected)


@QUICK
@given(st.binary(max_size=200), st.sampled_from(["", "gzip", "identity", "br", "gzip, gzip"]), TEXT)
def test_any_bytes(service: Running, body: bytes, coding: str, key: str) -> None:
    before = service.inbox.count()
    user = base64.b64encode(f"{key}:".encode("utf-8", "replace")).decode()
    for headers in (BASIC, {"authorization": f"Basic {user}"}):
        answer = service.call("POST", "/v1/track", body, {**headers, "content-encoding": coding})
        check_answer(answer)
        assert answer.status == 200 or service.inbox.count() == before


@QUICK
@given(TEXT, TEXT, st.sampled_from(["GET", "HEAD", "POST"]))
def test_any_link(service: Running, token: str, target: str, method: str) -> None:
    """A link that we did not make leads nowhere and leaves nothing."""
    before = service.inbox.count()
    written, to = (quote(one.encode("utf-8", "replace"), safe="") for one in (token, target))
    for path in (f"/c/{written}?c=email&u={to}", f"/o/{written}.gif", f"/o/{written}"):
        check_answer(service.call(method, path))
    assert service.inbox.count() == before


@QUICK
@given(st.sampled_from(["http", "https", "javascript", "data"]), TEXT, TEXT)
def test_a_link_of_ours_leads_where_it_says(
    service: Running, scheme: str, host: str, path: str
) -> None:
    target = f"{scheme}://{host}/{path}".encode("utf-8", "replace").decode()
    before = service.inbox.count()
    answer = service.call("GET", links.click_url("", SIGNER, 1, target))
    assert answer.status in {302, 404}
    if answer.status == 302:
        location = urlsplit(answer.headers["location"])
        assert location.scheme in {"http", "https"}
        assert location.hostname == urlsplit(target).hostname or "%" in str(location.hostname)
        assert message_event(service.inbox_rows()[before]) is not None
    else:
        assert service.inbox.count() == before
