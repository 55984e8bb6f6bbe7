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
