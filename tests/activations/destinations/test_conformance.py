"""Every destination against the conformance suite."""

from __future__ import annotations

import email
import email.policy
import json
from typing import Any

from sluice.activations.destinations.testing import Conformance
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Item, Message, SyncOperation


class TestSmtp(Conformance):
    name, kind = "smtp", "message"

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [message(number, f"u{number}@shop.example", text) for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        self.bad = message(999, "nobody@shop.example")
        return self.bad

    def received(self, sandbox: Sandbox) -> int:
        return sandbox.store.counts()["mails"]

    def break_after_accept(self, sandbox: Sandbox) -> None:
        sandbox.faults.drop_after_data = 1

    def throttle(self, sandbox: Sandbox) -> None:
        sandbox.faults.mail["u1@"] = "451 4.7.1 Try again later"

    def wrong_login(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**settings, "password": "expired"}

    def oversized_item(self) -> Item:
        return message(998, "large@shop.example", "王芳" * 2_000_000)

    def unwritable_item(self) -> Item:
        return message(997, "a@b.cn\r\nRCPT TO:<victim@shop.example>")

    def arrived(self, sandbox: Sandbox) -> str:
        mails = [
            email.message_from_string(row[0], policy=email.policy.default)
            for row in sandbox.store.rows("select source from mails")
        ]
        return "\n".join(mail.get_body(("plain",)).get_content() for mail in mails)  # type: ignore[attr-defined, union-attr]

    def answer_late(self, sandbox: Sandbox, settings: dict[str, Any]) -> dict[str, Any]:
        sandbox.faults.slow_after_data = 1
        return {**settings, "timeout_seconds": 0.3}

    def test_one_bad_item_does_not_disturb_the_rest(
        self, destination: Any, sandbox: Sandbox
    ) -> None:
        sandbox.faults.mail["nobody"] = "550 5.1.1 <nobody@shop.example>: User unknown"
        super().test_one_bad_item_does_not_disturb_the_rest(destination, sandbox)


class MailByHttp(Conformance):
    """What the vendors of e-mail over HTTP have in common."""

    kind = "message"

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [message(number, f"u{number}@shop.example", text) for number in range(1, count + 1)]

    def received(self, sandbox: Sandbox) -> int:
        return sandbox.store.value(f"select count(*) from received where vendor = '{self.name}'")

    def break_after_accept(self, sandbox: Sandbox) -> None:
        sandbox.faults.http.append("drop_after_accept")

    def throttle(self, sandbox: Sandbox) -> None:
        sandbox.faults.http.append("429")

    def unwritable_item(self) -> Item:
        return message(997, "a@b.cn, victim@shop.example")

    def arrived(self, sandbox: Sandbox) -> str:
        return "\n".join(row[0] for row in sandbox.store.rows("select body from received"))

    def answer_late(self, sandbox: Sandbox, settings: dict[str, Any]) -> dict[str, Any]:
        sandbox.faults.http.append("slow_after_accept")
        return {**settings, "timeout_seconds": 0.3}


class TestSes(MailByHttp):
    name = "ses"

    def bad_item(self) -> Item:
        return message(999, "nobody@invalid.example")

    def oversized_item(self) -> Item:
        return message(998, "large@shop.example", "王芳" * 50_000)

    def wrong_login(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**settings, "secret_access_key": "expired"}


class TestSendGrid(MailByHttp):
    name = "sendgrid"

    def bad_item(self) -> Item:
        return message(999, "nobody@no_domain")

    def oversized_item(self) -> Item:
        return message(998, "large@shop.example", "王芳" * 10_000)

    def wrong_login(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**settings, "api_key": "SG.expired"}


class TestHubSpot(Conformance):
    name, kind = "hubspot", "sync"

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [
            operation(number, email=f"u{number}@shop.example", full_name=text)
            for number in range(1, count + 1)
        ]

    def bad_item(self) -> Item:
        return operation(999, email="no address")

    def received(self, sandbox: Sandbox) -> int:
        return sandbox.store.counts()["contacts"]

    def break_after_accept(self, sandbox: Sandbox) -> None:
        sandbox.faults.http.append("drop_after_accept")

    def throttle(self, sandbox: Sandbox) -> None:
        sandbox.faults.http.append("429")

    def oversized_item(self) -> Item:
        return operation(998, email="large@shop.example", full_name="王芳" * 40_000)

    def unwritable_item(self) -> Item:
        return operation(997, email="a@b.cn\r\nvictim@shop.example")

    def arrived(self, sandbox: Sandbox) -> str:
        return "\n".join(
            json.loads(row[0])["full_name"]
            for row in sandbox.store.rows("select properties from contacts")
        )

    def answer_late(self, sandbox: Sandbox, settings: dict[str, Any]) -> dict[str, Any]:
        sandbox.faults.http.append("slow_after_accept")
        return {**settings, "timeout_seconds": 0.3}

    def wrong_login(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**settings, "token": "expired"}


def message(number: int, address: str, full_name: str = "王芳") -> Message:
    """A message of the campaign that the repository ships."""
    values = {"full_name": full_name, "company": "", "visits": 2, "last_visit_date": "2026-06-27"}
    return Message(
        number, number, address, f"hash-{address}", "email", "price_page_follow_up", "zh", values
    )


def operation(key: int, kind: Any = "entered", **properties: Any) -> SyncOperation:
    """One change of a contact."""
    return SyncOperation(10_000 + key, key, kind, key * 7, properties)
