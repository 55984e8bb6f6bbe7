"""From a message to the preference page to the next run: what a person states there is obeyed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from sluice.activations.inbox.preferences.centre import Centre, People
from sluice.activations.inbox.preferences.routes import routes
from sluice.activations.inbox.tokens import LinkSigner
from sluice.orchestration.installation.project import PACKAGE_PROJECT
from tests.activations.inbox.serving import serving_inbox
from tests.dbt_project.message_project import MessageProject
from tests.dbt_project.test_message_policy import EVENING

SIGNER = LinkSigner("k" * 64)
CENTRE = Centre({"news": {"en": "News", "zh": "新闻"}, "tips": {"en": "Tips", "zh": "技巧"}})
SHOWN = {"was_channel": "email", "was_topic": ["news", "tips"], "was_frequency": "normal"}
AS_IT_IS = {"channel": "email", "topic": ["news", "tips"], "frequency": "normal", **SHOWN}
STATED: dict[int, dict[str, Any]] = {
    1: {"topic": ["tips"]},
    2: {"pause": "30"},
    3: {"frequency": "less"},
    4: {"action": "stop_all"},
}
DAYS = timedelta(days=1)
HEADERS = {"content-type": "application/x-www-form-urlencoded"}


class Story:
    """Runs of a small project, and what people state between them."""

    def __init__(self, project: MessageProject) -> None:
        self.project = project

    def run(self, campaign: str, as_of: datetime, **settings: Any) -> dict[int, str]:
        """A campaign of its own in a run; the reason by contact."""
        self.project.write_campaign(campaign, [1, 2, 3, 4, 5], **settings)
        self.project.run(as_of)
        sql = f"select contact_id, reason from activation.message_decisions where campaign = '{campaign}'"
        return dict(sorted(self.project.query(sql)))

    def state(self, contact: int, at: datetime, **fields: Any) -> int:
        """What a contact posts by the link of the first message. Returns the status."""
        sql = f"select message_id from activation.message_decisions where campaign = 'first' and contact_id = {contact}"
        ((delivery_id,),) = self.project.query(sql)
        token, people = SIGNER.token("preferences", delivery_id), self.project.home / "none.parquet"
        body = urlencode({**AS_IT_IS, **fields, "token": token}, doseq=True).encode()
        with serving_inbox(
            self.project.home,
            lambda commit, _: routes(CENTRE, self.project.ledger, People(people), SIGNER, commit),
            clock=lambda: at,
        ) as running:
            return running.call("POST", f"/p/{token}", body, HEADERS).status


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[int, str]]]:
    """All of it, once: the reasons of each run."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLUICE_HOME", str(home))
        project = MessageProject(tmp_path_factory.mktemp("preferences") / "project", home)
        shutil.copyfile(
            PACKAGE_PROJECT / "models" / "contacts" / "contact_preferences.sql",
            project.folder / "models" / "inputs" / "contact_preferences.sql",
        )
        project.add_contacts([1, 2, 3, 4, 5])
        told, now = Story(project), EVENING
        found = {"first": told.run("first", now, topic="news")}
        for contact, fields in STATED.items():
            assert told.state(contact, now + timedelta(hours=1), **fields) == 200
        found["next"] = told.run("next", now + 2 * DAYS, topic="news")
        found["other_topic"] = told.run("other_topic", now + 2 * DAYS, topic="tips")
        found["receipt"] = told.run(
            "receipt", now + 2 * DAYS, topic="news", purpose="transactional"
        )
        assert told.state(4, now + 3 * DAYS, was_channel="") == 200
        found["later"] = told.run("later", now + 40 * DAYS, topic="news")
        project.ledger.engine.dispose()
        yield found


@pytest.mark.parametrize(
    ("run", "reasons"),
    [
        ("first", ["due"] * 5),
        ("next", ["topic_refused", "person_paused", "less_often", "unsubscribed", "due"]),
        ("other_topic", ["due", "person_paused", "less_often", "unsubscribed", "due"]),
        # what a person asked for is about marketing; an address that was silenced stays silent
        ("receipt", ["due", "due", "due", "unsubscribed", "due"]),
        ("later", ["topic_refused", "due", "lower_priority", "due", "due"]),
    ],
)
def test_the_next_runs_obey_what_was_stated(
    story: dict[str, dict[int, str]], run: str, reasons: list[str]
) -> None:
    assert story[run] == dict(enumerate(reasons, start=1))
