"""Each destination of WeChat and WeCom against the conformance suite."""

from __future__ import annotations

from collections import deque
from typing import Any, ClassVar

import pytest

from sluice.activations.destinations.testing import Conformance
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Item, SyncOperation
from tests.activations.destinations.wechat.items import (
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

TWO_IN_ONE = f'{openid(997)}","touser":"{openid(998)}\r\n'


class Suite(Conformance):
    """Calls of one path go wrong; ``tries`` of them before the client gives up."""

    path: str
    kind, tries = "message", 1

    def received(self, sandbox: Sandbox) -> int:
        return received(sandbox)

    def break_after_accept(self, sandbox: Sandbox) -> None:
        self.meet(sandbox, "drop_after_accept")

    def answer_late(self, sandbox: Sandbox, settings: dict[str, Any]) -> dict[str, Any]:
        self.meet(sandbox, "slow_after_accept")
        return {**settings, "timeout_seconds": 0.5}

    def meet(self, sandbox: Sandbox, fault: HttpFault) -> None:
        sandbox.faults.http_at[self.path] = deque([fault] * self.tries)

    def arrived(self, sandbox: Sandbox) -> str:
        return "\n".join(row[0] for row in sandbox.store.rows("select body from received"))

    def throttle(self, sandbox: Sandbox) -> None:
        wechat(sandbox).script.add(self.path, 45011)

    def wrong_login(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**settings, "secret": "expired"}


class TestTemplate(Suite):
    name, path, tries = "wechat_template", "/cgi-bin/message/template/send", 2
    odd_text = '王芳 🌸 O\'B "q" <b>&𠮷'  # 20 characters, as many as a value may have

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [
            message(number, "order_shipped", {**ORDER, "product": text})
            for number in range(1, count + 1)
        ]

    def bad_item(self) -> Item:
        return message(999, "order_shipped", ORDER, address="someone@shop.example")

    def oversized_item(self) -> Item:
        return message(998, "order_shipped", {**ORDER, "order_number": "1" * 100})

    def unwritable_item(self) -> Item:
        return message(997, "order_shipped", ORDER, address=TWO_IN_ONE)


class TestSubscribe(Suite):
    name, path = "wechat_subscribe", "/cgi-bin/message/subscribe/bizsend"

    @pytest.fixture(autouse=True)
    def _allowed(self, sandbox: Sandbox) -> None:
        for number in range(1, 10):
            wechat(sandbox).account.allows(openid(number), NOTICE, 2)

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [
            message(number, "points_expire", {**POINTS, "points": text})
            for number in range(1, count + 1)
        ]

    def bad_item(self) -> Item:
        return message(999, "points_expire", POINTS)  # never allowed it

    def oversized_item(self) -> Item:
        return message(998, "points_expire", {**POINTS, "points": "1" * 100})

    def unwritable_item(self) -> Item:
        return message(997, "points_expire", POINTS, address=TWO_IN_ONE)


class TestService(Suite):
    name, path = "wechat_service", "/cgi-bin/message/custom/send"

    @pytest.fixture(autouse=True)
    def _wrote(self, sandbox: Sandbox) -> None:
        for number in range(1, 10):
            wechat(sandbox).account.happens(openid(number), "message")

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [
            message(number, "price_question", {"full_name": text}) for number in range(1, count + 1)
        ]

    def bad_item(self) -> Item:
        return message(999, "price_question", {})  # never wrote

    def oversized_item(self) -> Item:
        return message(998, "price_question", {"full_name": "王芳" * 1_000}, address=openid(9))

    def unwritable_item(self) -> Item:
        return message(997, "price_question", {}, address=TWO_IN_ONE)


class MassSuite(Suite):
    name, tries = "wechat_mass", 2

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        template = (
            "members_day" if text == "王芳" else "price_question"
        )  # the first says the same to all
        return [
            message(number, template, {"full_name": text}, purpose="marketing")
            for number in range(1, count + 1)
        ]

    def bad_item(self) -> Item:
        return message(999, "members_day", {}, address="someone@shop.example")

    def oversized_item(self) -> Item:
        return message(998, "price_question", {"full_name": "王芳" * 1_000})

    def unwritable_item(self) -> Item:
        return message(997, "members_day", {}, address=TWO_IN_ONE)


class TestMassToAList(MassSuite):
    path = "/cgi-bin/message/mass/send"

    def meet(self, sandbox: Sandbox, fault: HttpFault) -> None:
        sandbox.faults.http_at["/cgi-bin/message/mass/sendall"] = deque(
            [fault] * 2
        )  # one alone is reached by tag


class TestMassByTag(MassSuite):
    path = "/cgi-bin/message/mass/sendall"

    @pytest.fixture(autouse=True)
    def _by_tag(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SLUICE_WECHAT_MASS_BY_TAG", "true")


class TestTags(Suite):
    name, kind, path = "wechat_tags", "sync", "/cgi-bin/tags/members/batchtagging"
    odd_text = '王芳 🌸 "q" <b>&𠮷'  # the name of a tag has at most 30 bytes

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [member(number, tag=text) for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        return member(999, tag="王芳", openid="someone@shop.example")

    def oversized_item(self) -> Item:
        return member(998, tag="王芳" * 10)

    def unwritable_item(self) -> Item:
        return member(997, tag="王芳", openid=TWO_IN_ONE)

    def received(self, sandbox: Sandbox) -> int:
        return sum(len(holding) for holding in wechat(sandbox).account.holders.values())

    def arrived(self, sandbox: Sandbox) -> str:
        return "\n".join(wechat(sandbox).account.tags.values())


class TestWeComRobot(Suite):
    name, kind, path = "wecom_robot", "sync", "/cgi-bin/webhook/send"
    odd_text = (  # a mark such as < is written another way: it would mention somebody
        '王芳 🌸 O\'Brien "q" &amp; ñ 𠮷'
    )
    cases_that_cannot_happen: ClassVar[dict[str, str]] = {
        "oversized_item": "a text that is too long is cut: colleagues are to learn of the lead",
        "unwritable_item": "a robot writes to its one group, and to no address",
    }

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [alert(number, company=text) for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        return SyncOperation(
            29_999, 999, "entered", 1, {}, object="sales_alert"
        )  # its text has no values

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

    def oversized_item(self) -> Item:
        return customer(998, "王芳" * 1_000)

    def unwritable_item(self) -> Item:
        return customer(997, external_userid="wm000998\r\nwm000999")

    def arrived(self, sandbox: Sandbox) -> str:
        for msgid in wecom(sandbox).tasks:
            wecom(sandbox).confirm(msgid)
        return super().arrived(sandbox)

    def received(self, sandbox: Sandbox) -> int:
        """Customers in tasks; what they received is another matter."""
        assert received(sandbox, "wecom") == 0
        return sum(len(task.customers) for task in wecom(sandbox).tasks.values())

    def throttle(self, sandbox: Sandbox) -> None:
        wecom(sandbox).script.add(self.path, 45009)
