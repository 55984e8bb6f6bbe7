"""What followers of the official account do and write, as events of the inbox: the key of a menu,
the scene of a QR code, the text or the kind of a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sluice.activations.inbox.events import Event, key_of

Fields = Mapping[str, Any]
SOURCE = KIND = "wechat"
FOLLOWED_BY_SCAN = "qrscene_"  # before the scene of a code that a new follower scanned
EVENT_TYPES = {
    "click": "wechat_menu_click",
    "view": "wechat_menu_click",
    "view_miniprogram": "wechat_menu_click",
    "scan": "wechat_qr_scan",
    "subscribe": "wechat_qr_scan",
}
# of a message: what is kept of it, beside its kind (a picture's id is good for three days only)
SAID = {
    "Content": "text",
    "Recognition": "text",
    "MsgId": "message_id",
    "MediaId": "media_id",
    "Title": "title",
    "Description": "description",
    "Url": "url",
    "Label": "label",
}


def doings_in(fields: Fields, occurred_at: datetime) -> list[Event]:
    """What one document says that a follower did; a follow without a code, an unfollow, a receipt
    and a position that was reported are none.
    """
    if not fields.get("FromUserName"):
        return []
    kind = str(fields.get("MsgType", "")).lower()
    found = _event(fields) if kind == "event" else _message(fields, kind)
    if found is None:
        return []
    sender = str(fields["FromUserName"])
    # as the vendor tells copies apart: messages by MsgId, events by sender and time
    copy = fields.get("MsgId") or (sender, fields.get("CreateTime"), found)
    body = {"openid": sender, **found}
    return [Event(SOURCE, KIND, key_of(SOURCE, copy, body, ""), occurred_at, body)]


def _event(fields: Fields) -> dict[str, Any] | None:
    name = str(fields.get("Event", "")).lower()
    key = str(fields.get("EventKey") or "")
    if name not in EVENT_TYPES or (name == "subscribe" and not key.startswith(FOLLOWED_BY_SCAN)):
        return None
    found = {"event": EVENT_TYPES[name], "subject": key.removeprefix(FOLLOWED_BY_SCAN)}
    if found["event"] == "wechat_qr_scan":
        found["qr"] = found["subject"]
    return found


def _message(fields: Fields, kind: str) -> dict[str, Any] | None:
    if not kind:
        return None
    said = {name: fields[key] for key, name in SAID.items() if isinstance(fields.get(key), str)}
    event_type = "wechat_text_reply" if kind == "text" else "wechat_media_reply"
    return {"event": event_type, "subject": kind, "properties": said}
