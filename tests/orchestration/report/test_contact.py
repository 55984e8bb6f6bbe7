"""The page of a contact: what happened and why, and nobody's name or address."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sluice.orchestration.report import contact_page
from tests.orchestration.report.small import Page, make_home

PERSON: dict[str, Any] = {
    "contact_id": 7,
    "messages": [
        {"campaign": "welcome", "channel": "email", "decision": "suppress", "reason": "no_consent",
         "occurrence": "once", "decided_at": "2026-06-29T13:00:00"},
    ],
    "scores": [{"score_model": "lead", "total": 68, "band": "hot"}],
    "lifecycle": [{"stage": "mql", "reason_en": "Asked for a demo", "reason_zh": "申请演示"}],
    "identifiers": [{"identifier_type": "email", "identifier_value": "wang.fang@acme.cn"}],
    "attributes": [
        {"attribute": "city", "attribute_value": "Dongguan"},
        {"attribute": "full_name", "attribute_value": "王芳"},
        {"attribute": "nickname", "attribute_value": "<b>fangfang</b>"},
    ],
    "records": [{"source": "crm", "record_id": "C000129", "full_name": "王芳", "phone": "+8613812345679"}],
    "journeys": [],
}  # fmt: skip
EVENTS = [(datetime(2026, 6, 30, 10), "page_view", "web", "/pricing", False)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_says_why_and_names_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: Any
) -> None:
    monkeypatch.setattr(contact_page, "describe_contact", lambda *_: dict(PERSON))
    monkeypatch.setattr(contact_page, "_events", lambda *_: EVENTS)
    html = contact_page.contact_page(make_home(tmp_path / "home"), {"nodes": {}}, 7, language)
    for value in ("wang.fang", "王芳", "fangfang", "13812345679", "C000129", "acme.cn"):
        assert value not in html
    text = Page(html).text
    first, second = ("page_view", "no_consent") if language == "en" else ("/pricing", "未同意")
    assert text["timeline"].index(first) < text["timeline"].index(second)  # the newest first
    assert ("Asked for a demo" in html, "申请演示" in html) == (language == "en", language == "zh")
    assert "Dongguan" in text["attributes"]
    assert ("Nothing is known of: Journeys" in html) == (language == "en")


CHAT = [
    {"said_at": "2026-06-29T10:00:00", "channel": "wechat", "spoken_by": "campaign", "campaign": "hello",
     "template": "hello_again", "staff_name": None, "message_kind": "service", "message_text": None,
     "delivery_state": "delivered"},
    {"said_at": "2026-06-29T10:05:00", "channel": "wechat", "spoken_by": "contact", "campaign": None,
     "template": None, "staff_name": None, "message_kind": "text", "message_text": "我是王芳",
     "delivery_state": None},
    {"said_at": "2026-06-29T10:06:00", "channel": "wechat", "spoken_by": "staff", "campaign": None,
     "template": None, "staff_name": "林小姐", "message_kind": "text", "message_text": "王芳您好",
     "delivery_state": None},
]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "speakers"),
    [("en", ["campaign", "contact", "staff"]), ("zh", ["营销活动", "联系人", "客服"])],
)
def test_page_shows_the_conversation_in_order_with_who_spoke(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: Any, speakers: list[str]
) -> None:
    monkeypatch.setattr(
        contact_page, "describe_contact", lambda *_: {"contact_id": 7, "chats": CHAT}
    )
    monkeypatch.setattr(contact_page, "_events", lambda *_: [])
    html = contact_page.contact_page(make_home(tmp_path / "home"), {"nodes": {}}, 7, language)
    chat = Page(html).text["chats"]
    rows = chat[chat.index("10:00") :]
    assert [rows.index(one) for one in speakers] == sorted(rows.index(one) for one in speakers)
    assert "hello_again" in rows
    assert "***" in rows
    for said in ("我是", "您好", "王芳", "林小姐"):
        assert said not in html
