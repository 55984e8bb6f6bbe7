"""The inbox's database, on SQLite and on the Postgres of the ledger."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from sluice.activations.inbox.events import Event
from sluice.activations.inbox.store import Inbox
from tests.activations.inbox.serving import NOW


def one(key: str, said: str = "") -> Event:
    return Event("website", "track", key.ljust(64, "0"), NOW, {"event": key, "said": said})


@pytest.fixture
def inbox(ledger_url: str) -> Iterator[Inbox]:
    found = Inbox(ledger_url)
    yield found
    found.close()


def keys(inbox: Inbox, after: int = 0) -> list[str]:
    return [row["event_key"].rstrip("0") for batch in inbox.events_after(after) for row in batch]


def test_each_event_is_kept_once_and_only_new_ones_count(inbox: Inbox) -> None:
    assert inbox.keep([], NOW) == 0
    assert inbox.keep([one("a"), one("b"), one("a")], NOW) == 2
    assert inbox.keep([one("b"), one("c")], NOW + timedelta(days=1)) == 1
    assert keys(inbox) == ["a", "b", "c"]
    assert inbox.count() == 3


def test_many_come_back_as_they_went_in(inbox: Inbox) -> None:
    """More than one statement of the database takes; a null character is text of JSON."""
    assert inbox.keep([one(f"k{n:05}e", "😀\x00") for n in range(2_500)], NOW) == 2_500
    rows = [row for batch in inbox.events_after(0, size=1_000) for row in batch]
    assert [row["event_id"] for row in rows] == sorted(row["event_id"] for row in rows)
    assert {row["occurred_at"] for row in rows} == {NOW.replace(tzinfo=None)}
    assert "\\u0000" in rows[0]["body"]


def test_numbers_are_seen_in_order_whoever_writes(inbox: Inbox) -> None:
    """Whoever has read up to a number never misses one that is committed later."""
    seen: list[str] = []
    last = 0
    threads = [
        threading.Thread(
            target=lambda t=t: [inbox.keep([one(f"t{t}n{n}e")], NOW) for n in range(20)]
        )
        for t in range(4)
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) or len(seen) < 80:
        for batch in inbox.events_after(last):
            seen += [row["event_key"].rstrip("0") for row in batch]
            last = batch[-1]["event_id"]
        if not any(thread.is_alive() for thread in threads) and not list(inbox.events_after(last)):
            break
    assert len(seen) == len(set(seen)) == 80


def test_who_is_erased_leaves_no_row_and_no_number_comes_again(inbox: Inbox) -> None:
    inbox.keep([one("a", "lin@shop.example"), one("b")], NOW)
    assert inbox.erase(lambda body: "lin@shop.example" in body) == 1
    inbox.keep([one("c")], NOW)
    assert keys(inbox) == ["b", "c"]
    assert max(row["event_id"] for batch in inbox.events_after(0) for row in batch) == 3


def test_an_event_is_found_by_the_beginning_of_its_key(inbox: Inbox) -> None:
    inbox.keep([one("0123456789abcdef1"), one("0123456789abcdef2")], NOW)
    found = inbox.with_key("0123456789abcdef2")
    assert found is not None
    assert '"0123456789abcdef2"' in found["body"]
    assert inbox.with_key("0123456789abcdee") is None
    assert inbox.with_key("01") is None
