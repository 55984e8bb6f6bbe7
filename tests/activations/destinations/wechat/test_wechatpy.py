"""wechatpy, an independent client, against the simulated account: it is served as we are, and what
it sends is what we send.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from wechatpy import WeChatClient
from wechatpy.exceptions import APILimitedException, WeChatClientException

from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sandbox.web import Request
from tests.activations.destinations.wechat.conftest import Client
from tests.activations.destinations.wechat.items import (
    NOTICE,
    ORDER,
    POINTS,
    TEMPLATE,
    member,
    message,
    openid,
    received,
    wechat,
)

# what our requests have besides, of which the library knows nothing
OURS_ALONE = {"client_msg_id", "clientmsgid"}
THEIRS_ALONE = {"send_ignore_reprint"}


@pytest.fixture
def theirs(sandbox: Sandbox) -> WeChatClient:
    settings = sandbox.endpoints()["wechat_template"]

    class Local(WeChatClient):  # type: ignore[misc]
        API_BASE_URL = settings["url"] + "/cgi-bin/"

        def fetch_access_token(self) -> Any:
            query = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
            return self._fetch_access_token(f"{self.API_BASE_URL}token", query)

    return Local(settings["appid"], settings["secret"], timeout=5)


def checked(request: Request) -> tuple[str, str, list[str], dict[str, Any]]:
    """All that the vendor checks of a call, the token apart, which differs by design."""
    assert request.body == json.dumps(request.json(), ensure_ascii=False).encode()
    body = {
        name: value
        for name, value in request.json().items()
        if name not in OURS_ALONE | THEIRS_ALONE
    }
    return request.method, request.path, sorted(request.query), body


def last(sandbox: Sandbox, path: str) -> Request:
    return [request for request in wechat(sandbox).calls if request.path == f"/cgi-bin/{path}"][-1]


def test_a_template_message(sandbox: Sandbox, client: Client, theirs: WeChatClient) -> None:
    client("wechat_template").send([message(1, "order_shipped", ORDER)])
    ours = last(sandbox, "message/template/send")
    data = {"character_string1": "SO-1", "thing2": "咖啡豆", "time3": ORDER["shipped_at"]}
    filled = {name: {"value": value} for name, value in data.items()}
    answer = theirs.message.send_template(
        openid(1), TEMPLATE, filled, url="https://shop.example/orders/SO-1"
    )
    assert answer["errcode"] == 0
    assert checked(last(sandbox, "message/template/send")) == checked(ours)
    assert received(sandbox) == 2


def test_a_subscription_notice(sandbox: Sandbox, client: Client, theirs: WeChatClient) -> None:
    wechat(sandbox).account.allows(openid(1), NOTICE, 2)
    client("wechat_subscribe").send([message(1, "points_expire", POINTS)])
    ours = last(sandbox, "message/subscribe/bizsend")
    data = {"thing1": "您的积分即将到期", "character_string2": "120", "time3": POINTS["expires_at"]}
    filled = {name: {"value": value} for name, value in data.items()}
    theirs.message.send_subscribe_message(
        openid(1), NOTICE, filled, page="https://shop.example/points"
    )
    assert checked(last(sandbox, "message/subscribe/bizsend")) == checked(ours)
    with pytest.raises(WeChatClientException) as refused:
        theirs.message.send_subscribe_message(openid(1), NOTICE, filled)
    assert refused.value.errcode == 43101


def test_a_customer_service_message(sandbox: Sandbox, client: Client, theirs: WeChatClient) -> None:
    wechat(sandbox).account.happens(openid(1), "click")
    client("wechat_service", service_agent="kf1@shop").send(
        [message(1, "price_question", {"full_name": "王芳"})]
    )
    ours = last(sandbox, "message/custom/send")
    theirs.message.send_text(openid(1), ours.json()["text"]["content"], account="kf1@shop")
    assert checked(last(sandbox, "message/custom/send")) == checked(ours)
    theirs.message.send_text(openid(1), "三")
    with pytest.raises(WeChatClientException) as refused:
        theirs.message.send_text(openid(1), "四")
    assert refused.value.errcode == 45047


def test_a_mass_message_to_a_list(sandbox: Sandbox, client: Client, theirs: WeChatClient) -> None:
    client("wechat_mass").send([message(number, "members_day", {}) for number in (1, 2)])
    ours = last(sandbox, "message/mass/send")
    theirs.message.send_mass_text([openid(1), openid(2)], ours.json()["text"]["content"])
    assert checked(last(sandbox, "message/mass/send")) == checked(ours)
    with pytest.raises(WeChatClientException) as refused:  # the same clientmsgid once more
        theirs.message._send_mass_message(
            [openid(1), openid(2)],
            "text",
            {"text": {"content": "x"}},
            client_msg_id=ours.json()["clientmsgid"],
        )
    assert refused.value.errcode == 45065
    assert received(sandbox) == 4


def test_tags(sandbox: Sandbox, client: Client, theirs: WeChatClient) -> None:
    client("wechat_tags").send([member(1), member(2)])
    create, tagging = last(sandbox, "tags/create"), last(sandbox, "tags/members/batchtagging")
    (known,) = theirs.tag.get()
    theirs.tag.tag_user(known["id"], [openid(1), openid(2)])
    assert checked(last(sandbox, "tags/members/batchtagging")) == checked(tagging)
    theirs.tag.delete(known["id"])
    assert theirs.tag.create("birthdays")["name"] == "birthdays"
    assert checked(last(sandbox, "tags/create")) == checked(create)
    made = theirs.tag.get()[0]["id"]
    theirs.tag.tag_user(made, openid(3))
    client("wechat_tags").send([member(3, "exited")])
    ours = last(sandbox, "tags/members/batchuntagging")
    theirs.tag.untag_user(made, [openid(3)])
    assert checked(last(sandbox, "tags/members/batchuntagging")) == checked(ours)
    assert wechat(sandbox).account.holders == {made: set()}


def test_a_refused_token_is_fetched_again_by_the_library_too(
    sandbox: Sandbox, theirs: WeChatClient
) -> None:
    wechat(sandbox).account.happens(openid(1), "message")
    theirs.message.send_text(openid(1), "一")
    wechat(sandbox).tokens.kill()
    theirs.message.send_text(openid(1), "二")
    assert (wechat(sandbox).tokens.given, received(sandbox)) == (2, 2)


def test_a_used_up_quota_is_one_for_the_library_too(sandbox: Sandbox, theirs: WeChatClient) -> None:
    wechat(sandbox).script.add("/cgi-bin/message/custom/send", 45009)
    with pytest.raises(APILimitedException):
        theirs.message.send_text(openid(1), "一")


@pytest.mark.parametrize(("secret", "errcode"), [("expired", 40125)])
def test_a_wrong_secret_is_one_for_the_library_too(
    theirs: WeChatClient, secret: str, errcode: int
) -> None:
    theirs.secret = secret
    with pytest.raises(WeChatClientException) as refused:
        theirs.fetch_access_token()
    assert refused.value.errcode == errcode
