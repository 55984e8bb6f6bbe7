"""Every CRM against the conformance suite; HubSpot stands in test_conformance.py."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from sluice.activations.destinations.crm.tokens import forget_accounts
from sluice.activations.destinations.registry import build
from sluice.activations.destinations.testing import Conformance
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.salesforce import SalesforceVendor
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Item
from tests.activations.destinations.test_conformance import operation


class OfCrm(Conformance):
    """What CRMs share: the token is fetched before a fault is scripted, so that the fault meets the
    write.
    """

    kind = "sync"
    write_path: str
    secret: str
    text_name: str

    def break_after_accept(self, sandbox: Sandbox) -> None:
        self.meet_at_the_write(sandbox, "drop_after_accept")

    def answer_late(self, sandbox: Sandbox, settings: dict[str, Any]) -> dict[str, Any]:
        self.meet_at_the_write(sandbox, "slow_after_accept")
        return {**settings, "timeout_seconds": 0.5}

    def meet_at_the_write(self, sandbox: Sandbox, fault: HttpFault) -> None:
        sandbox.faults.http_at[self.write_path] = deque([fault])

    def oversized_item(self) -> Item:
        return operation(998, **{self.text_name: "王芳" * 1_000})

    def unwritable_item(self) -> Item:
        """In a CSV of Salesforce a line break is a row's end, in the others' JSON and queries it is
        none.
        """
        column = "Email" if self.name == "salesforce" else "email"
        return operation(997, **{self.text_name: "王芳", column: "a@b.cn\r\nvictim@shop.example"})

    def arrived(self, sandbox: Sandbox) -> str:
        rows = sandbox.store.rows("select properties from records where vendor = ?", (self.name,))
        return "\n".join(json.loads(row[0]).get(self.text_name, "") for row in rows)

    def throttle(self, sandbox: Sandbox) -> None:
        sandbox.faults.http.append("429")

    def wrong_login(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**settings, self.secret: "expired"}


class TestSalesforce(OfCrm):
    name, secret, text_name = "salesforce", "client_secret", "LastName"
    write_path = "/services/data/v62.0/composite/sobjects/Contact/Sluice_Contact_Id__c"

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [
            operation(number, Email=f"u{number}@shop.example", LastName=text)
            for number in range(1, count + 1)
        ]

    def bad_item(self) -> Item:
        return operation(999, LastName="王芳", Email="no address")

    def received(self, sandbox: Sandbox) -> int:
        return sandbox.store.value(
            "select count(*) from records where object = 'Contact' and is_deleted = 0"
        )


class TestSalesforceBulk(TestSalesforce):
    """The same through a Bulk job."""

    write_path = "/services/data/v62.0/jobs/ingest/7505e1"

    @pytest.fixture
    def destination(self, sandbox: Sandbox) -> Iterator[Any]:
        client = build(self.name, {self.name: {**sandbox.endpoints()[self.name], "bulk_above": 0}})
        yield client
        client.close()

    def received(self, sandbox: Sandbox) -> int:
        """A job that nobody asked after is done too."""
        vendor = sandbox.servers[self.name].vendor
        assert isinstance(vendor, SalesforceVendor)
        vendor.jobs.finish()
        return super().received(sandbox)

    def answer_late(self, sandbox: Sandbox, settings: dict[str, Any]) -> dict[str, Any]:
        return {**super().answer_late(sandbox, settings), "bulk_above": 0}

    def wrong_login(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**super().wrong_login(settings), "bulk_above": 0}


class TestFxiaoke(OfCrm):
    name, secret, write_path, text_name = "fxiaoke", "app_secret", "/cgi/crm/v2/data/create", "name"

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [
            operation(number, email=f"u{number}@shop.example", name=text)
            for number in range(1, count + 1)
        ]

    def bad_item(self) -> Item:
        return operation(999, name="王芳", email="no address")

    def received(self, sandbox: Sandbox) -> int:
        return sandbox.store.value("select count(*) from records where object = 'ContactObj'")


class TestXiaoshouyi(OfCrm):
    name, secret, write_path, text_name = (
        "xiaoshouyi",
        "password",
        "/rest/data/v2.0/xobjects/contact",
        "contactName",
    )

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [
            operation(number, email=f"u{number}@shop.example", contactName=text)
            for number in range(1, count + 1)
        ]

    def bad_item(self) -> Item:
        return operation(999, contactName="王芳", email="no address")

    def received(self, sandbox: Sandbox) -> int:
        return sandbox.store.value("select count(*) from records where object = 'contact'")


class TestTryton(OfCrm):
    name, secret, text_name = "tryton", "password", "name"
    cases_that_cannot_happen: ClassVar[dict[str, str]] = {
        "oversized_item": (
            "a text field of Tryton has no size, and the server takes calls of any a row could fill"
        ),
        "unwritable_item": (
            "the server takes any text for a way to contact somebody, and JSON holds it"
        ),
    }
    settings: ClassVar[dict[str, Any]] = {
        "mechanisms": {"email": "email", "pager": "no type there is"}
    }

    @pytest.fixture
    def destination(self, sandbox: Sandbox) -> Iterator[Any]:
        """The client, with a mechanism that the server refuses: it checks little else."""
        client = build(self.name, {self.name: {**sandbox.endpoints()[self.name], **self.settings}})
        yield client
        client.close()

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [
            operation(number, email=f"u{number}@shop.example", name=text)
            for number in range(1, count + 1)
        ]

    def bad_item(self) -> Item:
        return operation(999, name="王芳", pager="1")

    def received(self, sandbox: Sandbox) -> int:
        return sandbox.store.value("select count(*) from records where object = 'party.party'")

    def meet_at_the_write(self, sandbox: Sandbox, fault: HttpFault) -> None:
        """All calls have one path: log in, find, and the third makes the party."""
        forget_accounts()
        sandbox.faults.http.extend([None, None, fault])  # type: ignore[list-item]
