"""The preference page in a real browser, from a link in a mail; no script runs in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.content.templates import render_mail
from sluice.activations.inbox.preferences.routes import preferences_url
from tests.activations.destinations.test_conformance import message
from tests.activations.inbox.test_preferences import SIGNER, Page, serving_page

pytestmark = pytest.mark.counterparts


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Page]:
    with serving_page(tmp_path) as page:
        yield page


def mail_with(url: str, folder: Path) -> str:
    """The HTML of a mail whose template has the link."""
    texts = {
        "subject.liquid": "News",
        "txt.liquid": "{{ preferences_url }}",
        "html.liquid": '<p>News</p><a href="{{ preferences_url }}">Preferences</a>',
    }
    (folder / "email").mkdir()
    for suffix, text in texts.items():
        (folder / "email" / f"news.en.{suffix}").write_text(text, encoding="utf-8")
    mail = replace(message(1, "u1@b.cn"), template="news", language="en")
    return render_mail(replace(mail, values={"preferences_url": url}), folder)[2]


def test_a_person_changes_preferences_from_a_link_in_a_mail(
    browser: Any, served: Page, tmp_path: Path
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_content(
        mail_with(preferences_url(served.running.server.local_url, SIGNER, 1), tmp_path)
    )
    page.get_by_role("link", name="Preferences").click()
    page.get_by_role("heading", name="Your preferences").wait_for()
    assert served.stated() == (0, 0, 0)
    page.get_by_label("Tips").uncheck()
    page.get_by_label("SMS").uncheck()
    page.get_by_label("Less often").check()
    page.get_by_label("Language of the messages").select_option("zh")
    page.get_by_label("Pause all").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("status").wait_for()
    stated = {one["preference"]: one["value"] for one in served.ledger.preferences()}
    assert stated == {
        "topic:tips": "refused",
        "frequency": "less",
        "language": "zh",
        "pause_until": "2026-07-29 13:00:00",
    }
    statements = served.ledger.statements()
    assert [(one["channel"], one["contact_id"]) for one in statements] == [("sms", 7)]
    assert not page.get_by_label("Tips").is_checked()  # the page shows what is so now
    page.get_by_role("button", name="Stop all").click()
    page.get_by_text("no more marketing").wait_for()
    assert {one["channel"] for one in served.ledger.suppressions()} == {"email", "sms"}
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1200])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_read_on_every_width(
    browser: Any, served: Page, width: int, language: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    wrong: list[str] = []
    page.on("console", lambda one: wrong.append(one.text))
    page.goto(f"{preferences_url(served.running.server.local_url, SIGNER, 1)}?l={language}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("button").count() == 2
    assert wrong == []  # nothing that the policy of the page forbids
    page.close()
