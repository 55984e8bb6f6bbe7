"""Tags of followers: at most 100 an account, 20 a follower, 50 openids a call, and each call all or
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sluice.activations.sandbox.wechat.account import Account
from sluice.activations.sandbox.wechat.messages import OK
from sluice.activations.sandbox.wechat.refusals import Refused

TAGS, TAGS_A_FOLLOWER, OPENIDS, NAME_BYTES = 100, 20, 50, 30


def list_tags(account: Account) -> dict[str, Any]:
    """``tags/get``."""
    return {
        "tags": [
            {"id": number, "name": name, "count": len(account.holders[number])}
            for number, name in account.tags.items()
        ]
    }


def create(account: Account, body: Mapping[str, Any]) -> dict[str, Any]:
    """``tags/create``."""
    name = str(_tag(body).get("name", ""))
    if not name:
        raise Refused(47001)
    if len(name.encode()) > NAME_BYTES:
        raise Refused(45158)
    if name in account.tags.values():
        raise Refused(45157)
    if len(account.tags) >= TAGS:
        raise Refused(45056)
    number = max(account.tags, default=99) + 1
    account.tags[number], account.holders[number] = name, set()
    return {"tag": {"id": number, "name": name}}


def delete(account: Account, body: Mapping[str, Any]) -> dict[str, Any]:
    """``tags/delete``."""
    number = _known(account, _tag(body).get("id"))
    del account.tags[number], account.holders[number]
    return dict(OK)


def tag(account: Account, body: Mapping[str, Any]) -> dict[str, Any]:
    """``tags/members/batchtagging``."""
    number, openids = _call(account, body)
    for openid in openids:
        held = sum(
            openid in holding for other, holding in account.holders.items() if other != number
        )
        if held >= TAGS_A_FOLLOWER:
            raise Refused(45059)
    account.holders[number].update(openids)
    account.store.add_call("wechat", "batchtagging", len(openids))
    return dict(OK)


def untag(account: Account, body: Mapping[str, Any]) -> dict[str, Any]:
    """``tags/members/batchuntagging``."""
    number, openids = _call(account, body)
    account.holders[number].difference_update(openids)
    account.store.add_call("wechat", "batchuntagging", len(openids))
    return dict(OK)


def _call(account: Account, body: Mapping[str, Any]) -> tuple[int, list[str]]:
    number, openids = _known(account, body.get("tagid")), body.get("openid_list")
    if not isinstance(openids, list) or not openids:
        raise Refused(40031)
    if len(openids) > OPENIDS:
        raise Refused(40032)
    return number, [account.follower(openid) for openid in openids]


def _known(account: Account, number: object) -> int:
    if number in (0, 1, 2):  # of the system: the blacklist, stars
        raise Refused(45058)
    if not isinstance(number, int) or number not in account.tags:
        raise Refused(45159)
    return number


def _tag(body: Mapping[str, Any]) -> Mapping[str, Any]:
    given = body.get("tag")
    if not isinstance(given, Mapping):
        raise Refused(47001)
    return given
