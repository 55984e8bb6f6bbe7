"""What people do comes back: the links of a mail that was sent, the pages of a site and its forms,
from the service that is called to the contact that the next run knows.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
from dataclasses import dataclass
from email import message_from_string, policy
from html import unescape
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sluice.activations.inbox.http_server import Server
from sluice.orchestration.installation.project import open_project
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.installation.starter import write_project
from sluice.orchestration.serving.service import make_service
from tests.activations.inbox.serving import Reply, Running
from tests.conftest import Outcome, sluice

BASE, KEY = "https://hooks.acme.example", "wk_website_1"
SERVE = f"serve: {{public_url: '{BASE}', sources: {{website: {{write_key: {KEY}}}}}}}\n"
PAGE = (
    '<html><body><a href="https://acme.example/thanks">谢谢</a>'
    ' <a href="{{ unsubscribe_url }}">unsubscribe</a></body></html>'
)
CHROME = {"user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0"}


@dataclass
class Story:
    """What the first run sent, what was answered to its recipients, and what the second one knew."""

    home: Path
    first: Outcome
    mails: list[str]
    answers: list[Reply]
    second: Outcome

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("inbox")
    project, home = folder / "acme", folder / "home"
    write_project(project)
    settings_file = project / "sluice.yml"
    settings_file.write_text(settings_file.read_text(encoding="utf-8") + SERVE, encoding="utf-8")
    for language in ("en", "zh"):
        page = project / "content" / "email" / f"thank_you.{language}.html.liquid"
        page.write_text(PAGE, encoding="utf-8")
    noon = ("--as-of", "2026-07-01T12:00+08:00")  # the hours of who is written to are not quiet
    first = sluice("--project", str(project), "run", *noon, "--json", home=home)
    mails = mails_of(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLUICE_HOME", str(home))
        time.sleep(5.1)  # who clicks in the first five seconds is a scanner
        answers = call_all(load_settings(open_project(project)), mails)
    second = sluice("--project", str(project), "run", "--json", home=home)
    return Story(home, first, mails, answers, second)


def mails_of(home: Path) -> list[str]:
    """The HTML of the mails that the sandbox received, as a reader has it, by recipient."""
    with sqlite3.connect(home / "sandbox.sqlite") as connection:
        sources = connection.execute("select source from mails order by recipient").fetchall()
    found = []
    for (source,) in sources:
        part = message_from_string(source, policy=policy.default).get_body(("html",))
        assert part is not None
        found.append(str(part.get_content()))
    return found


def call_all(settings: Any, mails: list[str]) -> list[Reply]:
    """Anna's mail is opened and its link followed; a scanner follows the other; then she visits."""
    server = Server()
    with make_service(settings, BASE) as service:
        thread = server.start(service.app)
        running = Running(server, None)  # type: ignore[arg-type]
        answers = [running.call("GET", link_of(mails[0], kind), None, CHROME) for kind in "oc"]
        scanner = {"user-agent": "Barracuda Sentinel (EE)"}
        answers.append(running.call("GET", link_of(mails[1], "c"), None, scanner))
        visit = {
            "anonymousId": "cookie-1",
            "context": {"page": {"url": "https://acme.example/price"}},
        }
        answers.append(running.post("/v1/page", {**visit, "messageId": "1", "writeKey": KEY}))
        traits = {"email": "ANNA.berg@mail.example", "phone": "+8613800138001", "plan": "pro"}
        who = {"userId": "u-1", "anonymousId": "cookie-1", "traits": traits, "writeKey": KEY}
        answers.append(running.post("/v1/identify", who))
        server.stop()
        thread.join(15)
    return answers


def link_of(html: str, kind: str) -> str:
    found = re.search(rf"{BASE}(/{kind}/[^\"'\s]+)", html)
    assert found is not None, html
    return unescape(found[1])


def test_all_is_answered(story: Story) -> None:
    assert (story.first.code, story.second.code) == (0, 0), (
        story.second.stdout + story.second.stderr
    )
    assert [one.status for one in story.answers] == [200, 302, 302, 200, 200]
    target = "https://acme.example/thanks?utm_source=sluice&utm_medium=email&utm_campaign=thank_you"
    assert story.answers[1].headers["location"] == target


def test_no_link_of_ours_names_a_person(story: Story) -> None:
    for html in story.mails:
        assert not re.search(r"@|mail\.example|K-\d", " ".join(re.findall(r"https?://\S+", html)))


def test_opens_and_clicks_belong_to_the_recipient_and_the_campaign(story: Story) -> None:
    found = story.rows(
        "select c.full_name, e.event_type, e.subject, e.is_machine, e.delivery_id is not null"
        " from contacts.contact_events as e join contacts.dim_contacts as c using (contact_id)"
        " where e.source = 'sluice' order by all"
    )
    assert found == [
        ("Anna Berg", "email_clicked", "thank_you", False, True),
        ("Anna Berg", "email_opened", "thank_you", False, True),
        (found[2][0], "email_clicked", "thank_you", True, True),
    ]
    assert found[2][0] != "Anna Berg"


def test_a_visitor_who_says_who_she_is_is_the_person_we_know(story: Story) -> None:
    found = story.rows(
        "select c.full_name, c.phone, e.event_type, e.subject from contacts.contact_events as e"
        " join contacts.dim_contacts as c using (contact_id) where e.source = 'inbox'"
    )
    assert found == [("Anna Berg", "+8613800138001", "page_view", "/price")]
    assert story.rows("select count(*) from contacts.dim_contacts") == [(5,)]
    plan = "select attribute_value from contacts.contact_attributes where attribute = 'plan'"
    assert story.rows(plan) == [("pro",)]


def test_what_was_landed_is_not_landed_again(story: Story) -> None:
    assert story.rows("select count(*), max(event_id) from inbox.events") == [(5, 5)]
    assert json.loads(story.second.stdout)["messages"]["sent"] == 0
