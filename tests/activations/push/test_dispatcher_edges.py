"""Rare moments of a push: a stop while it waits or at its end, an account that refuses every call,
a lost answer to a commit.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import Item, Outcome
from tests.activations.push.destination_doubles import Double, batches, pusher, say, states


def test_account_that_says_later_to_every_call_is_given_up(ledger: Ledger) -> None:
    """A token that ran out for good, a limit of the day: a batch every ``patience_seconds`` until
    the plan is at its end.
    """
    destination = Double(say(Outcome.RETRY, reason="token_refused", retry_after_seconds=60.0))
    result = pusher(ledger, destination, 2, patience_seconds=0.1).push(batches(150))
    assert destination.calls < 20
    assert result.given_up == "token_refused"


def test_sigterm_ends_a_push_that_waits_for_another(
    ledger: Ledger, ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sluice.activations.push.dispatcher.LOCK_SECONDS", 3.0)
    slow, other = Double(seconds=1.0), Double()
    first = threading.Thread(target=lambda: pusher(Ledger(ledger_url), slow).push(batches(15)))
    first.start()
    time.sleep(0.3)
    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()
    try:
        result = pusher(ledger, other).push(batches(15))
        is_first_at_work = first.is_alive()
    finally:
        first.join()
    assert is_first_at_work
    assert result.is_stopped


def test_stop_after_the_last_batch_is_no_problem(ledger: Ledger) -> None:
    def stopped_at_the_end() -> Iterator[list[Item]]:
        yield from batches(10)
        os.kill(os.getpid(), signal.SIGTERM)

    result = pusher(ledger, Double()).push(stopped_at_the_end())
    assert states(ledger) == {"accepted": 10}
    assert result.problem() is None


def test_stop_before_the_last_batch_is_told(ledger: Ledger) -> None:
    """It was handed out already, and nobody sends it any more."""

    def stopped_with_the_last() -> Iterator[list[Item]]:
        first, last = batches(10)
        yield first
        os.kill(os.getpid(), signal.SIGTERM)
        yield last

    result = pusher(ledger, Double()).push(stopped_with_the_last())
    assert states(ledger) == {"accepted": 5}
    assert (result.is_stopped, result.counts()["retry"]) == (True, 0)


def lose_answer_of_commit(ledger: Ledger, number: int) -> None:
    """That commit is done, and the connection is gone before the server says so."""
    commit, done = ledger.engine.dialect.do_commit, []

    def lost(connection: Any) -> None:
        commit(connection)
        done.append(1)
        if len(done) == number:
            raise sa.exc.OperationalError(
                "commit", {}, Exception("server closed the connection unexpectedly")
            )

    ledger.engine.dialect.do_commit = lost  # type: ignore[method-assign]


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("number", range(1, 8))
def test_commit_whose_answer_is_lost_sends_nothing_twice(
    ledger: Ledger, workers: int, number: int
) -> None:
    lose_answer_of_commit(ledger, number)
    destination = Double()
    for _ in range(2):
        pusher(ledger, destination, workers).push(batches(20))
    assert destination.received == dict.fromkeys(range(10_000, 10_020), 1)
    assert states(ledger) == {"accepted": 20}


FIRST_CLAIM, FIRST_RECORD = 3, 4  # after recovering and opening the push
# SQLite's commit is in this process: there is no answer to lose
ON_POSTGRES = pytest.mark.parametrize(
    "ledger_url", [pytest.param("postgres", marks=pytest.mark.warehouses)], indirect=True
)


@ON_POSTGRES
def test_claim_whose_commit_was_not_answered_is_not_counted_twice(ledger: Ledger) -> None:
    lose_answer_of_commit(ledger, FIRST_CLAIM)
    pusher(ledger, Double()).push(batches(20))
    assert states(ledger) == {"accepted": 20}


@ON_POSTGRES
def test_record_whose_commit_was_not_answered_has_one_receipt(ledger: Ledger) -> None:
    lose_answer_of_commit(ledger, FIRST_RECORD)
    pusher(ledger, Double()).push(batches(20))
    receipts = [row["delivery_id"] for batch in ledger.receipts_after(0) for row in batch]
    assert len(receipts) == len(set(receipts))


@ON_POSTGRES
def test_claim_of_a_second_attempt_whose_commit_was_not_answered_is_sent(ledger: Ledger) -> None:
    refuse = Double(say(Outcome.RETRY, reason="http_503", retry_after_seconds=0.0))
    pusher(ledger, refuse, patience_seconds=-1.0).push(batches(5))
    lose_answer_of_commit(ledger, FIRST_CLAIM)
    assert pusher(ledger, Double()).push(batches(5)).counts()["accepted"] == 5
