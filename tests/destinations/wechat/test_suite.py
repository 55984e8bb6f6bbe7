"""Each destination of WeChat and WeCom against the conformance suite."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest

from activations.destinations.testing import Conformance
from activations.sandbox.server import Sandbox
from models.delivery import Item, SyncOperation
from tests.destinations.wechat.items import (
    NOTICE,
    ORDER,
    POINTS,
    alert,
    customer,
    member,
    message,
    openid,
    received,
    wechat,
    wecom,
)


class Suite(Conformance):
    """Calls of one path go wrong; ``tries`` of them before the client gives up."""

    path: str
    kind, tries = "message", 1

    def received(self, sandbox: Sandbox) -> int:
        return received(sandbox)

    def break_after_accept(self, sandbox: Sandbox) -> None:
        sandbox.faults.http_at[self.path] = deque(["drop_after_accept"] * self.tries)

    def throttle(self, sandbox: Sandbox) -> None:
        wechat(sandbox).script.add(self.path, 45011)

    def wrong_login(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**settings, "secret": "expired"}


class TestTemplate(Suite):
    name, path, tries = "wechat_template", "/cgi-bin/message/template/send", 2

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [message(number, "order_shipped", {**ORDER, "product": text}) for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        return message(999, "order_shipped", ORDER, address="someone@shop.example")


class TestSubscribe(Suite):
    name, path = "wechat_subscribe", "/cgi-bin/message/subscribe/bizsend"

    @pytest.fixture(autouse=True)
    def _allowed(self, sandbox: Sandbox) -> None:
        for number in range(1, 10):
            wechat(sandbox).account.allows(openid(number), NOTICE, 2)

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [message(number, "points_expire", {**POINTS, "points": text}) for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        return message(999, "points_expire", POINTS)  # never allowed it


class TestService(Suite):
    name, path = "wechat_service", "/cgi-bin/message/custom/send"

    @pytest.fixture(autouse=True)
    def _wrote(self, sandbox: Sandbox) -> None:
        for number in range(1, 10):
            wechat(sandbox).account.happens(openid(number), "message")

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [message(number, "price_question", {"full_name": text}) for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        return message(999, "price_question", {})  # never wrote


class MassSuite(Suite):
    name, tries = "wechat_mass", 2

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [message(number, "members_day", {"full_name": text}, purpose="marketing") for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        return message(999, "members_day", {}, address="someone@shop.example")


class TestMassToAList(MassSuite):
    path = "/cgi-bin/message/mass/send"

    def break_after_accept(self, sandbox: Sandbox) -> None:
        sandbox.faults.http_at["/cgi-bin/message/mass/sendall"] = deque(["drop_after_accept"] * 2)  # one alone is reached by tag


class TestMassByTag(MassSuite):
    path = "/cgi-bin/message/mass/sendall"

    @pytest.fixture(autouse=True)
    def _by_tag(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SLUICE_WECHAT_MASS_BY_TAG", "true")


class TestTags(Suite):
    name, kind, path = "wechat_tags", "sync", "/cgi-bin/tags/members/batchtagging"

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [member(number, full_name=text) for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        return member(999, openid="someone@shop.example")

    def received(self, sandbox: Sandbox) -> int:
        return sum(len(holding) for holding in wechat(sandbox).account.holders.values())


class TestWeComRobot(Suite):
    name, kind, path = "wecom_robot", "sync", "/cgi-bin/webhook/send"

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [alert(number, company=text) for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        return SyncOperation(29_999, 999, "entered", 1, {}, object="sales_alert")  # its text has no values

    def received(self, sandbox: Sandbox) -> int:
        return received(sandbox, "wecom_robot")

    def throttle(self, sandbox: Sandbox) -> None:
        wecom(sandbox).script.add(self.path, 45009)

    def wrong_login(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**settings, "key": "expired"}


class TestWeComMass(Suite):
    name, path = "wecom_mass", "/cgi-bin/externalcontact/add_msg_template"

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [customer(number, text) for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        return customer(999, external_userid="someone@shop.example")

    def received(self, sandbox: Sandbox) -> int:
        """Customers in tasks; what they received is another matter."""
        assert received(sandbox, "wecom") == 0
        return sum(len(task.customers) for task in wecom(sandbox).tasks.values())

    def throttle(self, sandbox: Sandbox) -> None:
        wecom(sandbox).script.add(self.path, 45009)
