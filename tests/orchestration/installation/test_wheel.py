"""From `pip install` to the first delivery and through an upgrade, as docs/install.md says."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.orchestration.installation.wheels import Installed, build_wheel
from tests.warm import ROOT

AS_OF = ("--as-of", "2026-07-01T12:00+00:00")
SOURCES = """sources:
  - name: till
    description: "The tills of the shops. Times without an offset are Europe/Berlin."
    schema: raw
    config: {meta: {time_zone: Europe/Berlin}}
    tables:
      - name: members
        description: "One row per member."
        columns:
          - {name: card, data_type: varchar, description: "Number of the card.", config: {meta: {required: true}}}
          - {name: mailbox, data_type: varchar, description: "E-mail.", config: {meta: {personal_data: true}}}
          - {name: called, data_type: varchar, description: "Name.", config: {meta: {personal_data: true}}}
          - {name: tongue, data_type: varchar, description: "Language."}
          - {name: may_write, data_type: varchar, description: "J or N."}
          - {name: since, data_type: timestamp, description: "When they joined.", config: {meta: {required: true}}}
      - name: receipts
        description: "One row per purchase."
        columns:
          - {name: bon, data_type: varchar, description: "Number of the receipt.", config: {meta: {required: true}}}
          - {name: card, data_type: varchar, description: "Whose.", config: {meta: {required: true}}}
          - {name: paid, data_type: double, description: "EUR."}
          - {name: paid_on, data_type: timestamp, description: "When.", config: {meta: {required: true}}}
"""
MEMBERS = "{{ source('till', 'members') }}"
# what the user writes, besides the data
FILES = {
    "models/staging/till/_till__sources.yml": SOURCES,
    "models/staging/till/stg_till__contacts.sql": (
        "select {{ sluice.contact_record('till', record_id='card', email='mailbox',"
        f" full_name='called', language='tongue', created_at='since') }}}}\nfrom {MEMBERS}\n"
    ),
    "models/staging/till/stg_till__consents.sql": (
        """select {{ sluice.consent_statement("'till'", 'card', "'email'","""
        """ "case may_write when 'J' then 'granted' else 'withdrawn' end", 'since', "'form'")"""
        f" }}}}\nfrom {MEMBERS}\n"
    ),
    "models/staging/till/stg_till__events.sql": (
        "select {{ sluice.contact_event('till', event_id='bon', event_type=\"'order_placed'\","
        " occurred_at='paid_on', record_source=\"'till'\", record_id='card', amount='paid',"
        " currency=\"'EUR'\") }}\nfrom {{ source('till', 'receipts') }}\n"
    ),
    "models/segments/seg_repeat_buyers.sql": (
        "select contact_id\nfrom {{ ref('contact_facts') }}\n"
        "where {{ sluice.performed('order_placed', at_least=3) }}\n"
    ),
    "models/activation/campaign_thank_you.sql": (
        "select m.contact_id, 'once' as occurrence,\n    {{ sluice.json_object({'full_name':"
        " \"coalesce(c.full_name, '')\", 'orders': 'a.order_count'}) }} as context\n"
        "from {{ sluice.members_of('repeat_buyers') }} as m\n"
        "inner join {{ ref('dim_contacts') }} as c on m.contact_id = c.contact_id\n"
        "inner join {{ ref('contact_activity') }} as a on m.contact_id = a.contact_id\n"
    ),
    "models/activation/sync_crm_contacts.sql": (
        "select c.contact_id, c.email, c.full_name, a.order_count\n"
        "from {{ ref('dim_contacts') }} as c\n"
        "inner join {{ ref('contact_activity') }} as a on c.contact_id = a.contact_id\n"
        "where a.order_count > 0\n"
    ),
    "content/email/thank_you.en.txt.liquid": (
        "{{ full_name }}, thank you for {{ orders }} orders.\n{{ unsubscribe_url }}\n"
    ),
}
DATA = {
    "raw/members.csv": """card,mailbox,called,tongue,may_write,since
0001,ada@kunde.example,Ada Kranz,en,J,2026-01-02 10:00:00
0002,ben@kunde.example,Ben Roth,en,J,2026-01-03 10:00:00
0003,cem@kunde.example,Cem Ay,en,N,2026-01-04 10:00:00
0004,dai@kunde.example,戴丽,zh,J,2026-01-05 10:00:00
0005,eli@kunde.example,Eli Wolf,en,J,2026-01-06 10:00:00
""",
    "raw/receipts.csv": "bon,card,paid,paid_on\n"
    + "".join(
        f"B{card}{n},{card},{10 + n}.50,2026-0{n + 1}-10 12:00:00\n"
        for card, count in {"0001": 3, "0002": 2, "0003": 4, "0004": 3}.items()
        for n in range(1, count + 1)
    ),
}
MOST_FILES, MOST_COMMANDS = 8, 10


@dataclass
class Story:
    """What the user did, and what came of it."""

    project: Path
    commands: list[str] = field(default_factory=list)
    outcomes: dict[str, subprocess.CompletedProcess[str]] = field(default_factory=dict)
    received: dict[str, tuple[dict[str, int], int]] = field(default_factory=dict)


def received(project: Path) -> tuple[dict[str, int], int]:
    """Mails by recipient, and contacts of the CRM, as the sandbox has them."""
    with sqlite3.connect(project / ".sluice" / "sandbox.sqlite") as store:
        mails = store.execute("select recipient, count(*) from mails group by 1").fetchall()
        ((contacts,),) = store.execute("select count(*) from contacts where is_archived = 0")
    return dict(mails), contacts


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("outside")
    installed = Installed.make(folder / "env")
    reported = Story(folder / "acme")

    def do(name: str, *arguments: str, cwd: Path) -> None:
        reported.commands.append(" ".join(["sluice", *arguments]))
        reported.outcomes[name] = installed.run(*arguments, cwd=cwd)

    def install(version: str = "") -> None:
        reported.commands.append("pip install")
        (folder / f"wheel{version}").mkdir()
        installed.install(build_wheel(folder / f"wheel{version}", version))

    install()
    do("init", "init", "acme", cwd=folder)
    shutil.rmtree(reported.project / "models" / "staging" / "shop")
    for path in (reported.project / "raw").iterdir():
        path.unlink()
    for name, text in {**FILES, **DATA}.items():
        (reported.project / name).parent.mkdir(parents=True, exist_ok=True)
        (reported.project / name).write_text(text, encoding="utf-8")
    do("lint", "lint", cwd=reported.project)
    for name in ("first", "again"):
        do(name, "run", "--json", *AS_OF, cwd=reported.project)
        reported.received[name] = received(reported.project)
    install("0.9.9")
    do("upgraded", "run", "--json", *AS_OF, cwd=reported.project)
    reported.received["upgraded"] = received(reported.project)
    do("doctor", "doctor", "--json", cwd=reported.project)
    return reported


def output(story: Story, name: str) -> Any:
    done = story.outcomes[name]
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_what_was_written_lints_clean(story: Story) -> None:
    done = story.outcomes["lint"]
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_right_people_are_written_to_and_the_crm_is_filled(story: Story) -> None:
    """Three orders or more, and a yes: Cem has four and said no, Ben has two."""
    found = output(story, "first")
    mails, contacts = story.received["first"]
    assert mails == {"ada@kunde.example": 1, "dai@kunde.example": 1}
    assert contacts == 4
    assert found["messages"]["sent"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", ["again", "upgraded"])
def test_nothing_is_sent_a_second_time_nor_after_an_upgrade(story: Story, name: str) -> None:
    found = output(story, name)
    assert found["messages"]["sent"] == 0
    assert [one["accepted"] for one in found["syncs"]] == [0]
    assert story.received[name] == story.received["first"]


@pytest.mark.slow
def test_doctor_names_the_new_version(story: Story) -> None:
    found = json.loads(story.outcomes["doctor"].stdout)
    (version,) = (one for one in found if one["check"] == "version")
    assert version["state"] == "ok"
    assert "0.9.9" in version["words"]


@pytest.mark.slow
def test_few_files_and_commands_and_the_docs_name_them(story: Story) -> None:
    assert len(FILES) <= MOST_FILES
    assert len(story.commands) <= MOST_COMMANDS
    text = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    assert [name for name in FILES if f"`{name}`" not in text] == []
    said = re.search(r"(\d+) files besides data, (\d+) commands", text)
    assert said is not None
    assert said.groups() == (str(len(FILES)), str(len(story.commands)))
