"""The CRMs without an upsert, 纷享销客 and 销售易: found by our key and then written, beyond the
conformance suite.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.destinations.registry import build
from sluice.activations.sandbox.records import Records
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import ItemResult, Outcome, SyncOperation
from tests.activations.destinations.test_conformance import operation

ACCEPTED, RETRY, FAILED, UNKNOWN = Outcome.ACCEPTED, Outcome.RETRY, Outcome.FAILED, Outcome.UNKNOWN


@dataclass(frozen=True)
class Crm:
    """What differs: names of the fields, and who owns what."""

    name: str
    kind: str
    person: str
    key: str
    owner_column: str
    owners: tuple[str, str]
    owner_field: str
    owner_ids: tuple[Any, Any]
    create: str
    update: str
    query: str


FXIAOKE = Crm(
    name="fxiaoke",
    kind="ContactObj",
    person="name",
    key="sluice_key__c",
    owner_column="owner_mobile",
    owners=("+86-13800000001", "+86-13800000002"),
    owner_field="owner",
    owner_ids=(["FSUID_A"], ["FSUID_B"]),
    create="/cgi/crm/v2/data/create",
    update="/cgi/crm/v2/data/update",
    query="/cgi/crm/v2/data/query",
)
XIAOSHOUYI = Crm(
    name="xiaoshouyi",
    kind="contact",
    person="contactName",
    key="sluiceKey__c",
    owner_column="owner_email",
    owners=("owner@sandbox.example", "second@sandbox.example"),
    owner_field="ownerId",
    owner_ids=("71", "72"),
    create="/rest/data/v2.0/xobjects/contact",
    update="/rest/data/v2.0/xobjects/contact/1",
    query="/rest/data/v2.0/query/xoql",
)


@pytest.fixture(params=[FXIAOKE, XIAOSHOUYI], ids=lambda crm: crm.name)
def crm(request: pytest.FixtureRequest) -> Crm:
    assert isinstance(request.param, Crm)
    return request.param


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=["fxiaoke", "xiaoshouyi"]) as sandbox:
        yield sandbox


def client(sandbox: Sandbox, crm: Crm, **settings: object) -> Any:
    return build(crm.name, {crm.name: {**sandbox.endpoints()[crm.name], **settings}})


def records(sandbox: Sandbox, crm: Crm) -> Records:
    found: Records = sandbox.servers[crm.name].vendor.records  # type: ignore[attr-defined]
    return found


def held(sandbox: Sandbox, crm: Crm) -> list[dict[str, Any]]:
    return [one.properties for one in records(sandbox, crm).every(crm.kind)]


def person(crm: Crm, key: int, kind: Any = "entered", **more: Any) -> SyncOperation:
    return operation(key, kind, **{crm.person: "王芳", **more})


def named(results: list[ItemResult]) -> list[tuple[Outcome, str | None]]:
    return [(one.outcome, one.reason) for one in sorted(results, key=lambda one: one.delivery_id)]


def test_made_once_and_then_changed(sandbox: Sandbox, crm: Crm) -> None:
    destination = client(sandbox, crm)
    (made,) = destination.send([person(crm, 1, email="a@b.cn")])
    (changed,) = destination.send([person(crm, 1, "changed", email="c@b.cn")])
    assert (made.vendor_id, changed.outcome) == (changed.vendor_id, ACCEPTED)
    assert [one["email"] for one in held(sandbox, crm)] == ["c@b.cn"]


@pytest.mark.parametrize(
    ("path", "fault", "outcome"),
    [
        ("query", "drop_after_accept", RETRY),
        ("query", "invalid_json", RETRY),
        ("create", "drop", UNKNOWN),
        ("create", "drop_after_accept", UNKNOWN),
        ("create", "invalid_json", UNKNOWN),
        ("create", "500", RETRY),
        ("create", "429", RETRY),
    ],
)
def test_cut_off_call_makes_no_second_record(
    sandbox: Sandbox, crm: Crm, path: str, fault: Any, outcome: Outcome
) -> None:
    destination = client(sandbox, crm)
    sandbox.faults.http_at[getattr(crm, path)] = deque([fault])
    assert [one.outcome for one in destination.send([person(crm, 1)])] == [outcome]
    assert [one.outcome for one in destination.send([person(crm, 1)])] == [ACCEPTED]
    assert len(held(sandbox, crm)) == 1


def test_token_that_is_refused_is_replaced_within_the_call(sandbox: Sandbox, crm: Crm) -> None:
    destination = client(sandbox, crm)
    destination.send([person(crm, 1)])
    sandbox.clock.set(sandbox.clock.now() + timedelta(hours=3))
    assert named(destination.send([person(crm, 2)])) == [(ACCEPTED, None)]


def test_if_empty_leaves_what_people_typed(sandbox: Sandbox, crm: Crm) -> None:
    destination = client(sandbox, crm)
    destination.send([person(crm, 1, title="typed by sales")])
    soft = [
        replace(person(crm, n, "changed", title="ours"), if_empty=frozenset({"title"}))
        for n in (1, 2)
    ]
    assert named(destination.send(soft)) == [(ACCEPTED, None)] * 2
    assert [one["title"] for one in held(sandbox, crm)] == ["typed by sales", "ours"]


def test_owner_is_given_and_changed(sandbox: Sandbox, crm: Crm) -> None:
    destination = client(sandbox, crm)
    for owner, owner_id in zip(crm.owners, crm.owner_ids, strict=True):
        assert named(destination.send([person(crm, 1, **{crm.owner_column: owner})])) == [
            (ACCEPTED, None)
        ]
        assert held(sandbox, crm)[0][crm.owner_field] == owner_id
    assert named(destination.send([person(crm, 1, **{crm.owner_column: "nobody"})])) == [
        (FAILED, "owner_not_found")
    ]
    soft = replace(
        person(crm, 1, **{crm.owner_column: crm.owners[0]}), if_empty=frozenset({crm.owner_column})
    )
    assert named(destination.send([soft])) == [(ACCEPTED, None)]
    assert held(sandbox, crm)[0][crm.owner_field] == crm.owner_ids[1]


def test_exit_takes_away_what_is_there(sandbox: Sandbox, crm: Crm) -> None:
    destination = client(sandbox, crm)
    made = destination.send([person(crm, 1), person(crm, 2)])
    known = replace(person(crm, 1, "exited"), properties={}, vendor_id=made[0].vendor_id)
    exits = [
        known,
        replace(person(crm, 2, "exited"), properties={}),
        replace(person(crm, 3, "exited"), properties={}),
    ]
    assert named(destination.send(exits)) == [
        (ACCEPTED, None),
        (ACCEPTED, None),
        (ACCEPTED, "never_was_there"),
    ]
    assert held(sandbox, crm) == []
    assert named(destination.send([known])) == [(ACCEPTED, None)]


def test_times_are_milliseconds(sandbox: Sandbox, crm: Crm) -> None:
    client(sandbox, crm).send(
        [person(crm, 1, birth=date(2026, 6, 29), seen=datetime(2026, 6, 29, 12, tzinfo=UTC))]
    )
    row = held(sandbox, crm)[0]
    assert (row["birth"], row["seen"]) == (1_782_691_200_000, 1_782_734_400_000)


def test_account_that_is_stopped_makes_no_more_calls(sandbox: Sandbox, crm: Crm) -> None:
    destination = client(sandbox, crm)
    sandbox.faults.http_at[crm.create] = deque(["429", "drop_after_accept"])
    results = destination.send([person(crm, 1), person(crm, 2), person(crm, 3)])
    assert [one.outcome for one in results] == [RETRY] * 3
    assert list(sandbox.faults.http_at[crm.create]) == ["drop_after_accept"]


def test_no_answer_is_waited_for_once(sandbox: Sandbox, crm: Crm) -> None:
    destination = client(sandbox, crm)
    sandbox.faults.http_at[crm.create] = deque(["drop", "drop"])
    results = destination.send([person(crm, 1), person(crm, 2)])
    assert named(results) == [(UNKNOWN, "connection_lost"), (RETRY, "not_tried_after_no_answer")]
    assert list(sandbox.faults.http_at[crm.create]) == ["drop"]


def test_what_is_not_offered_fails_no_row(sandbox: Sandbox, crm: Crm) -> None:
    items = [replace(person(crm, 1), list_name="VIP"), replace(person(crm, 2), object="invoices")]
    assert named(client(sandbox, crm).send(items)) == [
        (RETRY, "no_lists_there"),
        (RETRY, "object_does_not_exist"),
    ]


def test_two_records_of_one_key_are_left_to_a_person(sandbox: Sandbox) -> None:
    for _ in range(2):
        records(sandbox, FXIAOKE).create("ContactObj", None, {"sluice_key__c": "1", "name": "王芳"})
    assert named(client(sandbox, FXIAOKE).send([person(FXIAOKE, 1)])) == [(RETRY, "key_not_unique")]


def test_custom_object_does_not_say_its_id_and_is_found(sandbox: Sandbox) -> None:
    destination = client(sandbox, FXIAOKE, objects={"contacts": "object_x__c"})
    (made,) = destination.send([person(FXIAOKE, 1)])
    assert made.vendor_id == records(sandbox, FXIAOKE).every("object_x__c")[0].record_id


def test_fxiaoke_counts_its_calls(sandbox: Sandbox) -> None:
    destination = client(sandbox, FXIAOKE)
    sandbox.servers["fxiaoke"].vendor.calls[FXIAOKE.query].extend([sandbox.clock.now()] * 100)  # type: ignore[attr-defined]
    (result,) = destination.send([person(FXIAOKE, 1)])
    assert (result.outcome, result.reason, result.retry_after_seconds) == (RETRY, "burst_limit", 20)
    sandbox.clock.set(sandbox.clock.now() + timedelta(seconds=21))
    assert named(destination.send([person(FXIAOKE, 1)])) == [(ACCEPTED, None)]


def test_record_that_somebody_made_meanwhile_is_changed(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    destination = client(sandbox, XIAOSHOUYI)
    find = destination.find
    monkeypatch.setattr(
        destination, "find", lambda *given: monkeypatch.undo() or {}
    )  # it is not there yet
    records(sandbox, XIAOSHOUYI).create(
        "contact", "1", {"sluiceKey__c": "1", "contactName": "of another"}
    )
    assert find is not destination.find
    assert named(destination.send([person(XIAOSHOUYI, 1)])) == [(ACCEPTED, None)]
    assert [one["contactName"] for one in held(sandbox, XIAOSHOUYI)] == ["王芳"]


def test_task_of_xiaoshouyi_and_what_its_objects_need_besides(sandbox: Sandbox) -> None:
    destination = client(sandbox, XIAOSHOUYI, defaults={"tasks": {"entityType": 7}})
    task = operation(
        77,
        subject="回电",
        due_at=date(2026, 6, 30),
        owner_email="owner@sandbox.example",
        contactId__c="5",
    )
    assert named(destination.send([replace(task, object="tasks")])) == [(ACCEPTED, None)]
    assert records(sandbox, XIAOSHOUYI).every("task")[0].properties == {
        "entityType": 7,
        "sluiceKey__c": "77",
        "ownerId": "71",
        "taskName": "回电",
        "planFinishDate": 1_782_777_600_000,
        "contactId__c": "5",
    }
