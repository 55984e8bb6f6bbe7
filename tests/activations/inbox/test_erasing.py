"""Events of a person go from the inbox with their bytes; a number is never given twice."""

from __future__ import annotations

from pathlib import Path

from sluice.activations.inbox.events import Event
from sluice.activations.inbox.store import Inbox
from tests.activations.ledger.ledger_steps import NOW


def event(key: str, email: str) -> Event:
    return Event("site", "identify", key * 64, NOW, {"traits": {"email": email}})


def test_one_goes_and_others_stay(tmp_path: Path) -> None:
    inbox = Inbox(f"sqlite:///{tmp_path / 'inbox.sqlite'}")
    inbox.keep([event("1", "ann@shop.example"), event("2", "bo@shop.example")], NOW)
    assert inbox.erase(lambda body: "ann@" in body) == 1
    assert inbox.erase(lambda body: "ann@" in body) == 0
    inbox.keep([event("3", "cy@shop.example")], NOW)
    left = [row for batch in inbox.events_after(0) for row in batch]
    assert [row["event_id"] for row in left] == [2, 3]
    data = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert b"bo@shop.example" in data
    assert b"ann@shop.example" not in data
    inbox.close()
