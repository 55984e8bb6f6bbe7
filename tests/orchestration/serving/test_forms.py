"""Forms of the sample company as `sluice serve` serves them: people are looked up, mails to confirm leave, and the commands count."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import dataclass
from email import message_from_string, policy
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from sluice.activations.inbox.http_server import Server
from sluice.activations.inbox.store import Inbox
from sluice.orchestration.authoring.lint import lint_static
from sluice.orchestration.installation.project import open_project
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.runs import lock
from sluice.orchestration.serving.known_people import KnownPeople
from sluice.orchestration.serving.service import make_service
from sluice.orchestration.warehouse.reader import open_warehouse
from tests.activations.inbox.serving import Running
from tests.conftest import sluice
from tests.projects import sample_project

IDENTIFIERS = """
create schema contacts;
create table contacts.contact_identifiers as
select * from (values (1, 'email', 'wang@acme.cn', 'own'), (1, 'phone', '+8613812345679', 'own'),
    (2, 'phone', '+8613912345670', 'own'), (3, 'email', 'info@acme.cn', 'role'),
    (4, 'email', 'two@acme.cn', 'own'), (5, 'email', 'two@acme.cn', 'own'))
    as t(contact_id, identifier_type, identifier_value, quality)
"""


@dataclass(frozen=True)
class Asked:
    """A project whose forms were asked: its folder and home, the pages, and what was kept."""

    project: Path
    home: Path
    pages: dict[str, int]
    kept: list[dict[str, Any]]
    mails: list[str]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home whose warehouse knows a few people."""
    monkeypatch.setenv("SLUICE_HOME", str(tmp_path))
    found = load_settings()
    with open_warehouse(found.warehouse, read_only=False) as session:
        session.execute(IDENTIFIERS)
    return found


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """A newsletter form that is sent, and confirmed by the link of the mail in the sandbox."""
    folder = tmp_path_factory.mktemp("forms")
    project, home = sample_project(folder / "project", is_lean=True), folder / "home"
    forms = project / "content" / "forms"
    for path in forms.glob("*.yml"):
        path.write_text(path.read_text(encoding="utf-8") + "min_seconds: 0\n", encoding="utf-8")
    (forms / "wrong.yml").write_text("title: a\nfields:\n  x: {label: a, type: colour}\n")
    pages: dict[str, int] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLUICE_HOME", str(home))
        found = load_settings(open_project(project))
        server = Server()
        with make_service(found, server.local_url) as service:
            pages["left out"] = sum("wrong" in name for name in service.left_out)
            thread = server.start(service.app)
            running = Running(server, Inbox(found.inbox))
            for name in ("demo", "newsletter", "satisfaction", "wrong"):
                pages[name] = running.call("GET", f"/f/{name}").status
            _send(running, {"email": "wang.fang@acme.cn", "news": "on"})
            link = _link(home)
            pages["confirmed"] = running.call("POST", link).status
            _send(running, {"email": "b@acme.cn", "news": "on", "_topic": "x"})
            kept = [row["body"] for row in running.rows()]
            server.stop()
            thread.join(15)
    return Asked(project, home, pages, kept, _mails(home))


def _send(running: Running, values: dict[str, str]) -> None:
    token = running.call("GET", "/f/newsletter.json").json()["token"]
    body = urlencode({**values, "_token": token}).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert running.call("POST", "/f/newsletter", body, kind).status == 303


def _mails(home: Path) -> list[str]:
    with sqlite3.connect(home / "sandbox.sqlite") as connection:
        sources = connection.execute("select source from mails").fetchall()
    parts = [message_from_string(s, policy=policy.default).get_body(("plain",)) for (s,) in sources]
    return [part.get_content() for part in parts if part is not None]


def _link(home: Path) -> str:
    """The path of the link in the mail, which is sent after the answer."""
    import re
    import time

    for _ in range(1200):  # a minute: the machine may be busy
        mails = _mails(home)
        if mails:
            return re.findall(r"http://[^/]+(/f/\S+)", mails[0])[0]  # type: ignore[no-any-return]
        time.sleep(0.05)
    raise AssertionError("no mail came")


def test_forms_are_served_and_the_wrong_one_is_left_out(asked: Asked) -> None:
    assert asked.pages == {
        "left out": 1,
        "demo": 200,
        "newsletter": 200,
        "satisfaction": 200,
        "wrong": 503,
        "confirmed": 200,
    }


def test_mail_confirms_the_consent(asked: Asked) -> None:
    assert len(asked.mails) == 1
    assert [(one["confirmed"], len(one["consents"]), one.get("spam")) for one in asked.kept] == [
        (False, 0, None),
        (True, 1, None),
        (False, 0, True),
    ]


def test_commands_count(asked: Asked) -> None:
    shown = sluice("--project", str(asked.project), "forms", "list", "--json", home=asked.home)
    rows = {row["form"]: row for row in json.loads(shown.stdout)}
    assert shown.code == 1
    assert "wrong.yml: line 3: fields.x.type" in rows["wrong"]["wrong"]
    counts = {
        name: rows["newsletter"][name]
        for name in ("submissions", "confirmed", "waiting", "machines")
    }
    assert counts == {"submissions": 1, "confirmed": 1, "waiting": 0, "machines": 1}
    one = sluice("--project", str(asked.project), "forms", "show", "newsletter", home=asked.home)
    assert '<script src="http://127.0.0.1:8085/f/newsletter.js" async></script>' in one.stdout
    none = sluice("--project", str(asked.project), "forms", "show", "nothing", home=asked.home)
    assert (none.code, "there is demo, newsletter" in none.stderr) == (2, True)


def test_lint_names_the_line(asked: Asked) -> None:
    found = [one for one in lint_static(asked.project) if one.rule == "form"]
    assert [(one.file, one.line) for one in found] == [("content/forms/wrong.yml", 3)]


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ("page: nowhere\n", "there is no page nowhere in zh"),
        ("double_opt_in: {destination: fax}\n", "there is no destination fax"),
        ("double_opt_in: {template: nothing}\n", "there is no template nothing for email"),
        ("page: broken\n", "broken.zh.html.liquid is wrong"),
    ],
)
def test_lint_draws_the_page(asked: Asked, tmp_path: Path, extra: str, words: str) -> None:
    project = tmp_path / "project"
    shutil.copytree(asked.project / "content", project / "content")
    shutil.copy(asked.project / "dbt_project.yml", project)
    (project / "content" / "pages").mkdir()
    (project / "content" / "pages" / "broken.zh.html.liquid").write_text("{{ form.colour }}")
    form = "title: a\nfields: {e: {type: email, label: a}}\n"
    (project / "content" / "forms" / "wrong.yml").write_text(form + extra)
    found = [one.message for one in lint_static(project) if one.file.endswith("wrong.yml")]
    assert any(words in message for message in found), found


@pytest.mark.parametrize(
    ("keys", "contact"),
    [
        ({"email": "wang@acme.cn"}, 1),
        ({"phone": "+8613812345679"}, 1),
        ({"email": "wang@acme.cn", "phone": "+8613812345679"}, 1),
        ({"email": "new@acme.cn", "phone": "+8613912345670"}, 2),
        ({"email": "wang@acme.cn", "phone": "+8613912345670"}, None),  # two people
        ({"email": "two@acme.cn"}, None),
        ({"email": "info@acme.cn"}, None),  # whose is it?
        ({"email": "' or 1=1 --"}, None),
    ],
)
def test_person_is_known(settings: Settings, keys: dict[str, str], contact: int | None) -> None:
    people = KnownPeople(settings, seconds=20)
    assert [people.find(keys) for _ in range(2)] == [contact, contact]


def test_home_without_contacts_knows_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLUICE_HOME", str(tmp_path))
    with pytest.raises(TimeoutError):
        KnownPeople(load_settings()).find({"email": "a@acme.cn"})


def test_nobody_is_looked_up_while_a_run_is_at_work(settings: Settings) -> None:
    people = KnownPeople(settings, seconds=20)
    lock.hold(settings.home / lock.LOCK_FILE)
    try:
        with pytest.raises(TimeoutError):
            people.find({"email": "a@acme.cn"})
    finally:
        lock.let_go(settings.home / lock.LOCK_FILE)


def test_warehouse_that_is_slow_is_not_waited_for(settings: Settings) -> None:
    people = KnownPeople(settings, seconds=0.0)
    people._lock.acquire()
    with pytest.raises(TimeoutError):
        people.find({"email": "a@acme.cn"})
