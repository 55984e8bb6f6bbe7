"""Every CRM against the conformance suite; HubSpot stands in test_conformance.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from activations.destinations.crm.tokens import forget_accounts
from activations.destinations.registry import build
from activations.destinations.testing import Conformance
from activations.sandbox.server import Sandbox
from models.delivery import Item
from tests.activations.test_conformance import operation


class OfCrm(Conformance):
    """What CRMs share: the token is fetched before a fault is scripted, so that the fault meets the write."""

    kind = "sync"
    write_path: str
    secret: str

    def break_after_accept(self, sandbox: Sandbox) -> None:
        sandbox.faults.http_at[self.write_path] = sandbox.faults.http.__class__(["drop_after_accept"])

    def throttle(self, sandbox: Sandbox) -> None:
        sandbox.faults.http.append("429")

    def wrong_login(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**settings, self.secret: "expired"}


class TestSalesforce(OfCrm):
    name, secret = "salesforce", "client_secret"
    write_path = "/services/data/v62.0/composite/sobjects/Contact/Sluice_Contact_Id__c"

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [operation(number, Email=f"u{number}@shop.example", LastName=text) for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        return operation(999, LastName="王芳", Email="no address")

    def received(self, sandbox: Sandbox) -> int:
        return sandbox.store.value("select count(*) from records where object = 'Contact' and is_deleted = 0")


class TestSalesforceBulk(TestSalesforce):
    """The same through a Bulk job."""

    write_path = "/services/data/v62.0/jobs/ingest/7505e1"

    def test_answer_lost_after_accept(self, destination: Any, sandbox: Sandbox, tmp_path: Any) -> None:
        super().test_answer_lost_after_accept(_by_bulk(sandbox), sandbox, tmp_path)

    def test_one_result_an_item(self, destination: Any, sandbox: Sandbox) -> None:
        super().test_one_result_an_item(_by_bulk(sandbox), sandbox)

    def test_odd_characters_arrive(self, destination: Any, sandbox: Sandbox) -> None:
        super().test_odd_characters_arrive(_by_bulk(sandbox), sandbox)

    def test_one_bad_item_does_not_disturb_the_rest(self, destination: Any, sandbox: Sandbox) -> None:
        super().test_one_bad_item_does_not_disturb_the_rest(_by_bulk(sandbox), sandbox)


class TestFxiaoke(OfCrm):
    name, secret, write_path = "fxiaoke", "app_secret", "/cgi/crm/v2/data/create"

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [operation(number, email=f"u{number}@shop.example", name=text) for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        return operation(999, name="王芳", email="no address")

    def received(self, sandbox: Sandbox) -> int:
        return sandbox.store.value("select count(*) from records where object = 'ContactObj'")


class TestXiaoshouyi(OfCrm):
    name, secret, write_path = "xiaoshouyi", "password", "/rest/data/v2.0/xobjects/contact"

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [operation(number, email=f"u{number}@shop.example", contactName=text) for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        return operation(999, contactName="王芳", email="no address")

    def received(self, sandbox: Sandbox) -> int:
        return sandbox.store.value("select count(*) from records where object = 'contact'")


class TestTryton(OfCrm):
    name, secret = "tryton", "password"
    settings: ClassVar[dict[str, Any]] = {"mechanisms": {"email": "email", "pager": "no type there is"}}

    @pytest.fixture
    def destination(self, sandbox: Sandbox) -> Iterator[Any]:
        """The client, with a mechanism that the server refuses: it checks little else."""
        client = build(self.name, {self.name: {**sandbox.endpoints()[self.name], **self.settings}})
        yield client
        client.close()

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [operation(number, email=f"u{number}@shop.example", name=text) for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        return operation(999, name="王芳", pager="1")

    def received(self, sandbox: Sandbox) -> int:
        return sandbox.store.value("select count(*) from records where object = 'party.party'")

    def break_after_accept(self, sandbox: Sandbox) -> None:
        """All calls have one path: log in, find, and the third makes the party."""
        forget_accounts()
        sandbox.faults.http.extend([None, None, "drop_after_accept"])  # type: ignore[list-item]


def _by_bulk(sandbox: Sandbox) -> Any:
    return build("salesforce", {"salesforce": {**sandbox.endpoints()["salesforce"], "bulk_above": 0}})
