"""Eight cases in which other tools were measured to lose rows, to double them or to crawl, each
against this engine.
"""

from __future__ import annotations

import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.ledger import settling
from sluice.activations.ledger.store import Ledger
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Item, SyncOperation
from tests.activations.destinations.test_conformance import operation
from tests.activations.push.killing import BATCH, WORKERS, Story
from tests.activations.push.pushing import Pushes, contacts, cut, mails, meanwhile, terminate
from tests.activations.push.test_faults import AtOnce

COUNT = 200


@pytest.fixture
def pushes(tmp_path: Path) -> Iterator[Pushes]:
    with Sandbox(tmp_path, names=["hubspot"]) as sandbox:
        yield Pushes(sandbox, Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}"))


def test_rows_that_left_the_table_leave_the_destination(pushes: Pushes) -> None:
    """Elsewhere: exits are never sent to an API."""
    pushes.push(contacts(COUNT))
    there = {
        row["subject_id"]: row["vendor_id"]
        for batch in pushes.ledger.receipts_after(0)
        for row in batch
    }
    gone: list[Item] = [
        SyncOperation(50_000 + key, key, "exited", None, vendor_id=there[key])
        for key in range(1, 51)
    ]
    assert pushes.push(cut(gone)).describe() == "50 accepted"
    assert pushes.contacts() == COUNT - 50


@pytest.mark.parametrize("name", ["smtp", "hubspot"])
def test_rerun_after_kill_9_halfway_sends_the_other_half_alone(
    tmp_path: Path, name: str, parent: subprocess.Popen[str]
) -> None:
    """Elsewhere: the rerun sends all again."""
    with Sandbox(tmp_path, names=["hubspot"]) as sandbox:
        story = Story(
            parent,
            name,
            f"sqlite:///{tmp_path / 'ledger.sqlite'}",
            sandbox,
            random.Random(1),
            lives=4,
        )
        half = story.count // BATCH // 2
        assert story.live(signal.SIGKILL, "sent", half)["signal"] == signal.SIGKILL
        story.killed["SIGKILL sent"] += 1
        story.check()
        calls = sandbox.store.counts()
    arrived = calls["crm_operations"] if name == "hubspot" else calls["mails"]
    assert (
        arrived <= story.count + WORKERS * BATCH
    )  # an upsert of what was in hand may be repeated, and nothing else
    assert name == "hubspot" or calls["repeated_mails"] == 0


def test_sigterm_in_a_table_of_no_order_loses_no_row(pushes: Pushes) -> None:
    """Elsewhere: a cursor passes over what was not sent yet, for good, and the rerun reports
    success.
    """
    rows = [item for batch in contacts(COUNT) for item in batch]
    random.Random(7).shuffle(rows)
    stopped = pushes.push(meanwhile(cut(rows), 6, terminate))
    sent = pushes.states()
    assert (
        stopped.problem() == "stopped on request before its end -> the rest is due in the next run"
    )
    assert set(sent) == {"accepted"}
    assert 0 < sent["accepted"] < COUNT
    assert (
        pushes.push(cut(rows)).describe()
        == f"{COUNT - sent['accepted']} accepted, {sent['accepted']} skipped"
    )
    assert (pushes.contacts(), pushes.states()) == (COUNT, {"accepted": COUNT})


def test_refused_rows_are_kept_with_their_reason_and_sent_when_fixed(pushes: Pushes) -> None:
    """Elsewhere: rows that are skipped on error are never sent again."""
    rows = [
        operation(n, email=f"u{n}@b.cn" if n % 10 else "no address") for n in range(1, COUNT + 1)
    ]
    assert pushes.push(cut(rows)).describe() == f"{COUNT - 20} accepted, 20 failed"
    assert pushes.reasons()["failed", "validation_error:email"] == 20
    fixed = contacts(COUNT)
    assert pushes.push(fixed).describe() == f"{COUNT} skipped", (
        "refused for good: until a person says otherwise"
    )
    again = settling.retry(
        pushes.ledger.engine, "failed", "faults", "validation_error", "somebody", datetime.now(UTC)
    )
    assert len(again) == 20
    assert pushes.push(fixed).describe() == f"20 accepted, {COUNT - 20} skipped"
    assert pushes.contacts() == COUNT


def test_server_that_commits_and_drops_the_connection_makes_no_duplicate(pushes: Pushes) -> None:
    """Elsewhere: the batch is sent again, and is there twice."""
    pushes.sandbox.faults.http.extend(["drop_after_accept"] * 3)
    pushes.push(contacts(COUNT))
    pushes.push(contacts(COUNT))
    assert (pushes.contacts(), pushes.states()) == (COUNT, {"accepted": COUNT})
    pushes.name, pushes.sandbox.faults.drop_after_data = "smtp", 3
    assert pushes.push(mails(COUNT)).describe() == f"{COUNT - 3} accepted, 3 unknown"
    pushes.push(mails(COUNT))
    assert (pushes.mails(), pushes.unknown()) == ((COUNT, 0), 3)


def test_late_rows_and_rows_equal_to_the_last_one_sent_are_sent(pushes: Pushes) -> None:
    """Elsewhere: what sorts at or before the cursor is never seen."""
    hour = datetime(2026, 6, 29, 13)
    first = [operation(n, email=f"u{n}@b.cn", updated_at=hour) for n in range(1000, 1100)]
    pushes.push(cut(first))
    late = [
        operation(n, email=f"u{n}@b.cn", updated_at=datetime(2020, 1, 1)) for n in range(1, 101)
    ]
    equal = [operation(n, email=f"u{n}@b.cn", updated_at=hour) for n in range(1100, 1200)]
    assert pushes.push(cut([*late, *first, *equal])).describe() == "200 accepted, 100 skipped"
    assert pushes.contacts() == 300


def test_small_batches_share_one_connection_a_worker(pushes: Pushes) -> None:
    """Elsewhere: a new connection, with its handshake, for each batch."""
    opened: list[Any] = []
    server = pushes.sandbox.servers["hubspot"]
    accept = server.get_request

    def get_request() -> Any:
        opened.append(accept())
        return opened[-1]

    server.get_request = get_request  # type: ignore[method-assign]
    pushes.push(contacts(COUNT, size=4))
    assert pushes.contacts() == COUNT
    assert 1 <= len(opened) <= pushes.workers


def test_slow_server_is_called_by_all_workers_at_once(pushes: Pushes) -> None:
    """Elsewhere: calls are strictly one after another."""
    most = AtOnce(pushes.sandbox)
    pushes.sandbox.faults.latency_seconds = 0.05
    pushes.push(contacts(COUNT))
    assert (most.seen, pushes.contacts()) == (pushes.workers, COUNT)


def test_vendor_that_is_slow_holds_up_no_other(pushes: Pushes) -> None:
    """A push to one destination waits; that to another goes on meanwhile."""
    pushes.sandbox.faults.latency_seconds = 0.3
    slow = threading.Thread(target=lambda: pushes.push(contacts(COUNT)))
    mail = Pushes(pushes.sandbox, Ledger(str(pushes.ledger.engine.url)), "smtp")
    slow.start()
    time.sleep(0.1)
    assert mail.push(mails(20)).describe() == "20 accepted"
    was_slow = slow.is_alive()
    slow.join()
    assert was_slow
    assert pushes.contacts() == COUNT
