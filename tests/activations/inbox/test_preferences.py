"""The preference page, by HTTP: a GET changes nothing, a POST with the page's own token does, and no
token works for another person or purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.activations.inbox.preferences.centre import Centre, People
from sluice.activations.inbox.preferences.routes import preferences_url, routes
from sluice.activations.inbox.tokens import LinkSigner
from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import ItemResult, Outcome
from sluice.models.run import Run
from tests.activations.destinations.test_conformance import message
from tests.activations.inbox.serving import NOW, Reply, Running, serving_inbox

SIGNER = LinkSigner("k" * 64)
ADDRESS = "lin@shop.example"
CENTRE = Centre(
    {"news": {"en": "News <b>", "zh": "新闻"}, "tips": {"en": "Tips", "zh": "技巧"}},
    ("zh", "en"),
    sender="Acme & Co",
)
HEADERS = {"content-type": "application/x-www-form-urlencoded"}
SHOWN = {"was_channel": ["email", "sms"], "was_topic": ["news", "tips"], "was_frequency": "normal"}
AS_IT_IS = {"channel": ["email", "sms"], "topic": ["news", "tips"], "frequency": "normal", **SHOWN}


@dataclass
class Page:
    """A service with a ledger in which delivery 1 went to contact 7 and delivery 2 to contact 8."""

    running: Running
    ledger: Ledger

    def get(self, token: str, **headers: str) -> Reply:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return self.running.call("GET", f"/p/{token}", None, named)

    def post(self, token: str, fields: dict[str, Any], query: str = "") -> Reply:
        body = urlencode({"token": token, **fields}, doseq=True).encode()
        return self.running.call("POST", f"/p/{token}{query}", body, HEADERS)

    def stated(self) -> tuple[int, int, int]:
        """How many statements, preferences and events there are."""
        return (
            len(self.ledger.statements()),
            len(self.ledger.preferences()),
            self.running.inbox.count(),
        )


def token_of(delivery_id: int = 1, purpose: str = "preferences") -> str:
    return SIGNER.token(purpose, delivery_id)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """For tests that change nothing."""
    with serving_page(tmp_path_factory.mktemp("page")) as page:
        yield page


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """For whatever is posted."""
    with serving_page(tmp_path_factory.mktemp("fuzzed")) as page:
        yield page


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with serving_page(tmp_path) as page:
        yield page


class serving_page:
    """The service for a block."""

    def __init__(self, folder: Path, centre: Centre = CENTRE) -> None:
        self._folder, self._centre = folder, centre

    def __enter__(self) -> Page:
        self._ledger = Ledger(f"sqlite:///{self._folder / 'ledger.sqlite'}")
        sent_at = NOW - timedelta(days=10)
        run = Run("run-1", sent_at)
        push = self._ledger.open_push(("message", "news", "smtp"), run, "hold", "email")
        mails = [
            replace(message(number, f"u{number}@b.cn"), contact_id=number + 6) for number in (1, 2)
        ]
        claimed = self._ledger.claim(push, mails, sent_at)
        results = [ItemResult(one.delivery_id, Outcome.ACCEPTED) for one in mails]
        self._ledger.record(claimed, results, sent_at)
        people = self._folder / "pages.parquet"
        pq.write_table(
            pa.Table.from_pylist([row("email", "l***@***"), row("sms", "***42")]), people
        )
        self._serving = serving_inbox(
            self._folder,
            lambda commit, _: routes(self._centre, self._ledger, People(people), SIGNER, commit),
        )
        return Page(self._serving.__enter__(), self._ledger)

    def __exit__(self, *error: Any) -> None:
        self._serving.__exit__(*error)
        self._ledger.engine.dispose()


def row(channel: str, masked: str, **values: Any) -> dict[str, Any]:
    return {
        "contact_id": 7,
        "channel": channel,
        "language": "en",
        "masked_address": masked,
        "address_hash": channel[0] * 64,
        "is_granted": True,
        **values,
    }


def test_a_get_shows_what_is_known_and_changes_nothing(served: Page) -> None:
    found = served.get(token_of())
    text = found.body.decode()
    assert found.status == 200
    assert "l***@***" in text
    assert "***42" in text
    assert "News &lt;b&gt;" in text
    assert "Acme &amp; Co" in text
    assert 'value="wechat"' not in text  # no openid, no box
    assert "<script" not in text
    assert found.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in found.headers["content-security-policy"]
    assert served.running.call("HEAD", f"/p/{token_of()}").status == 200
    assert served.stated() == (0, 0, 0)


@pytest.mark.parametrize(
    ("headers", "query", "delivery_id", "language"),
    [
        ({}, "", 1, "en"),  # the person's own
        ({"accept_language": "zh-CN"}, "", 1, "en"),
        ({}, "?l=zh", 1, "zh"),
        ({"accept_language": "en-GB,en;q=0.9"}, "", 2, "en"),
        ({"accept_language": "fr, zh-TW;q=0.5"}, "", 2, "zh"),
        ({}, "?l=../../x", 2, "zh"),
    ],
)
def test_the_page_speaks_the_language_of_the_person(
    served: Page, headers: dict[str, str], query: str, delivery_id: int, language: str
) -> None:
    text = served.get(token_of(delivery_id) + query, **headers).body.decode()
    assert f'<html lang="{language}">' in text
    assert {"en": "Your preferences", "zh": "订阅偏好"}[language] in text


def altered(token: str) -> str:
    return token[:5] + ("A" if token[5] != "A" else "B") + token[6:]


@pytest.mark.parametrize(
    "token",
    [
        altered(token_of()),
        token_of()[:-2],
        token_of(purpose="click"),
        token_of(purpose="open"),
        token_of(purpose="confirm"),
        LinkSigner("other" * 10).token("preferences", 1),
        token_of(99),  # signed by us, and no message of ours
        "x",
        quote("<script>alert(1)</script>"),
        "%00",
        "..%2f..%2fetc",
    ],
)
def test_a_link_that_leads_nowhere_helps_and_says_nothing(served: Page, token: str) -> None:
    for found in (served.get(token), served.post(token, {"action": "stop_all"})):
        text = found.body.decode()
        assert found.status == 403
        assert "退订" in text
        assert "***" not in text
        assert "<script" not in text
    assert served.stated() == (0, 0, 0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"action=stop_all",
        urlencode({"token": token_of(2), "action": "stop_all"}).encode(),
        urlencode({"token": token_of(purpose="click"), "action": "stop_all"}).encode(),
        f"token={token_of()}&token={token_of()}&action=stop_all".encode(),
        ("&".join(f"f{n}=1" for n in range(400)) + f"&token={token_of()}").encode(),
        b"\xff\xfe\x00=\xff",
        b'{"token": "x"}',
    ],
)
def test_a_post_without_the_token_of_the_page_changes_nothing(served: Page, body: bytes) -> None:
    found = served.running.call("POST", f"/p/{token_of()}", body, HEADERS)
    assert found.status == 403
    assert served.stated() == (0, 0, 0)


def test_a_long_form_is_refused(served: Page) -> None:
    body = urlencode({"token": token_of(), "x": "y" * 20_000}).encode()
    assert served.running.call("POST", f"/p/{token_of()}", body, HEADERS).status == 413


def test_a_form_that_changes_nothing_says_so(served: Page) -> None:
    found = served.post(token_of(), AS_IT_IS)
    assert "Nothing was changed" in found.body.decode()
    assert served.stated() == (0, 0, 0)


@pytest.mark.parametrize(
    ("changed", "consents", "stated"),
    [
        ({"channel": ["sms"]}, [("email", "withdrawn")], []),
        ({"channel": []}, [("email", "withdrawn"), ("sms", "withdrawn")], []),
        ({"topic": ["tips"]}, [], [("topic:news", "refused")]),
        ({"topic": ["tips", "news", "unknown"]}, [], []),
        ({"frequency": "less"}, [], [("frequency", "less")]),
        ({"frequency": "hourly"}, [], []),
        ({"language": "zh", "was_language": "en"}, [], [("language", "zh")]),
        ({"language": "xx", "was_language": "en"}, [], []),
        ({"pause": "30"}, [], [("pause_until", "2026-07-29 13:00:00")]),
        ({"pause": "9999"}, [], []),
        ({"channel": ["email", "sms", "wechat", "fax"]}, [], []),
        (
            {"action": "stop_all"},
            [(name, "withdrawn") for name in ("ads", "email", "phone", "sms", "wechat")],
            [],
        ),
    ],
)
def test_what_the_person_changes_is_kept_once_with_proof(
    page: Page,
    changed: dict[str, Any],
    consents: list[tuple[str, str]],
    stated: list[tuple[str, str]],
) -> None:
    assert page.post(token_of(), {**AS_IT_IS, **changed}).status == 200
    statements = sorted(page.ledger.statements(), key=lambda one: one["channel"])
    assert [(one["channel"], one["status"]) for one in statements] == consents
    assert {(one["contact_id"], one["delivery_id"]) for one in statements} <= {(7, 1)}
    rows = page.ledger.preferences()
    assert [(one["preference"], one["value"]) for one in rows] == stated
    events = page.running.rows()
    assert len(events) == bool(consents or stated)
    for event in events:
        assert event["kind"] == "preference"
        assert event["body"]["deliveryId"] == 1
        assert len(event["body"]["changes"]) == len(consents) + len(stated)
        assert event["body"]["proof"]["channels"] == {"email": "l***@***", "sms": "***42"}
        assert "@b.cn" not in str(event["body"])


def test_a_no_silences_the_addresses_of_the_channel_at_once(page: Page) -> None:
    page.post(token_of(), {"action": "stop_all"})
    suppressed = {(one["channel"], one["reason"]) for one in page.ledger.suppressions()}
    assert suppressed == {("email", "unsubscribed"), ("sms", "unsubscribed")}
    hashes = {one["channel"]: one["address_hash"] for one in page.ledger.suppressions()}
    # the address that the message went to, and what the last run knew of the others
    assert hashes == {"email": message(1, "u1@b.cn").address_hash, "sms": "s" * 64}


def test_a_page_that_was_opened_long_ago_takes_nothing_back(page: Page) -> None:
    page.post(token_of(), {"action": "stop_all"})
    page.post(token_of(), {**AS_IT_IS, "frequency": "less"})  # its boxes are still ticked
    assert {one["status"] for one in page.ledger.statements()} == {"withdrawn"}
    text = page.get(token_of()).body.decode()
    assert not re.search(r'name="channel" value="\w+" checked', text)


def test_a_yes_is_one_more_statement_and_frees_the_address(page: Page) -> None:
    page.post(token_of(), {**AS_IT_IS, "channel": ["sms"]})
    later = {**AS_IT_IS, "was_channel": ["sms"]}
    page.post(token_of(), later)
    assert [one["status"] for one in page.ledger.statements()] == ["withdrawn", "granted"]
    # at one moment the no stands: the clock of this service does not move
    assert len(page.ledger.suppressions()) == 1


def test_another_person_is_not_touched(page: Page) -> None:
    page.post(token_of(2), {"action": "stop_all"})
    assert {one["contact_id"] for one in page.ledger.statements()} == {8}
    assert 'value="email" checked' in page.get(token_of()).body.decode()


@pytest.mark.parametrize(("days", "status"), [(9, 403), (11, 200), (None, 200)])
def test_a_link_expires_where_the_project_says_so(
    tmp_path: Path, days: int | None, status: int
) -> None:
    with serving_page(tmp_path, replace(CENTRE, link_days=days)) as page:
        assert page.get(token_of()).status == status
        assert page.post(token_of(), {"action": "stop_all"}).status == status
        assert len(page.ledger.statements()) == (5 if status == 200 else 0)


def test_a_link_holds_nothing_of_the_person(served: Page) -> None:
    url = preferences_url("https://p.shop.example", SIGNER, 1)
    assert re.fullmatch(r"https://p\.shop\.example/p/[A-Za-z0-9_-]{24}", url)


NAMES = ["token", "action", "channel", "was_channel", "topic", "frequency", "language", "pause"]
FIELDS = st.lists(
    st.tuples(
        st.sampled_from(NAMES) | st.text(max_size=12),
        st.sampled_from(["email", "less", "30", "save", token_of(), "<script>x</script>"])
        | st.text(max_size=40),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(fields=FIELDS, raw=st.binary(max_size=200), is_raw=st.booleans(), query=st.text(max_size=30))
def test_whatever_is_posted_gets_an_answer_and_harms_nobody(
    fuzzed: Page, fields: list[tuple[str, str]], raw: bytes, is_raw: bool, query: str
) -> None:
    """No error of ours, no script of theirs, and nothing stated without the token of the page."""
    before = fuzzed.stated()
    body = raw if is_raw else urlencode(fields, errors="surrogatepass").encode()
    path = f"/p/{token_of(2)}?l={quote(query, errors='replace')}"
    found = fuzzed.running.call("POST", path, body, HEADERS)
    assert found.status == 403  # of another person: no field can hold the token of this page
    assert b"<script" not in found.body
    assert fuzzed.stated() == before
    own = fuzzed.running.call("POST", f"/p/{token_of()}", body, HEADERS)
    assert own.status in {200, 403}
    assert b"<script" not in own.body
    assert {one["contact_id"] for one in fuzzed.ledger.statements()} <= {7}


@settings(max_examples=60, deadline=None)
@given(token=st.text(max_size=60))
def test_no_token_can_be_guessed(fuzzed: Page, token: str) -> None:
    found = fuzzed.get(quote(token, safe="", errors="replace"))
    assert found.status in {403, 404}
    assert b"***" not in found.body
