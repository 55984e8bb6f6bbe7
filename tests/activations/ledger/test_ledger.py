"""The ledger's promises, on SQLite and Postgres."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from sluice.activations.addresses import address_hash
from sluice.activations.ledger.backoff import LONGEST_SECONDS, wait_seconds
from sluice.activations.ledger.problems import reason_counts, unsettled
from sluice.activations.ledger.store import Ledger
from sluice.activations.ledger.suppressing import suppress
from sluice.models.delivery import Outcome
from sluice.models.errors import BlockedError
from sluice.models.run import Run
from tests.activations.destinations.test_conformance import message, operation
from tests.activations.ledger.ledger_steps import NOW, claim, claim_items, settle, subjects
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("outcome", "on_unknown", "later", "is_claimed_again"),
    [
        (Outcome.ACCEPTED, "resend", 99_999, False),
        (Outcome.FAILED, "resend", 99_999, False),
        (Outcome.UNKNOWN, "hold", 99_999, False),
        (Outcome.UNKNOWN, "resend", 0, True),
        (Outcome.RETRY, "hold", 0, False),
        (Outcome.RETRY, "hold", 99_999, True),
    ],
)
def test_what_may_be_claimed_again(
    ledger: Ledger, outcome: Outcome, on_unknown: str, later: int, is_claimed_again: bool
) -> None:
    claimed = claim(ledger, [1])
    assert subjects(claimed) == [1]
    settle(ledger, claimed, outcome)
    again = claim(ledger, [1], on_unknown, NOW + timedelta(seconds=later))
    assert subjects(again) == ([1] if is_claimed_again else [])


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("no such user: u1@shop.example, try +8613800138000", "no such user: ... try ..."),
        ("13800138000 is wrong", "... is wrong"),
        ("validation_error:email", "validation_error:email"),
        ("21610", "21610"),
        ("x" * 190 + "u1@shop.example", "..."),
    ],
)
def test_a_reason_keeps_no_address_whatever_a_destination_repeats(
    ledger: Ledger, said: str, kept: str
) -> None:
    settle(ledger, claim(ledger, [1]), Outcome.FAILED, reason=said)
    (batch,) = ledger.receipts_after(0)
    assert [row["reason"] for row in batch] == [kept]
    assert [row["reason"] for row in reason_counts(ledger.engine)] == [kept]


def test_counts_are_of_where_a_row_stands_now(ledger: Ledger) -> None:
    first = claim_items(ledger, [replace(operation(1), key=7), replace(operation(2), key=8)])
    settle(ledger, first, Outcome.FAILED, Outcome.FAILED, reason="why")
    later = claim_items(ledger, [replace(operation(3), key=7)], now=NOW + timedelta(days=1))
    settle(ledger, later, Outcome.ACCEPTED, now=NOW + timedelta(days=1))
    assert {row["state"]: row["count"] for row in ledger.counts()} == {
        "accepted": 1,
        "failed": 1,
        "superseded": 1,
    }
    assert [(row["reason"], row["count"]) for row in reason_counts(ledger.engine)] == [("why", 1)]
    assert [row["subject_id"] for row in unsettled(ledger.engine, "crm_contacts", "hubspot")] == [
        7,
        8,
    ]


def test_a_wait_recorded_by_a_clock_that_was_ahead_is_not_kept(ledger: Ledger) -> None:
    ahead = NOW + timedelta(days=900)
    settle(ledger, claim(ledger, [1], now=ahead), Outcome.RETRY, now=ahead)
    assert subjects(claim(ledger, [1])) == [1]


def test_a_delivery_that_is_twice_in_a_batch_is_claimed_once(ledger: Ledger) -> None:
    claimed = claim(ledger, [1, 1, 2])
    assert (subjects(claimed), claimed.skipped) == ([1, 2], 1)


def test_what_is_in_hand_is_counted_as_claimed(ledger: Ledger) -> None:
    settle(ledger, claim(ledger, [1, 2]), Outcome.RETRY, Outcome.ACCEPTED)
    claim(ledger, [1, 3], now=NOW + timedelta(hours=1))
    assert {row["state"]: row["count"] for row in ledger.counts()} == {"claimed": 2, "accepted": 1}
    assert sum(row["count"] for row in ledger.counts("another-run")) == 0


@pytest.mark.parametrize("is_known", [False, True], ids=["new deliveries", "deliveries to resend"])
def test_a_claim_is_nobody_elses(ledger: Ledger, ledger_url: str, is_known: bool) -> None:
    """Eight threads want the same hundred deliveries: each is claimed once."""
    claimed: list[int] = []
    wanted = list(range(100))
    if is_known:
        claim(ledger, wanted)
        ledger.recover(NOW)

    def claim_all() -> None:
        claimed.extend(subjects(claim(Ledger(ledger_url), wanted, "resend")))

    threads = [threading.Thread(target=claim_all) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == list(range(100))


def test_two_processes_share_a_new_ledger(ledger_url: str) -> None:
    """Both open it at once, and want the same deliveries in overlapping batches: each is claimed by
    one.
    """
    count = 400
    command = [
        sys.executable,
        "-m",
        "tests.activations.ledger.claiming_process",
        ledger_url,
        str(count),
    ]
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
    settle(ledger, claim(ledger, [1]), Outcome.ACCEPTED)
    claim(ledger, [2])
    assert ledger.recover(NOW) == 1
    assert ledger.recover(NOW) == 0
    (batch,) = ledger.receipts_after(0)
    assert [(row["subject_id"], row["state"], row["reason"]) for row in batch] == [
        (1, "accepted", None),
        (2, "unknown", "process_ended_after_claim"),
    ]


def test_receipts_are_given_in_order_and_only_once(ledger: Ledger) -> None:
    settle(ledger, claim(ledger, range(7)), Outcome.ACCEPTED)
    batches = list(ledger.receipts_after(2, size=2))
    assert [row["receipt_id"] for batch in batches for row in batch] == [3, 4, 5, 6, 7]


def test_suppressed_address_keeps_its_first_reason(ledger: Ledger) -> None:
    rows = [
        ("email", "h1", "complained", 1),
        ("email", "h1", "bounced", 2),
        ("sms", "h1", "stop", 3),
    ]
    ledger.write(lambda connection: suppress(connection, rows, NOW))
    assert {(row["channel"], row["reason"]) for row in ledger.suppressions()} == {
        ("email", "complained"),
        ("sms", "stop"),
    }


def test_a_suppressed_address_is_refused_at_the_claim_with_a_receipt(ledger: Ledger) -> None:
    rows = [("email", message(1, "x@b.cn").address_hash, "unsubscribed", None)]
    ledger.write(lambda connection: suppress(connection, rows, NOW))
    claimed = claim_items(
        ledger, [message(1, "x@b.cn"), message(2, "y@b.cn")], activation=("message", "news", "smtp")
    )
    assert (subjects(claimed), [result.reason for result in claimed.refused]) == (
        [2],
        ["suppressed_unsubscribed"],
    )
    (batch,) = ledger.receipts_after(0)
    assert [(row["subject_id"], row["state"], row["reason"]) for row in batch] == [
        (1, "failed", "suppressed_unsubscribed")
    ]


@pytest.mark.parametrize(
    ("suppressed", "refused"),
    [
        (
            "berta@firm.example",
            [1, 2, 3],
        ),  # what earlier versions sent to, and wrote into their ledger
        ("berta+news@firm.example", [2]),
        ("berta+other@firm.example", []),
        ("b.erta@firm.example", []),
    ],
)
def test_a_suppressed_mailbox_silences_its_plus_addresses(
    ledger: Ledger, suppressed: str, refused: list[int]
) -> None:
    rows = [("email", address_hash("email", suppressed), "unsubscribed", None)]
    ledger.write(lambda connection: suppress(connection, rows, NOW))
    addresses = [
        "Berta@firm.example",
        "berta+news@firm.example",
        "Berta+shop@firm.example",
        "carl+news@firm.example",
    ]
    given = [
        replace(message(n, one), address_hash=address_hash("email", one))
        for n, one in enumerate(addresses, start=1)
    ]
    claimed = claim_items(ledger, given, activation=("message", "news", "smtp"))
    assert subjects(claimed) == [number for number in range(1, 5) if number not in refused]


def test_a_bad_address_is_suppressed_with_its_outcome(ledger: Ledger) -> None:
    claimed = claim_items(
        ledger, [message(1, "x@b.cn"), message(2, "y@b.cn")], activation=("message", "news", "smtp")
    )
    settle(ledger, claimed, Outcome.FAILED, suppress=True)
    assert [
        (row["channel"], row["reason"], row["delivery_id"]) for row in ledger.suppressions()
    ] == [
        ("email", "bounced", 1),
        ("email", "bounced", 2),
    ]


def test_who_said_no_at_the_vendor_is_suppressed_as_unsubscribed(ledger: Ledger) -> None:
    claimed = claim_items(ledger, [message(1, "x@b.cn")], activation=("message", "news", "smtp"))
    settle(ledger, claimed, Outcome.FAILED, suppress=True, suppress_reason="unsubscribed")
    assert [
        (row["channel"], row["reason"], row["delivery_id"]) for row in ledger.suppressions()
    ] == [("email", "unsubscribed", 1)]


def test_only_one_sends_to_a_destination(ledger: Ledger, ledger_url: str) -> None:
    other = Ledger(ledger_url)
    with ledger.alone_at("smtp"):
        with (
            pytest.raises(BlockedError, match="another run is sending to smtp"),
            other.alone_at("smtp"),
        ):
            pass
        with other.alone_at("hubspot"):
            pass
    with other.alone_at("smtp"):
        pass
    other.engine.dispose()


def test_a_living_process_is_not_recovered_from(ledger: Ledger, ledger_url: str) -> None:
    other = Ledger(ledger_url)
    claim(ledger, [1])
    with ledger.alone_at("hubspot"):
        assert other.recover(NOW) == 0
    assert other.recover(NOW) == 1
    other.engine.dispose()


def test_an_outcome_recorded_after_all_is_the_last_word(ledger: Ledger) -> None:
    """A worker that lost its lock, and was taken for dead, knows better the outcome of its
    batch.
    """
    claimed = claim(ledger, [1])
    ledger.recover(NOW)
    settle(ledger, claimed, Outcome.ACCEPTED)
    assert [row["state"] for batch in ledger.receipts_after(0) for row in batch] == [
        "unknown",
        "accepted",
    ]
    assert ledger.recover(NOW) == 0


def test_ledger_is_bound_to_its_mode(ledger: Ledger) -> None:
    ledger.bind_mode("sandbox")
    with pytest.raises(BlockedError, match="SLUICE_DELIVERY=sandbox"):
        ledger.bind_mode("live")


def test_waits_grow_and_end() -> None:
    waits = [wait_seconds(attempt) for attempt in (1, 4, 60)]
    assert 1 <= waits[0] <= 2
    assert 8 <= waits[1] <= 16
    assert waits[2] <= LONGEST_SECONDS
    assert wait_seconds(9, retry_after=7) == 7
    assert wait_seconds(1, retry_after=10**9) == 24 * 3600


def test_a_summary_written_before_a_name_changed_is_read(ledger: Ledger) -> None:
    check = {"activation": "crm", "guardrail": "max_deletes", "state": "blocked", "words": "9"}
    plan = {"activation": "crm", "kind": "sync", "destination": "hubspot"}
    written = {"activations": [{**plan, "guardrails": [{**check, "mend": "raise it"}]}]}
    ledger.finish_run(Run("r1", NOW), json.dumps(written), NOW)
    (past,) = ledger.past_runs(NOW)
    assert [one.fix for one in past.plans["crm"].guardrails] == ["raise it"]
