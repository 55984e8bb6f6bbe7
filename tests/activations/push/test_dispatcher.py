"""What the engine does when all goes well, and when it does not: by doubles that answer as they are
reported.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from sluice.activations.ledger.store import Ledger
from sluice.activations.ledger.writer import GroupWriter
from sluice.activations.push.dispatcher import NICENESS
from sluice.activations.push.progress import describe, span
from sluice.models.delivery import Item, ItemResult, Outcome
from sluice.models.errors import BlockedError
from tests.activations.destinations.test_conformance import operation
from tests.activations.ledger.ledger_steps import NOW, claim, settle
from tests.activations.push.destination_doubles import (
    Asked,
    Double,
    accept,
    batches,
    pusher,
    say,
    states,
)
from tests.activations.push.fake_clock import FakeClock
from tests.activations.push.pushing import terminate


@pytest.mark.parametrize("workers", [1, 4])
def test_everything_is_sent_once_by_all_workers(ledger: Ledger, workers: int) -> None:
    all_at_once = threading.Barrier(workers)

    def answer(item: Item, call: int) -> ItemResult:
        if call <= workers:
            all_at_once.wait(60)
        return accept(item, call)

    destination = Double(answer)
    result = pusher(ledger, destination, workers).push(batches(203))
    assert result.counts()["accepted"] == 203
    assert states(ledger) == {"accepted": 203}
    assert set(destination.received.values()) == {1}
    assert destination.most_at_once == workers


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")
@pytest.mark.parametrize(("is_fast", "less"), [(False, NICENESS), (True, 0)])
def test_a_push_of_a_run_gives_way_and_one_of_the_lane_does_not(
    ledger: Ledger, is_fast: bool, less: int
) -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    seen = set()

    def answer(item: Item, call: int) -> ItemResult:
        seen.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return accept(item, call)

    ledger.is_fast = is_fast
    pusher(ledger, Double(answer), 2).push(batches(20))
    assert seen == {max(before, less)}
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


def test_calls_that_must_not_overlap_do_not(ledger: Ledger) -> None:
    destination = Double(seconds=0.005)
    destination.capabilities = type(destination.capabilities)(5, "hold", is_one_at_a_time=True)
    pusher(ledger, destination, 4).push(batches(50))
    assert (destination.most_at_once, destination.received.total()) == (1, 50)


def test_a_delivery_that_is_in_two_batches_is_sent_once(ledger: Ledger) -> None:
    destination = Double(seconds=0.05)
    result = pusher(ledger, destination, 2).push(
        [[operation(1), operation(2)], [operation(2), operation(3)]]
    )
    assert (result.counts()["accepted"], result.skipped, max(destination.received.values())) == (
        3,
        1,
        1,
    )


def test_all_workers_keep_one_rate(ledger: Ledger) -> None:
    destination, clock = Double(), FakeClock()
    pusher(ledger, destination, 4, clock, calls_per_second=20.0).push(batches(205))
    assert destination.calls == 41
    assert clock.seconds >= (41 - 5) / 20  # but for the burst of a quarter of a second


def test_a_call_an_item_is_paid_for_as_such(ledger: Ledger) -> None:
    destination = Double()
    destination.capabilities = type(destination.capabilities)(5, "hold", is_call_per_item=True)
    clock = FakeClock()
    pusher(ledger, destination, 1, clock, calls_per_second=20.0).push(batches(45))
    assert clock.seconds >= (45 - 5) / 20


def test_what_is_refused_for_now_is_tried_again_in_the_push(ledger: Ledger) -> None:
    destination = Double(say(Outcome.RETRY, until_call=2, reason="http_503"))
    result = pusher(ledger, destination, 1, FakeClock()).push(batches(10))
    assert result.counts() == {"accepted": 10, "failed": 0, "retry": 0, "unknown": 0, "skipped": 0}
    receipts = [row["state"] for batch in ledger.receipts_after(0) for row in batch]
    assert sorted(receipts) == ["accepted"] * 10 + ["retry"] * 10


def test_what_has_to_wait_longer_is_left_to_the_next_run(ledger: Ledger) -> None:
    destination = Double(say(Outcome.RETRY, reason="http_429", retry_after_seconds=3600.0))
    result = pusher(ledger, destination, patience_seconds=0.2).push(batches(5))
    assert result.counts()["retry"] == 5
    assert claim(ledger, range(5), now=datetime.now(UTC)).items == []


def test_retry_after_holds_all_workers_back(ledger: Ledger) -> None:
    """The first call says: not before a second has passed. Nobody calls meanwhile."""
    times: list[float] = []
    clock = FakeClock()

    def answer(item: Item, call: int) -> ItemResult:
        times.append(clock.monotonic())
        return (
            accept(item, call)
            if call > 1
            else ItemResult(item.delivery_id, Outcome.RETRY, "http_429", None, False, 1.0)
        )

    destination = Double(answer, batch_size=1)
    result = pusher(ledger, destination, 1, clock).push(batches(4, size=1))
    assert result.counts()["accepted"] == 4
    assert times[1] - times[0] >= 1.0


def test_a_vendor_that_is_down_is_given_up_and_the_rest_is_due(ledger: Ledger) -> None:
    destination = Double(say(Outcome.RETRY, reason="cannot_connect"))
    result = pusher(ledger, destination, 2, FakeClock(), patience_seconds=1.5).push(batches(500))
    assert "given up" in result.describe()
    assert "cannot_connect" in result.describe()
    assert sum(states(ledger).values()) < 100
    assert states(ledger).keys() == {"retry"}


def test_a_vendor_that_comes_back_is_sent_the_rest(ledger: Ledger) -> None:
    destination = Double(say(Outcome.RETRY, until_call=6, reason="http_503"))
    result = pusher(ledger, destination, 1, FakeClock()).push(batches(100))
    assert (result.given_up, result.counts()["accepted"]) == (None, 100)


@pytest.mark.parametrize("workers", [1, 3])
def test_sigterm_finishes_the_batches_in_hand(ledger: Ledger, workers: int) -> None:
    destination = Double(seconds=0.05)

    def slowly() -> Iterator[list[Item]]:
        for number, batch in enumerate(batches(500)):
            if number == 4:
                terminate()
            yield batch

    result = pusher(ledger, destination, workers).push(slowly())
    assert result.is_stopped
    assert states(ledger) == {"accepted": destination.received.total()}
    assert destination.received.total() < 100
    destination.seconds = 0.0
    assert (
        pusher(ledger, destination, workers).push(batches(500)).counts()["accepted"]
        == 500 - result.counts()["accepted"]
    )


def test_a_client_that_breaks_leaves_its_batch_unknown_and_goes_on(ledger: Ledger) -> None:
    def answer(item: Item, call: int) -> ItemResult:
        if call == 2:
            raise RuntimeError("王芳 wang@shop.example")
        return accept(item, call)

    result = pusher(ledger, Double(answer), 2).push(batches(25))
    assert (result.counts()["accepted"], result.counts()["unknown"]) == (20, 5)


@pytest.mark.parametrize(
    ("on_unknown", "state"), [("hold", "unknown"), ("reconcile", "unknown"), ("resend", "retry")]
)
def test_what_a_gateway_says_is_no_word_of_the_vendor(
    ledger: Ledger, on_unknown: str, state: str
) -> None:
    destination = Double(say(Outcome.RETRY, reason="http_504"), on_unknown)
    pusher(ledger, destination, patience_seconds=0.0).push(batches(3))
    assert states(ledger) == {state: 3}


def test_an_item_without_an_answer_is_unknown(ledger: Ledger) -> None:
    destination = Double()
    destination.send = lambda items: [accept(item, 1) for item in items[1:]]  # type: ignore[method-assign]
    assert pusher(ledger, destination).push(batches(5)).counts()["unknown"] == 1


def test_a_plan_that_cannot_be_read_further_stops_the_push_and_loses_nothing(
    ledger: Ledger,
) -> None:
    def broken() -> Iterator[list[Item]]:
        yield from batches(10)
        raise OSError("the disk is gone")

    destination = Double()
    with pytest.raises(OSError, match="disk"):
        pusher(ledger, destination, 2).push(broken())
    assert states(ledger) == {"accepted": 10}


def test_the_vendor_is_asked_about_what_is_unknown(ledger: Ledger) -> None:
    settle(ledger, claim(ledger, range(6), "reconcile"), Outcome.UNKNOWN)
    ids = [10_000 + number for number in range(6)]
    outcomes = [Outcome.ACCEPTED, Outcome.FAILED, Outcome.RETRY, Outcome.UNKNOWN]
    destination = Asked(
        {
            one: ItemResult(one, outcome, "reported")
            for one, outcome in zip(ids, outcomes, strict=False)
        }
    )
    assert pusher(ledger, destination).reconcile(batches(6)) == 3
    assert destination.asked == dict.fromkeys(ids, NOW)
    assert states(ledger) == {"accepted": 1, "failed": 1, "retry": 1, "unknown": 3}
    assert pusher(ledger, destination).push(batches(6)).counts()["accepted"] == 1
    reasons = {row["reason"] for batch in ledger.receipts_after(0) for row in batch}
    assert "reconciled_reported" in reasons


def test_another_push_to_the_same_destination_waits(ledger: Ledger, ledger_url: str) -> None:
    sending, is_told = threading.Event(), threading.Event()

    def answer(item: Item, call: int) -> ItemResult:
        sending.set()
        is_told.wait(60)
        return accept(item, call)

    slow, other, reported = Double(answer), Double(), []

    def tell(words: str) -> None:
        reported.append(words)
        is_told.set()

    first = threading.Thread(target=lambda: pusher(Ledger(ledger_url), slow).push(batches(10)))
    first.start()
    assert sending.wait(60)
    waiting = pusher(ledger, other)
    result = type(waiting)(**{**waiting.__dict__, "tell": tell}).push(batches(10))
    first.join()
    assert (slow.received.total(), other.received.total(), result.skipped) == (10, 0, 10)
    assert reported == ["waiting: another push is sending to hubspot"]


def room_of(ledger: Ledger) -> Callable[[], None]:
    """What is returned fills the disk: from its call on the file may not grow. Every transaction
    asks, since a listener that came in the middle of a push would meet its threads.
    """
    limits: list[str] = []

    def keep_to_them(connection: sa.Connection) -> None:
        for limit in limits:
            connection.connection.dbapi_connection.execute(limit)  # type: ignore[union-attr]

    def fill() -> None:
        with ledger.engine.connect() as connection:
            pages = connection.exec_driver_sql("pragma page_count").scalar()
        limits.append(f"pragma max_page_count = {pages}")

    sa.event.listen(ledger.engine, "begin", keep_to_them)
    return fill


def test_a_full_disk_sends_nothing_that_is_not_claimed(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path}/ledger.sqlite")
    monkeypatch.setattr("sluice.activations.ledger.writer.WAITS", (0.01,))
    destination = Double()
    leave_no_room = room_of(ledger)

    def fill_up() -> Iterator[list[Item]]:
        for number, batch in enumerate(batches(5000, size=100)):
            if number == 3:
                leave_no_room()
            yield batch

    with pytest.raises(BlockedError, match=r"cannot be written \(database or disk is full\)"):
        pusher(ledger, destination).push(fill_up())
    sent = destination.received.total()
    ledger.engine.dispose()
    after = Ledger(f"sqlite:///{tmp_path}/ledger.sqlite")
    after.recover(NOW)
    found = states(after)
    assert found.get("unknown", 0) <= 100
    assert sum(found.values()) == sent
    result = pusher(after, destination).push(batches(5000, size=100))
    assert result.counts()["accepted"] == 5000 - sent
    assert max(destination.received.values()) == 1


def test_one_write_that_fails_does_not_fail_the_others(ledger: Ledger) -> None:
    writer = GroupWriter(ledger.engine)
    gate = threading.Event()
    outcomes: dict[int, object] = {}

    def work(number: int) -> None:
        def write(connection: sa.Connection) -> int:
            gate.wait(5)
            if number == 2:
                raise ValueError("mine alone")
            connection.exec_driver_sql(f"insert into meta (key, value) values ('{number}', 'x')")
            return number

        try:
            outcomes[number] = writer.do(write)
        except ValueError as error:
            outcomes[number] = str(error)

    threads = [threading.Thread(target=work, args=[number]) for number in range(5)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    gate.set()
    for thread in threads:
        thread.join()
    writer.close()
    assert outcomes == {0: 0, 1: 1, 2: "mine alone", 3: 3, 4: 4}
    with ledger.engine.connect() as connection:
        assert (
            connection.exec_driver_sql("select count(*) from meta where value = 'x'").scalar() == 4
        )


def test_a_wait_is_kept_across_runs(ledger: Ledger) -> None:
    settle(ledger, claim(ledger, [1]), Outcome.RETRY, retry_after_seconds=600.0)
    assert claim(ledger, [1], now=NOW + timedelta(seconds=599)).items == []
    assert len(claim(ledger, [1], now=NOW + timedelta(seconds=601)).items) == 1


@pytest.mark.parametrize(
    ("done", "total", "seconds", "words"),
    [
        (12_000, 50_000, 30.0, "12,000 of 50,000 (400/s, 1 min 35 s left)"),
        (10, 0, 5.0, "10 (2/s)"),
        (0, 10, 0.0, "0 of 10 (0/s, 0 s left)"),
    ],
)
def test_progress_in_words(done: int, total: int, seconds: float, words: str) -> None:
    assert describe(done, total, seconds) == words


def test_spans() -> None:
    assert [span(seconds) for seconds in (0.4, 59, 200, 7500)] == [
        "0 s",
        "59 s",
        "3 min 20 s",
        "2 h 5 min",
    ]
