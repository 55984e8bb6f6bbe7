"""What clients of one account share in a process, and how it is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.activations.destinations.registry import build
from sluice.activations.http.accounts import Accounts
from sluice.activations.sandbox.salesforce import SalesforceVendor
from sluice.activations.sandbox.server import Sandbox, free_port
from sluice.activations.sandbox.web import Reply, Request
from sluice.models.delivery import Outcome
from tests.activations.destinations.test_conformance import operation

ITEM = operation(1, Email="u@shop.example", LastName="王芳")


def send(home: Path, port: int) -> Outcome:
    """To an empty sandbox at a port."""
    home.mkdir()
    with Sandbox(home, {"salesforce": port}, ["salesforce"]) as sandbox:
        client = build("salesforce", sandbox.endpoints())
        (sent,) = client.send([ITEM])
        client.close()
    return sent.outcome


@pytest.mark.parametrize(("is_forgotten", "refusals"), [(True, 0), (False, 1)])
def test_a_sandbox_where_another_stopped_knows_no_token_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_forgotten: bool, refusals: int
) -> None:
    handle, statuses = SalesforceVendor.handle, list[int]()

    def noted(self: SalesforceVendor, request: Request) -> Reply:
        reply = handle(self, request)
        statuses.append(reply.status)
        return reply

    monkeypatch.setattr(SalesforceVendor, "handle", noted)
    port = free_port()
    assert send(tmp_path / "first", port) is Outcome.ACCEPTED
    if is_forgotten:
        Accounts.forget_all()
    assert send(tmp_path / "second", port) is Outcome.ACCEPTED
    assert statuses.count(401) == refusals
