"""What people do in a real browser, from the form to the next decision, in one project: forms on the
hosted page and on a foreign page, a link in a mail, the preference page.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
import pytest
import yaml

from sluice.activations.inbox.http_server import Server
from sluice.orchestration.installation.project import open_project
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.installation.starter import write_project
from sluice.orchestration.serving.service import make_service
from tests.conftest import Outcome, sluice
from tests.counterparts.test_forms_chromium import Quiet
from tests.orchestration.test_inbox_run import mails_of

pytestmark = pytest.mark.counterparts
PERSON = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/126.0.0.0 Safari/537.36"
)
MAIL = '<p>Thanks</p><a href="{site}/thanks.html">Offers</a> <a href="{{{{ preferences_url }}}}">Preferences</a>'
NEWS = {
    "models/segments/seg_everybody.sql": "select contact_id from {{ ref('contact_facts') }}\n",
    "models/segments/seg_everybody.yml": """models:
  - name: seg_everybody
    description: "All contacts. One row per contact."
    config:
      meta: {segment: {label: {en: Everybody, zh: 所有人}, owner: marketing}}
    columns:
      - {name: contact_id, description: "The person."}
""",
    "models/activation/campaign_tips.sql": """select
    contact_id,
    'once' as occurrence,
    {{ sluice.json_object({'full_name': "''"}) }} as context
from {{ sluice.members_of('everybody') }}
""",
    "models/activation/campaign_tips.yml": """models:
  - name: campaign_tips
    description: "Tips, once. One row per contact and occurrence."
    config:
      meta: {campaign: {channel: email, destination: smtp, purpose: marketing, template: thank_you, segment: everybody, topic: tips, owner: marketing}}
    data_tests:
      - sluice.unique_combination: {arguments: {columns: [contact_id, occurrence]}}
    columns:
      - {name: contact_id, description: "The person."}
      - {name: occurrence, description: "once."}
      - {name: context, description: "Values for the template, a JSON object."}
""",
}


@dataclass
class Story:
    """The project between its runs, and after them."""

    home: Path
    project: Path
    site: str
    base: str
    runs: list[Outcome]

    def run(self) -> None:
        self.runs.append(sluice("--project", str(self.project), "run", "--json", home=self.home))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def write_story(project: Path, base: str, site: str) -> None:
    """The starter with a service, a topic, a form that the site may show, and no quiet hours."""
    write_project(project)
    add = partial(_append, project)
    add("sluice.yml", f"serve: {{public_url: '{base}'}}\n")
    add("sluice.yml", "preferences: {topics: {tips: {en: Tips, zh: 小贴士}}}\n")
    add("dbt_project.yml", "vars: {quiet_from_hour: 0, quiet_until_hour: 0}\n")
    form = project / "content" / "forms" / "contact.yml"
    said = yaml.safe_load(form.read_text(encoding="utf-8")) | {"min_seconds": 0, "embed": [site]}
    form.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    for language in ("en", "zh"):
        page = project / "content" / "email" / f"thank_you.{language}.html.liquid"
        page.write_text(MAIL.format(site=site), encoding="utf-8")


def _append(project: Path, name: str, text: str) -> None:
    file = project / name
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


@contextmanager
def foreign_site(folder: Path, base: str) -> Iterator[str]:
    """A site of another origin, with the snippet in a page."""
    folder.mkdir()
    (folder / "thanks.html").write_text("<title>Offers</title><h1>Offers</h1>")
    (folder / "index.html").write_text(
        f'<!doctype html><title>Ours</title><div data-sluice-form="contact" data-lang="en"></div>'
        f'<script src="{base}/f/contact.js" async></script>'
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def story(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("story")
    server = Server()
    with foreign_site(folder / "site", server.local_url) as site:
        made = Story(folder / "home", folder / "acme", site, server.local_url, [])
        write_story(made.project, made.base, site)
        made.run()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SLUICE_HOME", str(made.home))
            settings = load_settings(open_project(made.project))
            with make_service(settings, made.base) as service:
                thread = server.start(service.app)
                browse(browser, made)
                server.stop()
                thread.join(15)
        for name, text in NEWS.items():
            (made.project / name).write_text(text, encoding="utf-8")
        made.run()
        yield made


def browse(browser: Any, story: Story) -> None:
    """Two people fill in the form, Anna follows a link and withdraws, Li Na refuses a topic."""
    sent_at = time.monotonic()
    context = browser.new_context(user_agent=PERSON)
    page = context.new_page()
    page.goto(f"{story.base}/f/contact?lang=en&utm_source=baidu&utm_campaign=june")
    page.fill("[name=name]", "Wang Fang")
    page.fill("[name=email]", "Wang.Fang@hosted.example.cn")
    page.check("[name=news]")
    page.locator("button").click()
    page.wait_for_url("**/thanks?**")
    page.goto(f"{story.site}/index.html")
    page.wait_for_selector("[name=email]")
    page.fill("[name=name]", "Lei Chen")
    page.fill("[name=email]", "lei.chen@foreign.example.cn")
    page.get_by_role("button").click()
    page.wait_for_selector("form", state="detached")
    anna, li_na = mails_of(story.home)
    time.sleep(max(0.0, 5.1 - (time.monotonic() - sent_at)))  # before it, a click is a scanner's
    read_mail(page, anna)
    page.get_by_role("link", name="Offers").click()
    page.get_by_role("heading", name="Offers").wait_for()
    change(page, anna, "channel", "email")
    change(page, li_na, "topic", "tips")
    context.close()


def read_mail(page: Any, mail: str) -> None:
    """Show a mail with its images, under the policy of no page that was there before."""
    page.goto("about:blank")
    page.set_content(mail)


def change(page: Any, mail: str, group: str, value: str) -> None:
    """Untick a box of the page that a mail's link leads to."""
    read_mail(page, mail)
    page.get_by_role("link", name="Preferences").click()
    page.uncheck(f"input[type=checkbox][name={group}][value={value}]")
    page.locator("button[value=save]").click()
    page.get_by_role("status").wait_for()


def test_both_runs_end_well(story: Story) -> None:
    assert [one.code for one in story.runs] == [0, 0], story.runs[-1].stderr


def test_what_people_did_is_an_event_of_theirs(story: Story) -> None:
    found = story.rows(
        "select distinct c.full_name, e.event_type, e.subject, e.utm_source, e.is_machine"
        " from contacts.contact_events as e join contacts.dim_contacts as c using (contact_id)"
        # whether a page without an address may load the pixel is the browser's own policy
        " where e.source in ('inbox', 'sluice') and e.event_type <> 'email_opened' order by all"
    )
    assert found == [
        ("Anna Berg", "email_clicked", "thank_you", None, False),
        ("Lei Chen", "form_submitted", "contact", None, False),
        ("Wang Fang", "form_submitted", "contact", "baidu", False),
    ]


def test_consents_are_what_people_said(story: Story) -> None:
    found = story.rows(
        "select c.full_name, k.status from contacts.contact_consents as k"
        " join contacts.dim_contacts as c using (contact_id)"
        " where k.channel = 'email' and k.purpose = 'marketing' order by all"
    )
    assert found == [
        ("Anna Berg", "withdrawn"),
        ("Bo Lind", "granted"),
        ("Eva Holm", "granted"),
        ("Wang Fang", "granted"),
        ("李娜", "granted"),
        ("王伟", "withdrawn"),
    ]
    changes = story.rows(
        "select c.full_name, p.preference, p.value from inbox.preferences as p"
        " join contacts.dim_contacts as c using (contact_id) order by all"
    )
    assert changes == [
        ("Anna Berg", "channel:email:marketing", "withdrawn"),
        ("李娜", "topic:tips", "refused"),
    ]


def test_the_next_decision_goes_by_it(story: Story) -> None:
    found = story.rows(
        "select c.full_name, m.decision, m.reason from activation.message_decisions as m"
        " join contacts.dim_contacts as c using (contact_id)"
        " where m.campaign = 'tips' order by all"
    )
    assert found == [
        ("Anna Berg", "suppress", "unsubscribed"),
        ("Bo Lind", "send", "due"),
        ("Eva Holm", "send", "due"),
        ("Lei Chen", "suppress", "no_consent"),
        ("Wang Fang", "send", "due"),
        ("李娜", "suppress", "topic_refused"),
        ("王伟", "suppress", "withdrawn"),
    ]
    assert story.runs[1].json["messages"]["sent"] == 3
