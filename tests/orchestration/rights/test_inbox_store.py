"""What an erasure takes out of the inbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from sluice.activations.erasure import NOBODY
from sluice.activations.inbox.events import Event
from sluice.activations.ledger.store import Ledger
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.landing.inbox import open_inbox
from sluice.orchestration.rights.person import Person
from sluice.orchestration.rights.stores.base import Erasure, erase_from_inbox
from tests.activations.inbox.serving import NOW

BODIES: dict[str, dict[str, Any]] = {
    "a change of preferences of theirs": {"deliveryId": -9, "contactId": 7, "changes": []},
    "a click of theirs": {"deliveryId": -9},
    "a form of theirs": {"contactId": 7, "fields": {}},
    "a chat of theirs": {"openid": "oChat_of_theirs", "properties": {"text": "hello"}},
    "a click of another": {"deliveryId": -8},
    "a change of another": {"deliveryId": -8, "contactId": 8},
    "a page that names neither": {"properties": {"text": '"deliveryId"'}},
    "a chat of another": {"openid": "oChat_of_another"},
}


def test_events_of_their_messages_and_their_chat_go(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLUICE_HOME", str(home))
    settings = load_settings()
    with open_inbox(settings) as inbox:
        inbox.keep([Event("s", "k", key, NOW, body) for key, body in BODIES.items()], NOW)
    person = Person(contact_ids=[7], delivery_ids=[-9], texts=["oChat_of_theirs"])
    erasure = Erasure(settings, cast(Ledger, None), person, NOBODY)
    assert erase_from_inbox(erasure) == {"inbox_events": 4}
    with open_inbox(settings) as inbox:
        left = [row["event_key"] for batch in inbox.events_after(0) for row in batch]
    assert left == [key for key in BODIES if "theirs" not in key]
    assert erase_from_inbox(erasure) == {}
