"""Every fault, over real HTTP and SMTP, while several workers push: nothing is lost or doubled, and
a clear line says why.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.ledger.store import Ledger
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sandbox.web import Reply, Request
from sluice.models.errors import BlockedError
from tests.activations.push.pushing import Pushes, contacts, mails, meanwhile
from tests.activations.push.test_dispatcher import room_of

COUNT = 80
NOT_LOST = {"accepted": COUNT}


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Pushes]:
    with Sandbox(tmp_path, names=["hubspot"]) as sandbox:
        yield Pushes(sandbox, Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}"))


@pytest.fixture
def mail(crm: Pushes) -> Pushes:
    crm.name = "smtp"
    return crm


def is_whole(crm: Pushes) -> None:
    """Each contact is there once, and the ledger knows it."""
    assert crm.states() == NOT_LOST
    assert crm.contacts() == COUNT


def test_500_is_tried_again_in_the_push(crm: Pushes) -> None:
    crm.sandbox.faults.http.extend(["500"] * 3)
    result = crm.push(contacts(COUNT))
    assert (result.describe(), result.problem()) == (f"{COUNT} accepted", None)
    assert crm.reasons()["retry", "http_500"] == 30
    is_whole(crm)


def test_500_without_end_is_given_up_and_the_next_run_sends_the_rest(crm: Pushes) -> None:
    crm.sandbox.faults.http.extend(["500"] * 200)
    crm.patience_seconds = 0.5
    result = crm.push(contacts(COUNT))
    assert (
        "given up, call after call came to nothing: http_500; the rest is due in the next run"
        in result.describe()
    )
    assert "see that it is up" in str(result.problem())
    crm.sandbox.faults.http.clear()
    crm.let_time_pass()
    crm.push(contacts(COUNT))
    is_whole(crm)


def test_429_is_waited_for_as_long_as_it_asks(crm: Pushes) -> None:
    crm.sandbox.faults.http.append("429")
    crm.sandbox.faults.retry_after_seconds = 1.5
    started = time.monotonic()
    assert crm.push(contacts(COUNT)).describe() == f"{COUNT} accepted"
    assert time.monotonic() - started >= 1.5
    assert crm.reasons()["retry", "rate_limits"] == 10
    is_whole(crm)


def test_429_that_asks_for_an_hour_is_left_to_a_later_run(crm: Pushes) -> None:
    crm.sandbox.faults.http.append("429")
    crm.sandbox.faults.retry_after_seconds = 3600
    crm.patience_seconds = 0.3
    assert crm.push(contacts(COUNT)).describe() == f"{COUNT - 10} accepted, 10 retry"
    assert crm.push(contacts(COUNT)).describe() == f"{COUNT} skipped"
    crm.let_time_pass()
    crm.push(contacts(COUNT))
    is_whole(crm)


def test_answers_that_take_50_ms_are_waited_for_by_all_workers_at_once(crm: Pushes) -> None:
    most = AtOnce(crm.sandbox)
    crm.sandbox.faults.latency_seconds = 0.05
    assert crm.push(contacts(COUNT, size=5)).describe() == f"{COUNT} accepted"
    assert most.seen == 4
    is_whole(crm)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("slow_after_accept", "no_answer"),  # 5 s, and the time-out is 0.5 s
        ("drop_after_accept", "connection_lost"),
        ("drop", "connection_lost"),
        ("cut_body", "connection_lost"),
        ("invalid_json", "unreadable_answer"),
    ],
)
def test_answer_that_does_not_come_whole_is_unknown_and_sent_again_where_that_does_no_harm(
    crm: Pushes, fault: HttpFault, reason: str
) -> None:
    crm.sandbox.faults.slow_seconds = 5.0
    crm.sandbox.faults.http.append(fault)
    assert (
        crm.push(contacts(COUNT), timeout_seconds=0.5).describe()
        == f"{COUNT - 10} accepted, 10 unknown"
    )
    assert (crm.unknown(), crm.reasons()["unknown", reason]) == (10, 10)
    assert crm.push(contacts(COUNT)).describe() == f"10 accepted, {COUNT - 10} skipped"
    is_whole(crm)


@pytest.mark.parametrize("fault", ["drop_after_data", "slow_after_data"])
def test_mail_whose_answer_is_lost_is_held_and_never_sent_twice(mail: Pushes, fault: str) -> None:
    setattr(mail.sandbox.faults, fault, 1)
    mail.sandbox.faults.slow_seconds = 5.0
    assert (
        mail.push(mails(COUNT), timeout_seconds=1.5).describe()
        == f"{COUNT - 1} accepted, 1 unknown"
    )
    assert (mail.unknown(), mail.reasons()["unknown", "connection_lost"]) == (1, 1)
    assert mail.push(mails(COUNT)).describe() == f"{COUNT} skipped"
    assert mail.mails() == (COUNT, 0)


def test_mail_refused_for_now_is_tried_again(mail: Pushes) -> None:
    mail.sandbox.faults.mail["u7@"] = "451 4.7.1 Try again later"
    mail.patience_seconds = 0.1
    assert mail.push(mails(COUNT)).describe() == f"{COUNT - 1} accepted, 1 retry"
    mail.sandbox.faults.mail.clear()
    mail.let_time_pass()
    assert mail.push(mails(COUNT)).describe() == f"1 accepted, {COUNT - 1} skipped"
    assert mail.mails() == (COUNT, 0)


def test_200_with_errors_of_items_fails_those_alone(crm: Pushes) -> None:
    batches = contacts(COUNT)
    for batch in batches[:2]:
        batch[3].properties["email"] = "no address"  # type: ignore[union-attr, index]
    assert crm.push(batches).describe() == f"{COUNT - 2} accepted, 2 failed"
    assert crm.reasons()["failed", "validation_error:email"] == 2
    assert crm.contacts() == COUNT - 2


def test_token_that_expires_in_the_middle_fails_no_row(crm: Pushes) -> None:
    crm.patience_seconds = 0.3
    expires = lambda: crm.sandbox.faults.http.append("401")  # noqa: E731
    assert (
        crm.push(meanwhile(contacts(COUNT), 4, expires)).describe()
        == f"{COUNT - 10} accepted, 10 retry"
    )
    assert crm.reasons()["retry", "token_refused"] == 10
    crm.let_time_pass()
    crm.push(contacts(COUNT))
    is_whole(crm)


@pytest.mark.parametrize(
    ("name", "where"),
    [("hubspot", {"url": "http://crm.invalid"}), ("smtp", {"host": "mail.invalid"})],
)
def test_name_that_is_not_found_sends_nothing_and_the_next_run_sends_all(
    crm: Pushes, name: str, where: dict[str, str]
) -> None:
    crm.name, crm.patience_seconds = name, 0.5
    batches = contacts(COUNT) if name == "hubspot" else mails(COUNT)
    safe = {"starttls": True} if name == "smtp" else {}
    result = crm.push(batches, **where, **safe)
    assert "given up, call after call came to nothing: cannot_connect" in result.describe()
    assert set(crm.reasons()) == {("retry", "cannot_connect")}
    assert (crm.contacts(), crm.mails()) == (0, (0, 0))
    crm.let_time_pass()
    crm.push(batches)
    assert crm.states() == NOT_LOST
    assert crm.contacts() + crm.mails()[0] == COUNT


def test_full_disk_under_the_ledger_sends_nothing_unclaimed_and_says_so(
    crm: Pushes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sluice.activations.ledger.writer.WAITS", (0.01,))
    many = contacts(4000, size=100)
    with pytest.raises(BlockedError, match="the ledger cannot be written") as blocked:
        crm.push(meanwhile(many, 5, room_of(crm.ledger)))
    assert "give its disk room" in str(blocked.value)
    arrived = crm.contacts()
    crm.ledger.engine.dispose()
    crm.ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    crm.ledger.recover(datetime.now(UTC))
    assert arrived <= sum(crm.states().values())
    assert crm.unknown() <= crm.workers * 100
    crm.push(many)
    assert (crm.states(), crm.contacts()) == ({"accepted": 4000}, 4000)


def test_clock_set_back_between_runs_keeps_no_wait_of_the_clock_that_was_ahead(
    crm: Pushes, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm.sandbox.faults.http.append("429")
    crm.sandbox.faults.retry_after_seconds = 3600
    crm.patience_seconds = 0.3
    with monkeypatch.context() as patch:
        move_clock(patch, timedelta(days=3))
        assert crm.push(contacts(COUNT)).describe() == f"{COUNT - 10} accepted, 10 retry"
    assert crm.push(contacts(COUNT)).describe() == f"10 accepted, {COUNT - 10} skipped"
    is_whole(crm)


def test_clock_set_forward_between_runs_sends_nothing_twice(
    mail: Pushes, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail.sandbox.faults.drop_after_data = 1
    mail.sandbox.faults.mail["u7@"] = "451 4.7.1 Try again later"
    mail.patience_seconds = 0.1
    assert mail.push(mails(COUNT)).describe() == f"{COUNT - 2} accepted, 1 retry, 1 unknown"
    mail.sandbox.faults.mail.clear()
    move_clock(monkeypatch, timedelta(days=400))
    assert mail.push(mails(COUNT)).describe() == f"1 accepted, {COUNT - 1} skipped"
    assert mail.mails() == (COUNT, 0)


class AtOnce:
    """How many calls a vendor had to answer at once, at most."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.seen, self._now, self._lock = 0, 0, threading.Lock()
        vendor = sandbox.servers["hubspot"].vendor
        answer = vendor.handle

        def handle(request: Request) -> Reply:
            with self._lock:
                self._now += 1
                self.seen = max(self.seen, self._now)
            time.sleep(0.05)
            reply = answer(request)
            with self._lock:
                self._now -= 1
            return reply

        vendor.handle = handle  # type: ignore[method-assign]


def move_clock(patch: pytest.MonkeyPatch, by: timedelta) -> None:
    """The clock of the engine is ahead by so much."""

    class Moved(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + by

    patch.setattr("sluice.activations.push.clock.datetime", Moved)
    patch.setattr("sluice.activations.push.dispatcher.datetime", Moved)
