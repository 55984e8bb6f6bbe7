"""What followers do and write becomes an event with its key; what is no doing becomes none."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.activations.destinations.wechat.conversation import doings_in
from sluice.activations.destinations.wechat.xml import read_xml, write_xml
from tests.activations.destinations.wechat.test_callbacks import AT, WHO, event, text


def doing(kind: str, subject: str, **more: Any) -> dict[str, Any]:
    return {"openid": WHO, "event": kind, "subject": subject, **more}


DOINGS: dict[str, tuple[dict[str, Any], dict[str, Any] | None]] = {
    "a key of the menu": (event("CLICK", EventKey="prices"), doing("wechat_menu_click", "prices")),
    "a page of the menu": (
        event("VIEW", EventKey="https://shop.example/a"),
        doing("wechat_menu_click", "https://shop.example/a"),
    ),
    "a scan": (event("SCAN", EventKey="booth"), doing("wechat_qr_scan", "booth", qr="booth")),
    "a scan that follows": (
        event("subscribe", EventKey="qrscene_booth"),
        doing("wechat_qr_scan", "booth", qr="booth"),
    ),
    "a follow": (event("subscribe", EventKey=""), None),
    "an unfollow": (event("unsubscribe", EventKey=""), None),
    "a position": (event("LOCATION", Latitude="23.1", Longitude="113.3"), None),
    "a receipt": (event("TEMPLATESENDJOBFINISH", MsgID=1, Status="success"), None),
    "nobody": ({**text("你好"), "FromUserName": ""}, None),
    "a text, also a no": (
        text("退订"),
        doing("wechat_text_reply", "text", properties={"text": "退订", "message_id": "1"}),
    ),
    "a picture": (
        {**text(""), "MsgType": "image", "MediaId": "m1", "PicUrl": "https://v.example/p"},
        doing(
            "wechat_media_reply",
            "image",
            properties={"text": "", "message_id": "1", "media_id": "m1"},
        ),
    ),
}


@pytest.mark.parametrize("case", DOINGS)
def test_what_a_follower_does_is_kept_with_its_key(case: str) -> None:
    fields, expected = DOINGS[case]
    document = read_xml(write_xml(fields))
    found = doings_in(document, AT)
    assert [one.body for one in found] == ([] if expected is None else [expected])
    again = doings_in(document, AT)
    assert [one.event_key for one in again] == [one.event_key for one in found]
    assert all(one.occurred_at == AT for one in found)
