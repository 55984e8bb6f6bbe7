"""HubSpot, beyond the conformance suite: nulls, exits, faults, limits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from sluice.activations.destinations.crm.hubspot.client import HubSpot
from sluice.activations.destinations.crm.hubspot.config import HubSpotConfig
from sluice.activations.ledger.store import Ledger
from sluice.activations.plan.outbox import to_operation
from sluice.activations.push.dispatcher import Pusher
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Outcome, SyncOperation
from sluice.models.errors import ConfigurationError
from sluice.models.run import Run
from tests.activations.destinations.test_conformance import operation

RUN = Run("run-1", datetime(2026, 6, 29, 13, tzinfo=UTC))


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=["hubspot"]) as sandbox:
        yield sandbox


def client(sandbox: Sandbox, **settings: object) -> HubSpot:
    return HubSpot(HubSpotConfig(**{**sandbox.endpoints()["hubspot"], **settings}))


@pytest.mark.parametrize(
    ("fault", "outcome", "reason"),
    [
        ("500", Outcome.RETRY, "http_500"),
        ("429", Outcome.RETRY, "rate_limits"),
        ("401", Outcome.RETRY, "token_refused"),
        ("drop", Outcome.UNKNOWN, "connection_lost"),
        ("drop_after_accept", Outcome.UNKNOWN, "connection_lost"),
        ("slow_after_accept", Outcome.UNKNOWN, None),
        ("invalid_json", Outcome.UNKNOWN, "unreadable_answer"),
    ],
)
def test_fault_becomes_an_outcome(
    sandbox: Sandbox, fault: str, outcome: Outcome, reason: str | None
) -> None:
    sandbox.faults.http.append(fault)  # type: ignore[arg-type]
    (result,) = client(sandbox, timeout_seconds=0.3).send([operation(1, email="a@b.cn")])
    assert result.outcome is outcome
    assert reason is None or result.reason == reason


def test_retry_after_is_kept(sandbox: Sandbox) -> None:
    sandbox.faults.http.append("429")
    assert client(sandbox).send([operation(1)])[0].retry_after_seconds == 7


def test_null_never_overwrites(sandbox: Sandbox) -> None:
    row = {
        "delivery_id": 1,
        "sync_key": 5,
        "operation": "changed",
        "row_hash": 9,
        "email": None,
        "city": "上海市",
    }
    hubspot = client(sandbox)
    hubspot.send([operation(5, email="a@b.cn")])
    hubspot.send([to_operation(row)])
    (properties,) = sandbox.store.rows("select properties from contacts")[0]
    assert json.loads(properties) == {"sluice_contact_id": "5", "email": "a@b.cn", "city": "上海市"}


def test_exit_archives_and_reentry_makes_a_new_contact(sandbox: Sandbox, tmp_path: Path) -> None:
    ledger, hubspot = Ledger(f"sqlite:///{tmp_path / 'l.sqlite'}"), client(sandbox)
    pusher = Pusher("sync", "crm", "hubspot", hubspot, ledger, RUN)
    for number, kind, held in [(1, "entered", 1), (2, "exited", 0), (3, "entered", 1)]:
        known = [row["vendor_id"] for batch in ledger.receipts_after(0) for row in batch]
        change = operation(7, kind)
        pusher.push(
            [[type(change)(number, 7, kind, 1, {}, vendor_id=known[-1] if known else None)]]
        )
        assert sandbox.store.counts()["contacts"] == held
    assert sandbox.store.value("select count(*) from contacts") == 2


def test_server_checks_the_batch_limit_and_the_client_keeps_it(sandbox: Sandbox) -> None:
    hubspot = client(sandbox)
    answer = hubspot.http.post("/crm/v3/objects/contacts/batch/upsert", {"inputs": [{}] * 101})
    assert answer.status == 400
    with pytest.raises(ConfigurationError, match="BATCH_SIZE"):
        HubSpotConfig(token="t", batch_size=101)


def test_input_that_fails_the_whole_call_is_found(sandbox: Sandbox) -> None:
    items = [operation(n, email=f"u{n}@b.cn") for n in range(1, 9)]
    items.append(operation(3, email="twice@b.cn"))  # the vendor refuses a call with one id twice
    outcomes = [result.outcome for result in client(sandbox).send(items)]
    assert outcomes.count(Outcome.ACCEPTED) == 9
    assert sandbox.store.counts()["contacts"] == 8


def test_missing_token_names_the_variable() -> None:
    with pytest.raises(ConfigurationError, match="SLUICE_HUBSPOT_TOKEN"):
        HubSpotConfig()


def test_token_is_in_no_text() -> None:
    config = HubSpotConfig(token="pat-secret-1")
    assert "pat-secret-1" not in repr(config) + str(config) + config.model_dump_json()
    assert ValidationError


def test_empty_value_is_written_where_the_column_says_so(sandbox: Sandbox) -> None:
    hubspot = client(sandbox)
    hubspot.send([operation(5, email="a@b.cn", city="上海市")])
    hubspot.send([operation(5, "changed", city=None)])
    assert contact(sandbox)["city"] == ""


@pytest.mark.parametrize(
    ("held", "left"), [("typed by sales", "typed by sales"), ("", "ours"), (None, "ours")]
)
def test_if_empty_leaves_what_people_typed(sandbox: Sandbox, held: str | None, left: str) -> None:
    hubspot = client(sandbox)
    hubspot.send([operation(5, company=held)])
    item = replace(
        operation(5, "changed", company="ours", city="北京市"), if_empty=frozenset({"company"})
    )
    assert hubspot.send([item])[0].outcome is Outcome.ACCEPTED
    assert (contact(sandbox)["company"], contact(sandbox)["city"]) == (left, "北京市")


def test_if_empty_that_cannot_be_read_writes_nothing(sandbox: Sandbox) -> None:
    hubspot = client(sandbox)
    soft = replace(operation(5, company="ours"), if_empty=frozenset({"company"}))
    sandbox.faults.http.append("drop")
    results = {r.delivery_id: r.outcome for r in hubspot.send([soft, operation(6, email="a@b.cn")])}
    assert results == {10_005: Outcome.RETRY, 10_006: Outcome.ACCEPTED}


def test_owner_is_written_by_the_owners_mail(sandbox: Sandbox) -> None:
    hubspot = client(sandbox)
    items = [
        operation(1, owner_email="owner@sandbox.example"),
        operation(2, owner_email="nobody@sandbox.example"),
    ]
    results = hubspot.send(items)
    assert {(r.delivery_id, r.outcome, r.reason) for r in results} == {
        (10_001, Outcome.ACCEPTED, None),
        (10_002, Outcome.FAILED, "owner_not_found"),
    }
    assert contact(sandbox) == {"sluice_contact_id": "1", "hubspot_owner_id": "501"}


def test_members_enter_and_leave_a_list_that_is_made_for_them(sandbox: Sandbox) -> None:
    hubspot = client(sandbox)
    contacts = {
        r.delivery_id - 10_000: r.vendor_id
        for r in hubspot.send([operation(1), operation(2), operation(3)])
    }
    entered = hubspot.send([member(1), member(2), member(9)])
    assert [(r.outcome, r.reason) for r in sorted(entered, key=lambda r: r.delivery_id)] == [
        (Outcome.ACCEPTED, None),
        (Outcome.ACCEPTED, None),
        (Outcome.RETRY, "contact_not_there_yet"),
    ]
    assert on_list(sandbox) == {contacts[1], contacts[2]}
    left = [replace(member(1, "exited"), vendor_id=contacts[1]), member(9, "exited")]
    assert {r.outcome for r in client(sandbox).send(left)} == {Outcome.ACCEPTED}
    assert on_list(sandbox) == {contacts[2]}


def test_dynamic_list_is_refused_without_failing_a_row(sandbox: Sandbox) -> None:
    hubspot = client(sandbox)
    hubspot.send([operation(1)])
    hubspot.http.post(
        "/crm/v3/lists/", {"name": "VIP 会员", "objectTypeId": "0-1", "processingType": "DYNAMIC"}
    )
    (result,) = hubspot.send([member(1)])
    assert (result.outcome, result.reason) == (Outcome.RETRY, "list_is_not_static")


def test_task_is_made_once_and_tied_to_its_contact(sandbox: Sandbox) -> None:
    hubspot = client(sandbox)
    (made,) = hubspot.send([operation(1)])
    task = replace(
        operation(
            77,
            contact_id=1,
            subject="回电",
            due_at=datetime(2026, 6, 30, 1, 0),
            owner_email="owner@sandbox.example",
        ),
        object="tasks",
    )
    first, again = hubspot.send([task])[0], hubspot.send([replace(task, operation="changed")])[0]
    assert (first.outcome, first.vendor_id) == (Outcome.ACCEPTED, again.vendor_id)
    ((text,),) = sandbox.store.rows("select properties from records where object = 'tasks'")
    assert json.loads(text) == {
        "sluice_id": "77",
        "hs_task_status": "NOT_STARTED",
        "hs_task_subject": "回电",
        "hs_timestamp": "2026-06-30T01:00:00Z",
        "hubspot_owner_id": "501",
    }
    ((tie,),) = sandbox.store.rows(
        "select properties from records where object = 'tasks_to_contacts'"
    )
    assert json.loads(tie) == {"task": first.vendor_id, "contact": made.vendor_id}


def test_task_waits_for_its_contact(sandbox: Sandbox) -> None:
    (result,) = client(sandbox).send(
        [replace(operation(77, contact_id=1, subject="回电"), object="tasks")]
    )
    assert (result.outcome, result.reason) == (Outcome.RETRY, "contact_not_there_yet")
    assert sandbox.store.value("select count(*) from records") == 0


def test_request_is_that_of_the_vendors_own_client(sandbox: Sandbox) -> None:
    """The vendor's SDK and ours make the same call: method, path and body; and the SDK reads the
    sandbox's answer.
    """
    from hubspot import HubSpot as Sdk
    from hubspot.crm.contacts import BatchInputSimplePublicObjectBatchInputUpsert as Batch

    calls: list[tuple[str, str, object]] = []
    vendor = sandbox.servers["hubspot"].vendor
    handle = vendor.handle
    vendor.handle = lambda r: calls.append((r.method, r.path, r.json())) or handle(r)  # type: ignore[method-assign,func-returns-value]
    items = [operation(1, email="a@b.cn", firstname="三"), operation(2, email="no address")]
    ours = client(sandbox).send(items)
    sdk = Sdk(access_token="sandbox-token")
    api = sdk.crm.contacts.batch_api
    api.api_client.configuration.host = sandbox.endpoints()["hubspot"]["url"]
    answer = api.upsert(Batch(inputs=calls[0][2]["inputs"]))  # type: ignore[index]
    assert calls[0] == calls[1]
    assert [r.vendor_id for r in ours if r.outcome is Outcome.ACCEPTED] == [
        r.id for r in answer.results
    ]
    assert [error.category for error in answer.errors] == ["VALIDATION_ERROR"]


def contact(sandbox: Sandbox) -> dict[str, str]:
    """The properties of the only contact."""
    ((text,),) = sandbox.store.rows("select properties from contacts where is_archived = 0")
    return dict(json.loads(text))


def member(key: int, kind: str = "entered") -> SyncOperation:
    """One change of a list."""
    return replace(operation(key, kind), list_name="VIP 会员", delivery_id=20_000 + key)


def on_list(sandbox: Sandbox) -> set[str]:
    """The contacts that are on a list, by the vendor's id."""
    rows = sandbox.store.rows(
        "select properties from records where object = 'memberships' and is_deleted = 0"
    )
    return {json.loads(row[0])["contact"] for row in rows}
