"""SMS through the ledger: what is pushed, reported, replied to and asked about ends where it
must.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from sluice.activations.destinations.registry import REGISTRY, build, settings
from sluice.activations.ledger.receiving import receive
from sluice.activations.ledger.store import Ledger
from sluice.activations.push.dispatcher import Pusher
from sluice.activations.push.pacing import FAILURES, Gate, Pace
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import ItemResult, Outcome
from sluice.models.run import Run
from tests.activations.destinations.sms.sms_items import call, sms, texts

RUN = Run("run-1", datetime(2026, 11, 25, 2, tzinfo=UTC))


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=["aliyun"]) as sandbox:
        yield sandbox


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield opened
    opened.engine.dispose()


def pusher(sandbox: Sandbox, ledger: Ledger, **changes: Any) -> Pusher:
    endpoints = {"aliyun": {**sandbox.endpoints()["aliyun"], **changes}}
    return Pusher(
        "message",
        "orders",
        "aliyun",
        build("aliyun", endpoints),
        ledger,
        RUN,
        Pace(patience_seconds=2.0),
    )


def states(ledger: Ledger) -> dict[int, tuple[str, str | None]]:
    with ledger.engine.connect() as connection:
        rows = connection.exec_driver_sql("select delivery_id, state, reason from deliveries").all()
    return {row[0]: (row[1], row[2]) for row in rows}


def read_callback(sandbox: Sandbox, ledger: Ledger, *pushed: dict[str, Any]) -> None:
    """A push of the vendor, read and kept."""
    callback = REGISTRY["aliyun"].callback
    assert callback is not None
    answer = callback(settings("aliyun", sandbox.endpoints()), call(json.dumps(pushed).encode()))
    receive(ledger.engine, answer.reported, datetime.now(UTC))


def report(number: str, **values: Any) -> dict[str, Any]:
    at = {"send_time": "2026-11-25 10:00:00", "report_time": "2026-11-25 10:00:09"}
    return {"phone_number": number, **at, "success": True, "err_code": "DELIVERED", **values}


def test_reports_of_a_batch_find_their_deliveries(sandbox: Sandbox, ledger: Ledger) -> None:
    pusher(sandbox, ledger).push([[sms(1), sms(2), sms(3)]])
    (biz_id,) = {
        json.loads(row[0])["biz_id"] for row in sandbox.store.rows("select source from received")
    }
    dead = report("13800000002", biz_id=biz_id, out_id="batch:1", success=False, err_code="MK:0001")
    read_callback(sandbox, ledger, report("13800000001", biz_id=biz_id, out_id="batch:1"), dead)
    assert states(ledger) == {
        1: ("delivered", None),
        2: ("bounced", "MK:0001"),
        3: ("accepted", None),
    }
    again = pusher(sandbox, ledger).push([[sms(4, "+8613800000002"), sms(5)]])
    assert again.counts()["accepted"] == 1
    assert states(ledger)[4][0] == "failed"


def test_who_said_no_gets_nothing_more(sandbox: Sandbox, ledger: Ledger) -> None:
    pusher(sandbox, ledger).push([[sms(1), sms(2)]])
    read_callback(
        sandbox, ledger, report("13800000001", content="退订"), report("13800000002", content="好")
    )
    pusher(sandbox, ledger).push([[sms(11, "+8613800000001"), sms(12, "+8613800000002")]])
    assert [number for number, _, _ in texts(sandbox, "aliyun")] == [
        "+8613800000001",
        "+8613800000002",
        "+8613800000002",
    ]


def test_lost_answer_is_settled_by_asking_and_never_sent_twice(
    sandbox: Sandbox, ledger: Ledger
) -> None:
    sandbox.faults.http.append("drop_after_accept")
    items = [[sms(1), sms(2, order_number="B2")]]
    assert pusher(sandbox, ledger).push(items).counts()["unknown"] == 2
    assert pusher(sandbox, ledger).push(items).counts()["skipped"] == 2
    assert pusher(sandbox, ledger).reconcile(items) == 2
    assert {state for state, _ in states(ledger).values()} == {"accepted"}
    assert len(texts(sandbox, "aliyun")) == 2


def test_wrong_key_is_given_up_and_fails_nobody(sandbox: Sandbox, ledger: Ledger) -> None:
    batches = [[sms(number)] for number in range(1, 40)]
    result = pusher(sandbox, ledger, access_key_secret="expired").push(batches)
    assert result.given_up == "SignatureDoesNotMatch"
    assert {state for state, _ in states(ledger).values()} == {"retry"}
    assert texts(sandbox, "aliyun") == []


def test_limit_of_one_number_does_not_hold_up_the_others(sandbox: Sandbox, ledger: Ledger) -> None:
    vendor: Any = sandbox.servers["aliyun"].vendor
    for number in range(1, 200, 10):
        for _ in range(50):
            vendor.limit.count(
                "示例商店", "SMS_460000001", f"+8613800{number:06d}", now=sandbox.clock.now()
            )
    began = datetime.now(UTC)
    result = pusher(sandbox, ledger).push(
        [[sms(number) for number in range(n, n + 10)] for n in range(1, 200, 10)]
    )
    assert (result.counts()["accepted"], result.counts()["retry"]) == (180, 20)
    assert (datetime.now(UTC) - began).total_seconds() < 30  # 20 waits of 2 seconds would be 40


@pytest.mark.parametrize(
    ("others", "reason"), [([Outcome.ACCEPTED], None), ([Outcome.RETRY], "limit"), ([], "limit")]
)
def test_gate_tells_one_recipients_wait_from_the_vendors(
    others: list[Outcome], reason: str | None
) -> None:
    """Half a day is longer than a push waits: it is given up where nothing else of the calls met
    its outcome.
    """
    gate = Gate(Pace(patience_seconds=2.0), Event())
    for _ in range(FAILURES):
        gate.observe(
            [
                ItemResult(1, Outcome.RETRY, "limit", None, False, 43_200.0),
                *(ItemResult(2, one) for one in others),
            ]
        )
    assert gate.given_up == reason
