"""The ledger's promises, on SQLite and Postgres."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from activations.ledger.backoff import LONGEST_SECONDS, wait_seconds
from activations.ledger.store import Ledger
from models.delivery import Capabilities, ItemResult, Verdict
from models.errors import BlockedError
from models.run import Run
from tests.activations.test_conformance import message, operation
from tests.conftest import ROOT

RUN = Run("run-1", datetime(2026, 6, 29, 13, tzinfo=UTC))
NOW = datetime(2026, 6, 29, 13, 1, tzinfo=UTC)
HOLD, RESEND = Capabilities(10, "hold"), Capabilities(10, "resend")
ACTIVATION = ("sync", "crm", "hubspot")


def claim(ledger: Ledger, numbers: list[int], capabilities: Capabilities = HOLD, now: datetime = NOW) -> list[int]:
    items = [operation(number) for number in numbers]
    return [item.subject_id for item in ledger.claim(items, capabilities, ACTIVATION, RUN, now)]


def settle(ledger: Ledger, number: int, verdict: Verdict, **values: object) -> None:
    ledger.record([ItemResult(10_000 + number, verdict, **values)], NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("verdict", "capabilities", "later", "is_claimed_again"),
    [
        (Verdict.ACCEPTED, RESEND, 99_999, False),
        (Verdict.FAILED, RESEND, 99_999, False),
        (Verdict.UNKNOWN, HOLD, 99_999, False),
        (Verdict.UNKNOWN, RESEND, 0, True),
        (Verdict.RETRY, HOLD, 0, False),
        (Verdict.RETRY, HOLD, 99_999, True),
    ],
)
def test_what_may_be_claimed_again(
    ledger: Ledger, verdict: Verdict, capabilities: Capabilities, later: int, is_claimed_again: bool
) -> None:
    assert claim(ledger, [1]) == [1]
    settle(ledger, 1, verdict)
    assert claim(ledger, [1], capabilities, NOW + timedelta(seconds=later)) == ([1] if is_claimed_again else [])


@pytest.mark.parametrize("is_known", [False, True], ids=["new deliveries", "deliveries to resend"])
def test_a_claim_is_nobody_elses(ledger: Ledger, ledger_url: str, is_known: bool) -> None:
    """Eight threads want the same hundred deliveries: each is claimed once."""
    claimed: list[int] = []
    wanted = list(range(100))
    if is_known:
        claim(ledger, wanted)
        ledger.recover(NOW)
    threads = [threading.Thread(target=lambda: claimed.extend(claim(Ledger(ledger_url), wanted, RESEND))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == list(range(100))


def test_two_processes_share_a_new_ledger(ledger_url: str) -> None:
    """Both open it at once, and want the same deliveries in overlapping batches: each is claimed by one."""
    count = 400
    command = [sys.executable, "-m", "tests.activations.claiming_process", ledger_url, str(count)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    processes = [subprocess.Popen(command, cwd=ROOT, text=True, **pipes) for _ in range(2)]  # type: ignore[call-overload]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    got = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    assert sorted(got[0] + got[1]) == list(range(count))


def test_claim_of_a_dead_process_becomes_unknown(ledger: Ledger) -> None:
    claim(ledger, [1, 2])
    settle(ledger, 1, Verdict.ACCEPTED)
    assert ledger.recover(NOW) == 1
    assert ledger.recover(NOW) == 0
    (batch,) = ledger.receipts_after(0)
    assert [(row["subject_id"], row["state"], row["reason"]) for row in batch] == [
        (1, "accepted", None),
        (2, "unknown", "process_ended_after_claim"),
    ]


def test_receipts_are_given_in_order_and_only_once(ledger: Ledger) -> None:
    claim(ledger, list(range(7)))
    for number in range(7):
        settle(ledger, number, Verdict.ACCEPTED)
    batches = list(ledger.receipts_after(2, size=2))
    assert [row["receipt_id"] for batch in batches for row in batch] == [3, 4, 5, 6, 7]


def test_suppressed_address_keeps_its_first_reason(ledger: Ledger) -> None:
    ledger.suppress([("email", "h1", "complained", 1), ("email", "h1", "bounced", 2), ("sms", "h1", "stop", 3)], NOW)
    assert ledger.suppressed([message(1, "x")]) == {}
    assert {(row["channel"], row["reason"]) for row in ledger.suppressions()} == {("email", "complained"), ("sms", "stop")}


def test_vendor_id_is_the_one_of_the_last_acceptance(ledger: Ledger) -> None:
    claim(ledger, [5])
    settle(ledger, 5, Verdict.ACCEPTED, vendor_id="v1")
    assert ledger.vendor_ids("crm", [5, 6]) == {5: "v1"}


def test_ledger_is_bound_to_its_mode(ledger: Ledger) -> None:
    ledger.bind_mode("sandbox")
    with pytest.raises(BlockedError, match="SLUICE_DELIVERY=sandbox"):
        ledger.bind_mode("live")


def test_waits_grow_and_end() -> None:
    waits = [wait_seconds(attempt) for attempt in (1, 4, 60)]
    assert 15 <= waits[0] <= 30
    assert 120 <= waits[1] <= 240
    assert waits[2] <= LONGEST_SECONDS
    assert wait_seconds(9, retry_after=7) == 7
