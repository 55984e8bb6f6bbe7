"""Mails that wait and short links, on SQLite and Postgres: claimed once, kept once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sluice.activations.inbox.events import Event, PendingMail
from sluice.activations.inbox.short_links import ShortLink
from sluice.activations.inbox.store import Inbox
from tests.activations.inbox.serving import NOW

KEY = "a" * 64


@pytest.fixture
def inbox(ledger_url: str) -> Iterator[Inbox]:
    found = Inbox(ledger_url)
    mail = PendingMail("contact", "en", NOW + timedelta(hours=2))
    event = Event("forms", "form", KEY, NOW, {"x": 1}, mail)
    assert [found.keep([event], NOW) for _ in range(2)] == [1, 0]
    yield found
    found.close()


def test_mail_is_claimed_once_and_again_when_it_is_due(inbox: Inbox) -> None:
    box = inbox.outbox
    assert box.seconds_to_next(NOW) == 0
    (one,) = box.claim(NOW, 8)
    assert (one.event_key, one.tries, one.expires_at) == (KEY, 1, NOW + timedelta(hours=2))
    assert box.claim(NOW, 8) == []
    box.postpone(KEY, NOW + timedelta(seconds=5))
    assert (box.claim(NOW, 8), box.seconds_to_next(NOW)) == ([], 5)
    (again,) = box.claim(NOW + timedelta(seconds=6), 8)
    assert again.tries == 2
    box.finish(KEY, "accepted")
    later = NOW + timedelta(days=1)
    assert (box.claim(later, 8), box.sweep(later)) == ([], {"unknown": 0, "expired": 0})


@pytest.mark.parametrize(("is_claimed", "state"), [(True, "unknown"), (False, "expired")])
def test_mail_that_cannot_be_sent_ends(inbox: Inbox, is_claimed: bool, state: str) -> None:
    if is_claimed:
        assert len(inbox.outbox.claim(NOW, 8)) == 1
    later = NOW + timedelta(hours=3)
    assert inbox.outbox.sweep(later) == {"unknown": 0, "expired": 0, state: 1}
    assert inbox.outbox.claim(later, 8) == []


def test_short_link_is_kept_once(inbox: Inbox) -> None:
    link = ShortLink(-5, "https://shop.example/a")
    token = inbox.short_links.keep("k", link)
    assert inbox.short_links.keep("k", link) == token
    assert inbox.short_links.find(token) == link
    assert (inbox.short_links.erase([-5]), inbox.short_links.find(token)) == (1, None)
