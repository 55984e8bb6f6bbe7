"""Events by Segment's HTTP API: who may post, what is kept, when it happened, and what is refused."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.inbox import segment
from sluice.activations.inbox.events import read_time, time_of
from tests.activations.inbox.serving import NOW, Running, serving_inbox

KEY, OTHER = "wk_website_1", "wk_app_00002"
SOURCES = {
    "website": segment.Source("website", KEY, ("https://shop.example",)),
    "app": segment.Source("app", OTHER),
}
BASIC = {"authorization": "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    with serving_inbox(tmp_path, lambda commit, _: segment.routes(SOURCES, commit)) as running:
        yield running


def event(**values: Any) -> dict[str, Any]:
    return {"userId": "u1", "event": "Order Completed", "messageId": "m1", **values}


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("track", event(), "track"),
        ("t", event(), "track"),
        ("page", event(name="Price", properties={"url": "https://shop.example/price"}), "page"),
        ("identify", event(traits={"email": "a@shop.example"}), "identify"),
        ("group", event(groupId="g"), "group"),
        ("alias", {"previousId": "c1", "userId": "u1"}, "alias"),
        ("screen", {"anonymousId": "c1", "name": "Cart"}, "screen"),
    ],
)
def test_each_call_of_the_spec_is_kept(
    service: Running, path: str, body: dict[str, Any], kind: str
) -> None:
    assert service.post(f"/v1/{path}", body, **BASIC).status == 200
    (row,) = service.rows()
    assert (row["source"], row["kind"]) == ("website", kind)
    assert {name: row["body"][name] for name in body} == body


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"traits": {"a": 1}, "context": {"traits": {"b": 2}}}, {"a": 1}),
        ({"context": {"traits": {"b": 2}}}, {"b": 2}),
        ({"traits": {}, "context": {"traits": {"b": 2}}}, {"b": 2}),
        ({"context": {"traits": None}}, {}),
        ({"context": {}}, {}),
    ],
)
def test_traits_are_found_where_a_client_puts_them(
    service: Running, body: dict[str, Any], expected: object
) -> None:
    assert service.post("/v1/identify", event(**body), **BASIC).status == 200
    (row,) = service.rows()
    assert row["body"]["traits"] == expected


def test_a_batch_is_kept_but_for_what_is_no_event(service: Running) -> None:
    batch = [
        {"type": "track", **event(messageId="1")},
        {"type": "eat", **event(messageId="2")},
        "text",
        {"type": "page", "anonymousId": "c", "messageId": "3", "unknown": {"a": [1]}},
    ]
    sent = {"batch": batch, "context": {"library": {"name": "x"}}, "writeKey": OTHER}
    answer = service.post("/v1/batch", sent)
    assert answer.status == 200
    assert [one["index"] for one in answer.json()["rejected"]] == [1, 2]
    rows = service.rows()
    assert [row["kind"] for row in rows] == ["track", "page"]
    assert rows[1]["body"]["unknown"] == {"a": [1]}
    assert all(row["body"]["context"] == {"library": {"name": "x"}} for row in rows)
    assert "writeKey" not in json.dumps([row["body"] for row in rows])


def test_an_event_that_comes_again_is_one(service: Running) -> None:
    for body in (event(), event(sentAt="2026-06-29T12:59:59Z"), event()):
        assert service.post("/v1/track", body, **BASIC).status == 200
    timed = event(messageId=None, timestamp="2026-06-29T12:00:00Z")
    for sent in ("2026-06-29T12:00:01Z", "2026-06-29T12:05:00Z"):
        assert service.post("/v1/track", {**timed, "sentAt": sent}, **BASIC).status == 200
    assert service.post("/v1/track", event(), authorization="", **{}).status == 401
    assert len(service.rows()) == 2


def test_without_id_and_time_each_is_one_of_its_own(service: Running) -> None:
    for _ in range(2):
        service.post("/v1/track", {"userId": "u", "event": "e"}, **BASIC)
    assert len(service.rows()) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"\xff\xfe", 400),
        (b'{"a": NaN}', 400),
        (b"[" * 100_000, 400),
        (b'{"batch": 1}', 400),
        (json.dumps({"batch": [{"type": "track"}] * 2_501}).encode(), 413),
        (b" " * (segment.MOST_BYTES + 1), 413),
    ],
    ids=range(9),
)
def test_what_cannot_be_read_is_refused_in_words(
    service: Running, body: bytes, status: int
) -> None:
    answer = service.call("POST", "/v1/batch", body, BASIC)
    assert (answer.status, answer.json()["success"]) == (status, False)
    assert service.rows() == []


def test_a_body_may_be_packed_but_not_a_bomb(service: Running) -> None:
    packed = {**BASIC, "content-encoding": "gzip"}
    good = gzip.compress(json.dumps(event()).encode())
    bomb = gzip.compress(b" " * 50_000_000)
    answers = [service.call("POST", "/v1/track", body, packed) for body in (good, bomb, good[:-9])]
    assert [one.status for one in answers] == [200, 413, 400]
    assert (
        service.call("POST", "/v1/track", b"x", {**BASIC, "content-encoding": "br"}).status == 415
    )
    assert len(service.rows()) == 1


@pytest.mark.parametrize(
    "text", ["", "nobody", "Basic !", "Basic " + base64.b64encode(b"\xff:").decode(), "Bearer x"]
)
def test_a_wrong_key_keeps_nothing(service: Running, text: str) -> None:
    assert service.post("/v1/track", event(), authorization=text).status == 401
    assert service.rows() == []


def test_only_pages_of_its_origins_may_post_to_a_source(service: Running) -> None:
    home, foreign = "https://shop.example", "https://evil.example"
    assert service.post("/v1/track", event(writeKey=KEY), origin=foreign).status == 403
    good = service.post("/v1/track", event(writeKey=KEY), origin=home)
    assert (good.status, good.headers["access-control-allow-origin"]) == (200, home)
    assert service.post("/v1/track", event(writeKey=OTHER), origin=foreign).status == 200
    asked = service.call("OPTIONS", "/v1/track", None, {"origin": home})
    assert (asked.status, asked.headers["access-control-allow-methods"]) == (204, "POST")


@pytest.mark.parametrize(
    ("said", "sent", "expected"),
    [
        (None, None, NOW),
        ("2026-06-29T12:00:00Z", None, "2026-06-29T12:00:00+00:00"),
        ("2026-06-29T20:00:00+08:00", None, "2026-06-29T12:00:00+00:00"),
        # a clock three days ahead: what happened 10 s before it was sent happened 10 s ago
        ("2026-07-02T12:59:50Z", "2026-07-02T13:00:00Z", "2026-06-29T12:59:50+00:00"),
        ("1970-01-01T00:00:00Z", None, NOW),
        ("2027-01-01T00:00:00Z", None, NOW),
        ("yesterday", "2026-06-29T13:00:00Z", NOW),
        (1782734400, None, "2026-06-29T12:00:00+00:00"),
        (1782734400000, None, "2026-06-29T12:00:00+00:00"),
        ("2026-06-29T12:00:00.123456789Z", None, "2026-06-29T12:00:00.123456+00:00"),
        (1e300, None, NOW),
        (True, None, NOW),
    ],
)
def test_times_are_set_right(said: object, sent: object, expected: object) -> None:
    found = time_of(NOW, said, sent)
    assert found == (datetime.fromisoformat(expected) if isinstance(expected, str) else expected)


def test_a_time_without_a_zone_is_utc() -> None:
    assert read_time("2026-06-29 12:00:00") == datetime(2026, 6, 29, 12, tzinfo=UTC)


def test_both_times_are_kept(service: Running) -> None:
    said = {"timestamp": "2026-07-02T12:59:50Z", "sentAt": "2026-07-02T13:00:00Z"}
    service.post("/v1/track", event(**said), **BASIC)
    (row,) = service.rows()
    assert {name: row["body"][name] for name in said} == said
    assert row["received_at"] == NOW.replace(tzinfo=None)


def test_odd_texts_are_kept(service: Running) -> None:
    body = b'{"userId": "\\ud83d", "event": "\\u0000 \\ud83d\\ude00", "properties": {"a": 1e309}}'
    assert service.call("POST", "/v1/track", body, BASIC).status == 400
    body = body.replace(b"1e309", b'"' + b"x" * 1_000_000 + b'"')
    assert service.call("POST", "/v1/track", body, BASIC).status == 200
    (row,) = service.rows()
    assert (row["body"]["userId"], row["body"]["event"]) == ("\ufffd", "\x00 \U0001f600")
