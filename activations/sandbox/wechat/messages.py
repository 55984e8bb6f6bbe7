"""Template messages, subscription notices and customer-service messages: what is asked of each, and
what the person sees.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sluice.activations.sandbox.wechat.account import Account
from sluice.activations.sandbox.wechat.refusals import Refused

CAPS = {"thing": 20, "character_string": 32, "phone_number": 17, "car_number": 8, "const": 20}
REPEATS_KNOWN = timedelta(minutes=10)
TEXT_BYTES = 2048
KINDS = (
    "text",
    "image",
    "voice",
    "video",
    "music",
    "news",
    "mpnews",
    "mpnewsarticle",
    "wxcard",
    "miniprogrampage",
    "msgmenu",
)
OK: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}


def send_template(account: Account, body: Mapping[str, Any]) -> dict[str, Any]:
    """``message/template/send``: one message a (openid, client_msg_id) within ten minutes."""
    openid = account.follower(body.get("touser"))
    shown = _values(account, body)
    repeat = (openid, str(body.get("client_msg_id", "")))
    made, number = account.seen.get(repeat, (None, 0))
    if (
        body.get("client_msg_id")
        and made is not None
        and account.clock.now() - made < REPEATS_KNOWN
    ):
        return {**OK, "msgid": number}
    number = account.new_id()
    account.seen[repeat] = (account.clock.now(), number)
    is_blocked = openid in account.blocked
    if not is_blocked:
        account.receives(openid, str(body["template_id"]), shown, repeat[1] or None, _source(body))
    status = "failed:user block" if is_blocked else "success"
    account.event(openid, "TEMPLATESENDJOBFINISH", MsgID=number, Status=status)
    return {**OK, "msgid": number}


def send_notice(account: Account, body: Mapping[str, Any]) -> dict[str, Any]:
    """``message/subscribe/bizsend``: to who allowed this template, once each time they allowed
    it.
    """
    openid = account.follower(body.get("touser"))
    shown, template_id = _values(account, body), str(body["template_id"])
    if account.grants[openid, template_id] < 1:
        raise Refused(43101)
    account.grants[openid, template_id] -= 1
    number = account.new_id()
    account.receives(openid, template_id, shown, None, _source(body))
    notice = {
        "TemplateId": template_id,
        "MsgID": str(number),
        "ErrorCode": "0",
        "ErrorStatus": "success",
    }
    account.event(openid, "subscribe_msg_sent_event", SubscribeMsgSentEvent={"List": notice})
    return {**OK, "msgid": number}


def send_service(account: Account, body: Mapping[str, Any]) -> dict[str, Any]:
    """``message/custom/send``: within a window that the person opened, while messages are left in
    it.
    """
    openid = account.follower(body.get("touser"))
    shown = content_of(body, KINDS)
    now = account.clock.now()
    found = [account.windows.get((openid, kind)) for kind in ("act", "message")]
    opened = [window for window in found if window is not None and window.until > now]
    if not opened:
        raise Refused(45015)
    usable = [window for window in opened if window.left > 0]
    if not usable:
        raise Refused(45047)
    usable[0].left -= 1
    account.receives(openid, "", shown, None, _source(body))
    return dict(OK)


def content_of(body: Mapping[str, Any], kinds: tuple[str, ...]) -> str:
    """What a message of a ``msgtype`` shows.

    Refuses an unknown kind (40008), an empty text (44004) and a long one (45002).
    """
    kind = body.get("msgtype")
    content = body.get(str(kind))
    if kind not in kinds or not isinstance(content, Mapping):
        raise Refused(40008)
    if kind != "text":
        return json.dumps(content, ensure_ascii=False)
    text = str(content.get("content", ""))
    if not text:
        raise Refused(44004)
    if len(text.encode()) > TEXT_BYTES:
        raise Refused(45002)
    return text


def _values(account: Account, body: Mapping[str, Any]) -> str:
    """The filled template, a line a field.

    Refuses an unknown template (40037), and values that do not fit it (47003).
    """
    fields = account.templates.get(str(body.get("template_id")))
    if fields is None:
        raise Refused(40037)
    data = body.get("data")
    if not isinstance(data, Mapping) or set(data) != set(fields):
        raise Refused(47003)
    return "\n".join(f"{name}: {_value(name, data[name])}" for name in fields)


def _value(name: str, given: Any) -> str:
    value = given.get("value") if isinstance(given, Mapping) else None
    cap = CAPS.get(name.rstrip("0123456789"))
    if (
        not isinstance(value, str)
        or not value
        or (cap is not None and len(value.encode("utf-16-le")) // 2 > cap)
    ):
        raise Refused(47003)
    return value


def _source(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True)
