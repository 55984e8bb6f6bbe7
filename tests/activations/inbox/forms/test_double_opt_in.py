"""Double opt-in: no consent counts before the person has followed the link of the mail."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sluice.activations.inbox.store import Inbox
from sluice.models.delivery import Outcome
from tests.activations.inbox.forms.desk import BASE, Desks, serving_forms

GOOD = {"email": "Wang.Fang@Acme.cn", "phone": "138 1234 5679", "news": "on"}
DOUBLE = BASE + "double_opt_in: {hours: 2}\n"


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with serving_forms(tmp_path) as running:
        yield running


def test_no_consent_counts_before_it_is_confirmed(desks: Desks) -> None:
    desks.write("contact", DOUBLE)
    token = desks.token("contact")
    for _ in range(2):
        assert desks.send("contact", {"_token": token, **GOOD}).status == 303
    assert "open the mail" in desks.get("/f/contact/thanks?lang=en").body.decode()
    (first,) = desks.bodies()
    assert (first["confirmed"], first["consents"], len(first["pendingConsents"])) == (False, [], 1)
    (mail,) = desks.post.wait(1)  # of a double click, one
    assert (mail.address, mail.purpose, mail.language) == (
        "Wang.Fang@acme.cn",
        "transactional",
        "en",
    )
    link = desks.post.link()
    assert "acme" not in link
    asked = desks.get(link)
    assert "Press the button" in asked.body.decode()
    assert len(desks.bodies()) == 1  # a scanner that opens the link confirms nothing
    for _ in range(2):
        assert desks.running.call("POST", link).status == 200
    _, second = desks.bodies()
    assert (second["confirmed"], second["consents"]) == (True, first["pendingConsents"])
    assert (second["submission"], second["traits"]) == (first["submission"], first["traits"])
    assert second["proof"]["by"] == "link in a mail"


@pytest.mark.parametrize(
    "fault", ["late", "altered", "of another form", "of another purpose", "erased"]
)
def test_link_that_is_not_good_helps_and_says_nothing(desks: Desks, fault: str) -> None:
    desks.write("contact", DOUBLE)
    desks.write("other", DOUBLE)
    desks.send("contact", GOOD)
    desks.post.wait(1)
    link = desks.post.link()
    if fault == "late":
        desks.clock.go(hours=3)
    elif fault == "altered":
        path, _, query = link.partition("?")
        link = f"{path[:-1]}{'A' if path[-1] != 'A' else 'B'}?{query}"
    elif fault == "of another form":
        link = link.replace("/f/contact/", "/f/other/")
    elif fault == "of another purpose":
        link = f"/f/contact/confirm/{desks.token('contact')}?lang=en"
    else:
        with desks.running.inbox._engine.begin() as connection:
            connection.exec_driver_sql("delete from inbox_events")
    kept = len(desks.bodies())
    for method in ("GET", "POST"):
        answer = desks.running.call(method, link)
        assert answer.status == 410
        assert "no longer works" in answer.body.decode()
        assert "Fill in the form again" in answer.body.decode()
        assert "acme" not in answer.body.decode().lower()
    assert len(desks.bodies()) == kept


def test_mail_server_that_is_away_is_asked_again_and_one_that_refuses_is_not(
    desks: Desks, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desks.write("contact", DOUBLE)
    desks.post.outcomes = [Outcome.RETRY, Outcome.RETRY]
    desks.send("contact", GOOD)
    for tries, seconds in ((1, 6), (2, 31)):
        assert _until(tmp_path, ("waiting", tries))
        desks.clock.go(seconds=seconds)
    assert _until(tmp_path, ("accepted", 3))
    desks.post.outcomes = [Outcome.UNKNOWN, Outcome.ACCEPTED]
    assert desks.send("contact", {**GOOD, "phone": ""}).status == 303
    assert _until(tmp_path, ("accepted", 3), ("unknown", 1))
    desks.clock.go(minutes=30)
    assert _soon(lambda: "a mail to confirm was not sent by smtp (x)" in caplog.text)
    assert (len(desks.post.mails), desks.post.tries) == (1, 4)  # what may have arrived: not again
    assert "acme" not in caplog.text.lower()


def _soon(holds: Callable[[], bool]) -> bool:
    """Whether it comes to hold: the service works beside the test, on a machine that may be busy."""
    until = time.monotonic() + 60
    while not holds() and time.monotonic() < until:
        time.sleep(0.02)
    return holds()


def _until(folder: Path, *mails: tuple[str, int]) -> bool:
    """Whether the outbox comes to hold these: the state and the tries of each mail."""

    def holds() -> bool:
        with sqlite3.connect(folder / "inbox.sqlite") as connection:
            found = connection.execute("select state, tries from inbox_mails").fetchall()
        return sorted(found) == sorted(mails)

    return _soon(holds)


def _have_a_mail_wait(desks: Desks, folder: Path) -> None:
    desks.write("contact", DOUBLE)
    desks.post.outcomes = [Outcome.RETRY]
    desks.send("contact", GOOD)
    assert _until(folder, ("waiting", 1))


def test_mail_that_waits_is_sent_after_a_restart_with_its_link(tmp_path: Path) -> None:
    with serving_forms(tmp_path) as first:
        _have_a_mail_wait(first, tmp_path)
    first.clock.go(minutes=1)
    with serving_forms(tmp_path, clock=first.clock) as second:
        assert _until(tmp_path, ("accepted", 2))
        assert len(second.post.mails) == 1
        assert second.running.call("POST", second.post.link()).status == 200
    with serving_forms(tmp_path, clock=first.clock) as third:
        third.clock.go(minutes=30)
        third.get("/f/contact")
    assert third.post.tries == 0  # accepted once, never again


@pytest.mark.parametrize(("minutes", "state"), [(11, "unknown"), (9, "sending")])
def test_mail_under_way_when_the_service_was_killed_is_not_sent_twice(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, minutes: int, state: str
) -> None:
    with serving_forms(tmp_path) as first:
        _have_a_mail_wait(first, tmp_path)
    first.clock.go(minutes=1)
    killed = Inbox(f"sqlite:///{tmp_path / 'inbox.sqlite'}")
    assert len(killed.outbox.claim(first.clock(), 8)) == 1
    killed.close()
    first.clock.go(minutes=minutes)
    with serving_forms(tmp_path, clock=first.clock) as second:
        assert _until(tmp_path, (state, 2))
    assert second.post.tries == 0
    assert ("mails to confirm were not sent: unknown" in caplog.text) == (state == "unknown")


@pytest.mark.parametrize("fault", ["expired", "erased", "no longer asked for"])
def test_mail_that_helps_nobody_any_more_is_not_sent(tmp_path: Path, fault: str) -> None:
    with serving_forms(tmp_path) as first:
        _have_a_mail_wait(first, tmp_path)
        if fault == "erased":
            first.running.inbox.erase(lambda body: "acme" in body)
    if fault == "no longer asked for":
        first.write("contact")
    first.clock.go(hours=3 if fault == "expired" else 1)
    with serving_forms(tmp_path, clock=first.clock) as second:
        assert _until(tmp_path, ("expired", 1) if fault == "expired" else ("failed", 2))
    assert second.post.tries == 0
    everything = b"".join(path.read_bytes() for path in tmp_path.glob("inbox.sqlite*"))
    assert fault != "erased" or b"acme" not in everything.lower()


def test_form_is_no_way_to_fill_a_mailbox(desks: Desks) -> None:
    desks.write("contact", DOUBLE + "per_minute: 1000\n")
    for n in range(6):
        desks.send("contact", {**GOOD, "email": f"wang+{n}@acme.cn"})
    assert len(desks.post.wait(3)) == 3
    assert len(desks.bodies()) == 6
