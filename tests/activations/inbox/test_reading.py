"""What an event of the inbox says, in columns."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from sluice.activations.inbox.reading import consent_rows, event_row, person_row, person_rows

AT = datetime(2026, 6, 29, 12)


def row(kind: str, event_id: int = 1, source: str = "website", **body: Any) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "event_key": f"{event_id:064d}",
        "source": source,
        "kind": kind,
        "occurred_at": AT,
        "received_at": AT,
        "body": json.dumps(body),
    }


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("Order Completed", "order_placed"),
        ("orderCompleted", "order_placed"),
        ("order_refunded", "order_refunded"),
        ("Product Added", "cart_updated"),
        ("Whitepaper Downloaded", "whitepaper_downloaded"),
        ("  price-page  viewed! ", "price_page_viewed"),
        ("下载白皮书", "下载白皮书"),
        ("", None),
        (None, None),
        ({"a": 1}, None),
    ],
)
def test_names_become_event_types(event: object, expected: str | None) -> None:
    assert event_row(row("track", event=event))["event_type"] == expected


def test_a_page_is_its_path_with_where_the_visit_came_from() -> None:
    page = {"url": "https://shop.example/price?utm_source=baidu&utm_medium=cpc&utm_campaign=spring"}
    context = {
        "page": {**page, "referrer": "https://www.baidu.com/"},
        "userAgent": "Mozilla/5.0 (X11)",
    }
    found = event_row(row("page", anonymousId="c", context=context))
    expected = {
        "event_type": "page_view",
        "subject": "/price",
        "anonymous_id": "c",
        "utm_source": "baidu",
        "utm_medium": "cpc",
        "utm_campaign": "spring",
        "referrer": "https://www.baidu.com/",
        "agent": "person",
        "is_machine": False,
        "record_id": None,
    }
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("properties", "amount"),
    [
        ({"revenue": 12.5, "total": 20}, 12.5),
        ({"total": "20"}, 20.0),
        ({"value": True, "total": "x"}, None),
        ({"revenue": 1e300}, None),
        ({"revenue": "nan"}, None),
        ([1], None),
        ("x", None),
    ],
)
def test_amounts_are_numbers_or_nothing(properties: object, amount: float | None) -> None:
    assert event_row(row("track", event="e", properties=properties))["amount"] == amount


@pytest.mark.parametrize(
    "body",
    [
        {"context": "x", "properties": 1, "traits": [], "userId": {"a": 1}, "anonymousId": [1]},
        {"context": {"page": 1, "campaign": "x", "userAgent": 7}, "userId": "\x00"},
        {"context": {"page": {"url": "http://[bad"}}, "userId": "u" * 10_000, "deliveryId": "x"},
        {"event": "e" * 10_000, "userId": 1.0, "deliveryId": 1 << 70, "traits": {"email": ["a"]}},
    ],
)
@pytest.mark.parametrize(
    "kind", ["track", "page", "identify", "group", "alias", "form", "scan", "open"]
)
def test_odd_shapes_are_read_as_far_as_they_go(kind: str, body: dict[str, Any]) -> None:
    found = [event_row(row(kind, **body)), *person_rows([row(kind, **body)])]
    assert consent_rows(row(kind, **body)) == []
    texts = [text for one in found for text in one.values() if isinstance(text, str)]
    assert all(len(text) <= 30_000 and "\x00" not in text for text in texts)


def test_traits_become_the_columns_of_a_record() -> None:
    traits = {
        "email": "A@Shop.example",
        "firstName": "Ann",
        "lastName": "Berg",
        "title": "CTO",
        "company": {"name": "Acme", "employee_count": 50, "industry": "retail"},
        "address": {"city": "Paris", "state": "IDF", "postalCode": 75001, "country": "FR"},
        "plan": "pro",
    }
    found = person_row(row("identify", userId="u1", anonymousId="c1", traits=traits))
    assert found is not None
    expected = {
        "user_id": "u1",
        "cookie_id": "c1",
        "email": "A@Shop.example",
        "given_name": "Ann",
        "surname": "Berg",
        "job_title": "CTO",
        "company": "Acme",
        "company_size": "50",
        "industry": "retail",
        "city": "Paris",
        "province": "IDF",
        "postcode": "75001",
        "country": "FR",
    }
    assert {name: found[name] for name in expected} == expected
    assert json.loads(found["traits"])["plan"] == "pro"


def test_a_group_says_the_company_of_an_account() -> None:
    one = row("group", userId="u1", anonymousId="c", traits={"name": "Acme", "employees": 7})
    found = person_row(one)
    assert found is not None
    assert (found["company"], found["company_size"], found["full_name"]) == ("Acme", "7", None)


def test_an_account_in_a_browser_is_one_record_whatever_it_does() -> None:
    rows = [
        row("page", 1, userId="u", anonymousId="c"),
        row("track", 2, userId="u", anonymousId="c", event="e"),
        row("identify", 3, userId="u", anonymousId="c", traits={"email": "a@b.cn"}),
        row("page", 4, userId="u", anonymousId="other"),
        row("page", 5, anonymousId="c"),
    ]
    people = person_rows(rows)
    assert [person["event_id"] for person in people] == [1, 3, 4]
    assert len({person["record_id"] for person in people}) == 2
    assert event_row(rows[1])["record_id"] == people[1]["record_id"]
    assert event_row(rows[4])["record_id"] is None


def test_a_form_is_a_record_of_its_address_and_a_bot_is_nobody() -> None:
    traits = {"email": "a@b.cn"}
    forms = [row("form", n, "forms", form=f"f{n}", traits=traits, fields={"x": 1}) for n in (1, 2)]
    assert len({person["record_id"] for person in person_rows(forms)}) == 1
    spam = row("form", 3, "forms", form="f", traits=traits, spam=True)
    assert (person_row(spam), event_row(spam)["is_machine"]) == (None, True)


SAID = [
    {"channel": "email", "status": "granted", "text_version": "v2"},
    {"channel": "sms", "status": "withdrawn"},
    "odd",
]


@pytest.mark.parametrize(
    ("confirmed", "kind", "expected"),
    [
        (None, "form", ["granted", "withdrawn"]),
        (False, "form", ["withdrawn"]),
        (True, "form", ["granted", "withdrawn"]),
        (None, "identify", []),
    ],
)
def test_a_yes_counts_when_it_is_confirmed_and_a_no_at_once(
    confirmed: bool | None, kind: str, expected: list[str]
) -> None:
    body = {"form": "demo", "traits": {"email": "a@b.cn"}, "consents": SAID, "confirmed": confirmed}
    found = consent_rows(row(kind, 1, "forms", **body))
    assert [one["status"] for one in found] == expected
    if found and expected[0] == "granted":
        assert "form demo, text v2" in found[0]["proof"]
        assert found[0]["purpose"] == "marketing"


@pytest.mark.parametrize(
    ("agent", "more", "expected"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0", {}, ("person", False)),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0", {"automated": True}, ("person", True)),
        ("Mozilla/5.0 (compatible; Baiduspider/2.0)", {}, ("crawler", True)),
        ("HeadlessChrome/126.0", {}, ("headless", True)),
        ("okhttp/4.12.0", {}, ("library", False)),  # an app, or a server, for its people
        (None, {}, (None, False)),
    ],
)
def test_a_visit_of_a_machine_is_marked(
    agent: str | None, more: dict[str, Any], expected: tuple[str | None, bool]
) -> None:
    found = event_row(row("page", 1, context={"userAgent": agent, **more}))
    assert (found["agent"], found["is_machine"]) == expected


def test_a_confirmation_is_an_event_of_its_own() -> None:
    said = {"form": "news", "traits": {"email": "a@b.cn"}, "submission": "s"}
    first = row("form", 1, "forms", **said, confirmed=False)
    second = row("form", 2, "forms", **said, confirmed=True, proof={"confirmedAt": "2026-06-29"})
    assert [event_row(one)["event_type"] for one in (first, second)] == [
        "form_submitted",
        "form_confirmed",
    ]
    assert len({one["record_id"] for one in person_rows([first, second])}) == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"event": "wechat_qr_scan", "subject": "booth", "qr": "booth"},
            ("wechat_qr_scan", "booth", "booth", None),
        ),
        (
            {
                "event": "wechat_text_reply",
                "subject": "text",
                "properties": {"text": "你好\u0000", "message_id": "1"},
            },
            ("wechat_text_reply", "text", None, '{"text": "你好", "message_id": "1"}'),
        ),
    ],
)
def test_what_a_follower_does_is_of_the_openid(
    body: dict[str, Any], expected: tuple[str | None, ...]
) -> None:
    found = event_row(row("wechat", source="wechat", openid="o1", **body))
    named = ("event_type", "subject", "qr_code", "properties")
    assert tuple(found[name] for name in named) == expected
    assert (found["record_id"], person_row(row("wechat", openid="o1", **body))) == ("o1", None)


def test_a_site_names_no_follower() -> None:
    assert event_row(row("track", event="x", anonymousId="a", openid="o1"))["record_id"] is None
