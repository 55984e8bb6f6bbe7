"""Salesforce, beyond the conformance suite: tokens, results a record, Bulk jobs, owners, tasks,
campaigns, the SDK.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.destinations.crm.salesforce.client import Salesforce
from sluice.activations.destinations.crm.salesforce.config import SalesforceConfig
from sluice.activations.destinations.crm.salesforce.mapping import quoted, to_csv
from sluice.activations.sandbox.salesforce import REFRESH_TOKEN, SalesforceVendor
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import ItemResult, Outcome, SyncOperation
from sluice.models.errors import ConfigurationError
from tests.activations.destinations.test_conformance import operation

ACCEPTED, RETRY, FAILED, UNKNOWN = Outcome.ACCEPTED, Outcome.RETRY, Outcome.FAILED, Outcome.UNKNOWN


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=["salesforce"]) as sandbox:
        yield sandbox


def client(sandbox: Sandbox, **settings: object) -> Salesforce:
    return Salesforce(SalesforceConfig(**{**sandbox.endpoints()["salesforce"], **settings}))


def vendor(sandbox: Sandbox) -> SalesforceVendor:
    found = sandbox.servers["salesforce"].vendor
    assert isinstance(found, SalesforceVendor)
    return found


def held(sandbox: Sandbox, sobject: str = "Contact") -> list[dict[str, Any]]:
    return [one.properties for one in vendor(sandbox).records.every(sobject)]


def named(results: list[ItemResult]) -> list[tuple[Outcome, str | None]]:
    return [(one.outcome, one.reason) for one in sorted(results, key=lambda one: one.delivery_id)]


def contacts(count: int, **more: object) -> list[SyncOperation]:
    return [operation(number, LastName=f"王{number}", **more) for number in range(1, count + 1)]


@pytest.mark.parametrize("settings", [{}, {"refresh_token": REFRESH_TOKEN}])
def test_login_is_made_once_for_all_workers(sandbox: Sandbox, settings: dict[str, str]) -> None:
    one, other = client(sandbox, **settings), client(sandbox, **settings)
    for number, worker in enumerate([one, other, one], 1):
        assert named(worker.send([operation(number, LastName="王")])) == [(ACCEPTED, None)]
    assert len(vendor(sandbox).tokens) == 1


def test_token_that_expires_is_replaced_within_the_call(sandbox: Sandbox) -> None:
    salesforce = client(sandbox)
    salesforce.send(contacts(1))
    sandbox.clock.set(sandbox.clock.now() + timedelta(hours=3))
    assert named(salesforce.send(contacts(2))) == [(ACCEPTED, None)] * 2
    assert len(vendor(sandbox).tokens) == 2


@pytest.mark.parametrize(
    ("setting", "value", "reason"),
    [
        ("client_id", "other", "client_id_refused"),
        ("client_secret", "other", "client_secret_refused"),
        ("refresh_token", "other", "login_refused"),
    ],
)
def test_refused_login_fails_no_row(
    sandbox: Sandbox, setting: str, value: str, reason: str
) -> None:
    (result,) = client(sandbox, **{setting: value}).send(contacts(1))
    assert (result.outcome, result.reason, result.retry_after_seconds) == (RETRY, reason, 3600)


def test_record_errors_in_an_answer_200_are_those_of_their_rows(sandbox: Sandbox) -> None:
    items = [
        operation(1, LastName="王"),
        operation(2, Email="a@b.cn"),
        operation(3, LastName="王", Email="none"),
        operation(4, LastName="王", Title="x" * 256),
    ]
    assert named(client(sandbox).send(items)) == [
        (ACCEPTED, None),
        (FAILED, "required_field_missing:lastname"),
        (FAILED, "email_not_valid:email"),
        (FAILED, "value_too_long:title"),
    ]


def test_field_that_nobody_made_fails_no_row(sandbox: Sandbox) -> None:
    assert named(client(sandbox).send([operation(1, LastName="王", city="上海市")])) == [
        (RETRY, "field_does_not_exist")
    ]


def test_collections_hold_200(sandbox: Sandbox) -> None:
    results = client(sandbox).send(contacts(401))
    assert named(results) == [(ACCEPTED, None)] * 401
    calls = sandbox.store.rows("select accepted from calls where operation = 'upsert'")
    assert [row[0] for row in calls] == [200, 200, 1]
    answer = client(sandbox).session.call(
        "PATCH", "composite/sobjects/Contact/X__c", json={"records": [{}] * 201}
    )
    assert answer.reason == "http_400"


def test_many_rows_go_as_one_job(sandbox: Sandbox) -> None:
    items = [*contacts(2_000), operation(2_001, LastName="", Email="a@b.cn")]
    results = client(sandbox).send(items)
    assert named(results) == [(ACCEPTED, None)] * 2_000 + [
        (FAILED, "required_field_missing:lastname")
    ]
    assert sandbox.store.rows("select operation, accepted from calls") == [("bulk", 2_000)]
    assert results[0].vendor_id == vendor(sandbox).records.find("Contact", "1").record_id  # type: ignore[union-attr]


def test_rows_a_job_did_not_reach_are_tried_again(sandbox: Sandbox) -> None:
    vendor(sandbox).jobs.gives_up_after = 2
    results = client(sandbox, bulk_above=0).send(contacts(3))
    assert named(results) == [(ACCEPTED, None), (ACCEPTED, None), (RETRY, "not_processed")]


def test_job_of_a_field_that_nobody_made_fails_no_row(sandbox: Sandbox) -> None:
    assert named(client(sandbox, bulk_above=0).send(contacts(1, city="上海市"))) == [
        (RETRY, "not_processed")
    ]


@pytest.mark.parametrize(
    ("path", "fault", "outcome"),
    [
        ("jobs/ingest", "drop_after_accept", RETRY),
        ("jobs/ingest/7505e1/batches", "drop", RETRY),
        ("jobs/ingest/7505e1", "drop_after_accept", UNKNOWN),
        ("jobs/ingest/7505e1", "500", RETRY),
        ("jobs/ingest/7505e1/successfulResults", "500", UNKNOWN),
    ],
)
def test_job_that_is_cut_off(sandbox: Sandbox, path: str, fault: Any, outcome: Outcome) -> None:
    """Before it is started nothing has happened to any row; after, it is unknown."""
    salesforce = client(sandbox, bulk_above=0)
    sandbox.faults.http_at[f"/services/data/v62.0/{path}"] = type(sandbox.faults.http)([fault])
    assert [one.outcome for one in salesforce.send(contacts(1))] == [outcome]
    assert len(held(sandbox)) == (path.endswith("successfulResults") or 0)
    assert named(salesforce.send(contacts(1))) == [(ACCEPTED, None)]


def test_job_that_takes_too_long_is_unknown(sandbox: Sandbox) -> None:
    results = client(sandbox, bulk_above=0, bulk_wait_seconds=1e-9).send(contacts(1))
    assert named(results) == [(UNKNOWN, "job_not_finished")]


@pytest.mark.parametrize("bulk_above", [0, 2000])
def test_empty_values(sandbox: Sandbox, bulk_above: int) -> None:
    """None empties the field, a property that is left out leaves it alone: in JSON and in CSV."""
    salesforce = client(sandbox, bulk_above=bulk_above)
    salesforce.send([operation(1, LastName="王", Title="CEO", Phone="1")])
    salesforce.send([operation(1, "changed", Title=None)])
    assert held(sandbox)[0] | {"Title": None, "Phone": "1", "LastName": "王"} == held(sandbox)[0]


def test_if_empty_leaves_what_people_typed(sandbox: Sandbox) -> None:
    salesforce = client(sandbox)
    salesforce.send([operation(1, LastName="王", Title="typed by sales")])
    soft = [
        replace(o, if_empty=frozenset({"Title", "LastName"})) for o in contacts(2, Title="ours")
    ]
    assert named(salesforce.send(soft)) == [(ACCEPTED, None)] * 2
    assert [(one["LastName"], one["Title"]) for one in held(sandbox)] == [
        ("王", "typed by sales"),
        ("王2", "ours"),
    ]


def test_exit_deletes_and_again_is_gone(sandbox: Sandbox) -> None:
    salesforce = client(sandbox)
    (made,) = salesforce.send(contacts(1))
    gone = replace(operation(1, "exited"), vendor_id=made.vendor_id)
    assert named(salesforce.send([gone])) == [(ACCEPTED, None)]
    assert named(salesforce.send([gone])) == [(ACCEPTED, "was_gone")]
    assert named(salesforce.send([operation(5, "exited")])) == [(ACCEPTED, "never_was_there")]
    assert held(sandbox) == []


@pytest.mark.parametrize(
    ("email", "outcome", "owner"),
    [
        ("Owner@Sandbox.example", (ACCEPTED, None), "005A"),
        ("nobody@sandbox.example", (FAILED, "owner_not_found"), None),
        ("left@sandbox.example", (FAILED, "owner_not_found"), None),
        ("twice@sandbox.example", (FAILED, "owner_not_unique"), None),
        ("o'brien\\@sandbox.example", (FAILED, "owner_not_found"), None),
    ],
)
def test_owner_is_written_by_the_users_mail(
    sandbox: Sandbox, email: str, outcome: Any, owner: str | None
) -> None:
    salesforce = client(sandbox)
    for _ in range(2):  # the second time it is known
        assert named(salesforce.send(contacts(1, owner_email=email))) == [outcome]
    assert [one.get("OwnerId") for one in held(sandbox)] == ([owner] if owner else [])


def test_task_is_made_once_about_its_contact(sandbox: Sandbox) -> None:
    salesforce = client(sandbox)
    task = operation(
        77,
        contact_id=1,
        subject="回电",
        due_at=date(2026, 6, 30),
        owner_email="owner@sandbox.example",
    )
    task = replace(task, object="tasks")
    assert named(salesforce.send([task])) == [(RETRY, "contact_not_there_yet")]
    (made,) = salesforce.send(contacts(1))
    assert (
        named(salesforce.send([task]))
        == named(salesforce.send([replace(task, operation="changed")]))
        == [(ACCEPTED, None)]
    )
    assert held(sandbox, "Task") == [
        {
            "Sluice_Id__c": "77",
            "Status": "Not Started",
            "Subject": "回电",
            "ActivityDate": "2026-06-30",
            "WhoId": made.vendor_id,
            "OwnerId": "005A",
        }
    ]


def test_members_enter_and_leave_a_campaign(sandbox: Sandbox) -> None:
    salesforce = client(sandbox)
    salesforce.send(contacts(2))
    members = [replace(operation(n), list_name="夏季展会", delivery_id=n) for n in (1, 2, 9)]
    assert named(salesforce.send(members))[0] == (RETRY, "campaign_not_there")
    vendor(sandbox).records.create("Campaign", None, {"Name": "夏季展会"})
    for _ in range(2):  # a repeat joins nobody twice
        assert named(salesforce.send(members)) == [
            (ACCEPTED, None),
            (ACCEPTED, None),
            (RETRY, "contact_not_there_yet"),
        ]
    assert len(held(sandbox, "CampaignMember")) == 2
    leaving = [replace(one, operation="exited") for one in members]
    assert {one.outcome for one in salesforce.send(leaving)} == {ACCEPTED}
    assert held(sandbox, "CampaignMember") == []


def test_query_over_pages(sandbox: Sandbox) -> None:
    for number in range(2_003):
        vendor(sandbox).records.create("Lead", None, {"LastName": f"{number}"})
    rows = client(sandbox).session.query("SELECT Id, LastName FROM Lead")
    assert isinstance(rows, list)
    assert len({row["LastName"] for row in rows}) == 2_003


def test_value_cannot_leave_its_quotes(sandbox: Sandbox) -> None:
    odd = "a') OR (Name = '\\'b\\\\\nc"
    vendor(sandbox).records.create("Campaign", None, {"Name": odd})
    assert client(sandbox)._lookup("Campaign", "Name", [odd])
    with pytest.raises(ConfigurationError, match="API name"):
        client(sandbox)._lookup("Campaign", "Name OR 1", [quoted("a")])


def test_requests_are_those_of_simple_salesforce(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK's Bulk 2.0 upsert and ours make the same job; a collection is read by the SDK as we
    read it.
    """
    from simple_salesforce import Salesforce as Sdk
    from simple_salesforce import bulk2

    monkeypatch.setattr(
        bulk2, "sleep", lambda seconds: None
    )  # it waits 5 s before it asks for the first time

    calls: list[tuple[str, str, Any]] = []
    handle = vendor(sandbox).handle

    def keep(request: Any) -> Any:
        if "jobs/ingest" in request.path and request.method in {"POST", "PUT", "PATCH"}:
            body = (
                request.json()
                if request.method != "PUT"
                else list(csv.DictReader(io.StringIO(request.body.decode())))
            )
            calls.append((request.method, request.path.replace("7505e2", "7505e1"), body))
        return handle(request)

    vendor(sandbox).handle = keep  # type: ignore[method-assign]
    items = contacts(2)
    ours = client(sandbox, bulk_above=0).send(items)
    url = sandbox.endpoints()["salesforce"]["url"]
    sdk = Sdk(
        instance_url="https://127.0.0.1",
        session_id=next(iter(vendor(sandbox).tokens)),
        version="62.0",
    )
    sdk.bulk2_url, sdk.base_url = f"{url}/services/data/v62.0/jobs/", f"{url}/services/data/v62.0/"
    records = list(csv.DictReader(io.StringIO(to_csv(items, "Sluice_Contact_Id__c"))))
    (job,) = sdk.bulk2.Contact.upsert(records=records, external_id_field="Sluice_Contact_Id__c")
    assert calls[:3] == calls[3:]
    good = list(
        csv.DictReader(io.StringIO(sdk.bulk2.Contact.get_successful_records(job["job_id"])))
    )
    assert [row["sf__Id"] for row in good] == [one.vendor_id for one in ours]
    body = {
        "allOrNone": False,
        "records": [
            {"attributes": {"type": "Contact"}, "Sluice_Contact_Id__c": "1", "LastName": "李"}
        ],
    }
    answer = sdk.restful(
        "composite/sobjects/Contact/Sluice_Contact_Id__c", method="PATCH", json=body
    )
    assert [(one["id"], one["success"], one["created"]) for one in answer] == [
        (ours[0].vendor_id, True, False)
    ]


def test_secrets_are_in_no_text() -> None:
    config = SalesforceConfig(
        url="https://x", client_id="id", client_secret="hush-1", refresh_token="hush-2"
    )
    assert "hush" not in repr(config) + str(config) + config.model_dump_json()
    assert json.loads(config.model_dump_json())["client_id"] == "id"
