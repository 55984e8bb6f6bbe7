"""The inbox is landed once, whole, and in order; also after it was lost, or put back older."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from sluice.activations.erasure import EMAIL, ErasedKeys, hashes_of
from sluice.activations.inbox.events import Event
from sluice.activations.inbox.tokens import LinkSigner
from sluice.activations.ledger.store import Ledger
from sluice.orchestration.installation.keys import signing_key
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.landing.inbox import land_inbox, open_inbox
from sluice.orchestration.warehouse.reader import open_warehouse, query
from tests.activations.inbox.serving import NOW


@dataclass
class Home:
    settings: Settings
    ledger: Ledger
    day: int = 0

    def keep(self, *names: str) -> None:
        """Page views of these visitors, a minute after the last ones."""
        self.day += 1
        at = NOW + timedelta(minutes=self.day)
        body = {"userId": "u", "traits": {"email": f"{self.day}@b.cn"}}
        rows = [
            Event("website", "identify", name, at, {**body, "anonymousId": name}) for name in names
        ]
        with open_inbox(self.settings) as inbox:
            inbox.keep(rows, at)

    def land(self) -> int:
        return land_inbox(self.settings, self.ledger)

    def keys(self) -> list[str]:
        rows = query(
            self.settings.warehouse, "select event_key from inbox.events order by event_key"
        )
        return [key for (key,) in rows]


@pytest.fixture
def small(home: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("SLUICE_HOME", str(home))
    settings = load_settings()
    ledger = Ledger(settings.ledger)
    return Home(settings, ledger)


def test_each_event_is_landed_once(small: Home) -> None:
    small.keep("a", "b")
    assert small.land() == 2
    small.keep("c", "b")
    assert (small.land(), small.land(), small.keys()) == (1, 0, ["a", "b", "c"])


@pytest.mark.parametrize("how", ["lost", "older"])
def test_an_inbox_that_counts_anew_loses_nothing(small: Home, how: str, tmp_path: Path) -> None:
    small.keep("a")
    file = small.settings.home / "inbox.sqlite"
    shutil.copy(file, tmp_path / "older")
    small.keep("b", "c")
    assert small.land() == 3
    for path in small.settings.home.glob("inbox.sqlite*"):
        path.unlink()
    if how == "older":
        shutil.copy(tmp_path / "older", file)
    small.keep("d")
    assert (small.land(), small.land()) == (1, 0)
    small.keep("e", "f", "c")  # its client had no answer, and sends it again
    assert small.land() == 2
    assert small.keys() == ["a", "b", "c", "d", "e", "f"]
    ((latest,),) = query(
        small.settings.warehouse,
        "select substr(max(sequence || email), 33) from inbox.people",
    )
    assert latest == "4@b.cn"


def test_visits_by_share_links_are_landed_with_the_message(small: Home) -> None:
    signer = LinkSigner(signing_key(small.settings))
    tokens = {"a": signer.token("share", -9), "b": signer.token("click", 9), "c": "made up"}
    with open_inbox(small.settings) as inbox:
        rows = [
            Event("website", "page", key, NOW, {"context": {"ref": token}})
            for key, token in tokens.items()
        ]
        inbox.keep(rows, NOW)
    assert small.land() == 3
    landed = query(small.settings.warehouse, "select event_key, delivery_id from inbox.shares")
    assert landed == [("a", -9)]


def test_changes_of_preferences_are_landed_with_their_proof(small: Home) -> None:
    changes = [
        {"channel": "sms", "purpose": "marketing", "status": "withdrawn"},
        {"topic": "tips", "status": "refused"},
        {"pause_until": "2026-07-29 13:00:00"},
    ]
    proof = {"how": "preference_page", "language": "en", "text": "I agree"}
    body = {"deliveryId": -9, "contactId": 7, "changes": changes, "proof": proof}
    with open_inbox(small.settings) as inbox:
        inbox.keep([Event("preferences", "preference", "a", NOW, body)], NOW)
        inbox.keep([Event("website", "preference", "b", NOW, body)], NOW)  # a site has no say
        inbox.keep([Event("preferences", "preference", "c", NOW, {})], NOW)  # was erased
    assert small.land() == 3
    sql = (
        "select contact_id, delivery_id, preference, value, language, proof from inbox.preferences"
    )
    landed = query(small.settings.warehouse, sql)
    assert landed == [
        (7, -9, preference, value, "en", "preference_page: I agree")
        for preference, value in (
            ("channel:sms:marketing", "withdrawn"),
            ("topic:tips", "refused"),
            ("pause_until", "2026-07-29 13:00:00"),
        )
    ]
    # a warehouse of a version that had no such table gets what came with its events
    with open_warehouse(small.settings.warehouse, read_only=False) as session:
        session.execute("drop table inbox.preferences")
    assert small.land() == 0
    assert query(small.settings.warehouse, sql) == landed


def test_somebody_who_was_erased_stays_out(small: Home) -> None:
    secret = b"s" * 32
    erased = ErasedKeys(secret, frozenset(hashes_of(secret, EMAIL, "1@b.cn")))
    small.keep("a", "b")
    small.keep("c")
    assert land_inbox(small.settings, small.ledger, erased) == 3
    landed = query(small.settings.warehouse, "select email from inbox.people")
    assert landed == [("2@b.cn",)]
    with open_inbox(small.settings) as inbox:
        bodies = [row["body"] for batch in inbox.events_after(0) for row in batch]
    assert [("1@b.cn" in body, "2@b.cn" in body) for body in bodies] == [
        (False, False),
        (False, False),
        (False, True),
    ]
    assert small.land() == 0


def test_what_cannot_be_landed_is_landed_the_next_time(
    small: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sluice.orchestration.landing import inbox as landing

    small.keep("a", "b")
    with monkeypatch.context() as patch:
        patch.setattr(landing, "consent_rows", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            small.land()
    assert small.keys() == []
    assert (small.land(), small.keys()) == (2, ["a", "b"])
