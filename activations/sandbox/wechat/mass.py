"""Mass messages: to a list of openids or to a tag, four a calendar month for each person, sixty
calls a minute.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sluice.activations.sandbox.wechat.account import BEIJING, OPENID, Account
from sluice.activations.sandbox.wechat.messages import content_of
from sluice.activations.sandbox.wechat.refusals import Refused

A_MONTH = 4
A_MINUTE = 60
REPEATS_KNOWN = timedelta(hours=24)
KINDS = ("text", "mpnews", "voice", "image", "mpvideo", "wxcard", "images")


def send_to_list(account: Account, body: Mapping[str, Any]) -> dict[str, Any]:
    """``message/mass/send``: 2 to 10,000 openids.

    One that is no openid refuses the call; who left is passed over.
    """
    openids = body.get("touser")
    if (
        not isinstance(openids, list)
        or len(openids) > 10_000
        or not all(OPENID.fullmatch(str(one)) for one in openids)
    ):
        raise Refused(40003)
    if len(openids) < 2:
        raise Refused(40130)
    return _send(account, body, list(dict.fromkeys(openids)))


def send_to_tag(account: Account, body: Mapping[str, Any]) -> dict[str, Any]:
    """``message/mass/sendall``: to who holds a tag."""
    chosen = body.get("filter")
    tag_id = chosen.get("tag_id") if isinstance(chosen, Mapping) else None
    if tag_id not in account.tags:
        raise Refused(45159)
    return _send(account, body, sorted(account.holders[int(tag_id)]))


def _send(account: Account, body: Mapping[str, Any], openids: Sequence[str]) -> dict[str, Any]:
    shown, key = content_of(body, KINDS), str(body.get("clientmsgid", ""))
    now = account.clock.now()
    made, number = account.mass_ids.get(key, (None, 0))
    if key and made is not None and now - made < REPEATS_KNOWN:
        raise Refused(45065, msg_id=number)
    _count_call(account)
    number = account.new_id()
    account.mass_ids[key] = (now, number)
    month = now.astimezone(BEIJING).strftime("%Y-%m")
    gone = account.left | account.foreign
    reached = [
        one for one in openids if one not in gone and account.mass_a_month[one, month] < A_MONTH
    ]
    for openid in reached:
        account.mass_a_month[openid, month] += 1
        account.receives(
            openid, "", shown, key or None, json.dumps(body, ensure_ascii=False, sort_keys=True)
        )
    counts = {
        "TotalCount": len(openids),
        "FilterCount": len(reached),
        "SentCount": len(reached),
        "ErrorCount": 0,
    }
    account.event("oMassHelper", "MASSSENDJOBFINISH", MsgID=number, Status="send success", **counts)
    return {
        "errcode": 0,
        "errmsg": "send job submission success",
        "msg_id": number,
        "msg_data_id": number + 1,
    }


def _count_call(account: Account) -> None:
    now = account.clock.now()
    while account.mass_calls and now - account.mass_calls[0] >= timedelta(minutes=1):
        account.mass_calls.popleft()
    if len(account.mass_calls) >= A_MINUTE:
        raise Refused(45011)
    account.mass_calls.append(now)
