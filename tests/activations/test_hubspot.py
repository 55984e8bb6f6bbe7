"""HubSpot, beyond the conformance suite: nulls, exits, faults, limits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from activations.destinations.crm.hubspot.client import HubSpot
from activations.destinations.crm.hubspot.config import HubSpotConfig
from activations.dispatcher import Pusher
from activations.ledger.store import Ledger
from activations.outbox import to_operation
from activations.sandbox.server import Sandbox
from models.delivery import Verdict
from models.errors import ConfigurationError
from models.run import Run
from tests.activations.test_conformance import operation

RUN = Run("run-1", datetime(2026, 6, 29, 13, tzinfo=UTC))


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path) as sandbox:
        yield sandbox


def client(sandbox: Sandbox, **settings: object) -> HubSpot:
    return HubSpot(HubSpotConfig(**{**sandbox.endpoints()["hubspot"], **settings}))


@pytest.mark.parametrize(
    ("fault", "verdict", "reason"),
    [
        ("500", Verdict.RETRY, "http_500"),
        ("429", Verdict.RETRY, "http_429"),
        ("401", Verdict.RETRY, "http_401"),
        ("drop", Verdict.UNKNOWN, "connection_lost"),
        ("drop_after_accept", Verdict.UNKNOWN, "connection_lost"),
        ("slow_after_accept", Verdict.UNKNOWN, None),
        ("invalid_json", Verdict.UNKNOWN, "unreadable_answer"),
    ],
)
def test_fault_becomes_a_verdict(sandbox: Sandbox, fault: str, verdict: Verdict, reason: str | None) -> None:
    sandbox.faults.http.append(fault)  # type: ignore[arg-type]
    (result,) = client(sandbox, timeout_seconds=0.3).send([operation(1, email="a@b.cn")])
    assert result.verdict is verdict
    assert reason is None or result.reason == reason


def test_retry_after_is_kept(sandbox: Sandbox) -> None:
    sandbox.faults.http.append("429")
    assert client(sandbox).send([operation(1)])[0].retry_after_seconds == 7


def test_null_never_overwrites(sandbox: Sandbox) -> None:
    row = {"operation_id": 1, "key": 5, "operation": "changed", "row_hash": 9, "email": None, "city": "上海市"}
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
        pusher.push([[type(change)(number, 7, kind, 1, {}, vendor_id=known[-1] if known else None)]])
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
    verdicts = [result.verdict for result in client(sandbox).send(items)]
    assert verdicts.count(Verdict.ACCEPTED) == 9
    assert sandbox.store.counts()["contacts"] == 8


def test_missing_token_names_the_variable() -> None:
    with pytest.raises(ConfigurationError, match="SLUICE_HUBSPOT_TOKEN"):
        HubSpotConfig()


def test_token_is_in_no_text() -> None:
    config = HubSpotConfig(token="pat-secret-1")
    assert "pat-secret-1" not in repr(config) + str(config) + config.model_dump_json()
    assert ValidationError
