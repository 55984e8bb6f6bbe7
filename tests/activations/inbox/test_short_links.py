"""Short links of SMS: each leads where its message said, the same each time, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from sluice.activations.destinations.sms.twilio.client import Twilio
from sluice.activations.destinations.sms.twilio.config import TwilioConfig
from sluice.activations.inbox import links, short_links
from sluice.activations.inbox.links import message_event
from sluice.activations.inbox.short_links import LETTERS, Shortener, ShortLink, ShortLinks
from sluice.activations.inbox.store import Inbox
from sluice.activations.inbox.tracking import Tracker
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Outcome
from tests.activations.destinations.sms.sms_items import sms, texts
from tests.activations.inbox.serving import Running, serving_inbox
from tests.activations.inbox.test_links import BASE, CHROME, SIGNER

KEY = "k" * 32
TARGET = "https://shop.example/price?a=1"


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    found = Inbox(f"sqlite:///{tmp_path / 'inbox.sqlite'}")
    yield found
    found.close()


@pytest.fixture
def service(tmp_path: Path, inbox: Inbox) -> Iterator[Running]:
    find = inbox.short_links.find
    with serving_inbox(tmp_path, lambda commit, _: links.routes(SIGNER, commit, find)) as running:
        yield running


def tracker(inbox: Inbox, key: str = KEY, **changes: bool) -> Tracker:
    return Tracker(
        BASE,
        SIGNER,
        utm={"utm_medium": "sms"},
        shorten=Shortener(BASE, key, inbox.short_links),
        **changes,
    )


def test_link_of_a_text_is_short_and_leads_where_the_text_said(
    inbox: Inbox, service: Running
) -> None:
    text = tracker(inbox).text(f"价格{TARGET}，拒收请回复R", -7)
    found = re.fullmatch(rf"价格{BASE}(/l/([{LETTERS}]{{10}}))，拒收请回复R", text)
    assert found is not None
    answer = service.call("GET", found[1], None, CHROME)
    assert (answer.status, answer.headers["location"]) == (302, f"{TARGET}&utm_medium=sms")
    event = message_event(service.inbox_rows()[-1])
    assert event is not None
    assert (event.event_type, event.delivery_id, event.link, event.is_machine) == (
        "sms_clicked",
        -7,
        "shop.example/price",
        False,
    )


def test_same_message_has_the_same_link_and_another_has_another(inbox: Inbox) -> None:
    first = tracker(inbox).text(TARGET, 7)
    assert tracker(inbox).text(TARGET, 7) == first
    others = {
        tracker(inbox).text(TARGET, 8),
        tracker(inbox).text(TARGET + "2", 7),
        tracker(inbox, key="l" * 32).text(TARGET, 7),
    }
    assert len({first, *others}) == 4


def test_two_links_with_the_same_letters_stay_two(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        short_links, "_token", lambda key, link, number: "ab"[number % 2] * short_links.LENGTH
    )
    one, two = ShortLink(1, TARGET), ShortLink(2, TARGET)
    tokens = [inbox.short_links.keep(KEY, link) for link in (one, two, one, two)]
    assert [token[0] for token in tokens] == ["a", "b", "a", "b"]
    assert [inbox.short_links.find(token) for token in tokens] == [one, two, one, two]


@pytest.mark.parametrize(
    "token", ["", "x", "1" * 10, "0" * 10, "1" * 4_000, "%F0%9F%98%80", "..%2Fc", "' or 1=1 --"]
)
def test_letters_that_stand_for_nothing_lead_nowhere(service: Running, token: str) -> None:
    path = f"/l/{token}?u=https%3A%2F%2Fevil.example".replace(" ", "%20")
    answer = service.call("GET", path, None, CHROME)
    assert (answer.status, answer.headers.get("location")) == (404, None)
    assert b"evil" not in answer.body
    assert service.inbox_rows() == []


def test_what_is_kept_leads_to_the_web_alone(inbox: Inbox, service: Running) -> None:
    for target in ("javascript:alert(1)", "//evil.example", "/x"):
        token = inbox.short_links.keep(KEY, ShortLink(7, target))
        assert service.call("GET", f"/l/{token}").status == 404


@pytest.mark.parametrize(
    ("text", "shortened"),
    [
        ("See https://shop.example/a.", "See L."),
        ("(http://shop.example/a), https://shop.example", "(L), L"),
        ("HTTPS://SHOP.EXAMPLE/A 看", "L 看"),
        (f"{BASE}/p/abc and shop.example/a stay", f"{BASE}/p/abc and shop.example/a stay"),
        ("https:// is no link", "https:// is no link"),
    ],
)
def test_what_is_a_link(inbox: Inbox, text: str, shortened: str) -> None:
    found = tracker(inbox).text(text, 5)
    assert re.sub(rf"{BASE}/l/\w{{10}}", "L", found) == shortened


@given(st.text(alphabet=st.characters(exclude_characters=":")))
def test_text_without_links_stays(text: str) -> None:
    shorten = Shortener(BASE, KEY, ShortLinks(sa.create_engine("sqlite://")))
    assert Tracker(BASE, SIGNER, shorten=shorten).text(text, 5) == text


def test_message_goes_out_where_clicks_are_not_kept(inbox: Inbox) -> None:
    assert tracker(inbox, clicks=False).text(TARGET, 5) == TARGET
    with inbox._engine.begin() as connection:
        short_links.metadata.drop_all(connection)
    assert tracker(inbox).text(TARGET, 5) == f"{TARGET}&utm_medium=sms"


def test_links_of_a_person_are_erased(inbox: Inbox, tmp_path: Path) -> None:
    gone, kept = (inbox.short_links.keep(KEY, ShortLink(n, f"{TARGET}{n}")) for n in (11, 22))
    assert inbox.short_links.erase([11, 33]) == 1
    assert inbox.short_links.find(gone) is None
    assert inbox.short_links.find(kept) == ShortLink(22, f"{TARGET}22")
    data = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert f"{TARGET}11".encode() not in data


def test_sms_is_sent_with_short_links_where_it_is_tracked(inbox: Inbox, tmp_path: Path) -> None:
    content = tmp_path / "content"
    (content / "sms").mkdir(parents=True)
    (content / "sms" / "news.en.liquid").write_text("{{ link }} Reply STOP to opt out")
    with Sandbox(tmp_path, names=["twilio"]) as sandbox:
        config = TwilioConfig(**{**sandbox.endpoints()["twilio"], "content": content})
        plain = replace(sms(1, "+14155550100", "news", "en", link=TARGET), purpose="marketing")
        tracked = replace(plain, delivery_id=2, tracker=tracker(inbox))
        results = Twilio(config).send([plain]) + Twilio(config).send([tracked])
        bodies = [body for _, _, body in texts(sandbox, "twilio")]
    assert [one.outcome for one in results] == [Outcome.ACCEPTED] * 2, results
    assert bodies[0].startswith(f"{TARGET} Reply")
    assert re.match(rf"{BASE}/l/\w{{10}} Reply", bodies[1])
