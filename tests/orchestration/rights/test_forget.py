"""A person of whom everything is held is erased: no byte is left, nobody else is touched, and they
stay out.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from sluice.activations.addresses import address_hash
from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import MessageEvent, Withdrawal
from tests.conftest import forget_settings, without_settings
from tests.orchestration.rights.planted import KEY, TABLES, VALUES, Planted, found_in

KILLED = """
import os, signal
from sluice.orchestration.rights.stores import base
def die(erasure):
    os.kill(os.getpid(), signal.SIGKILL)
stores = dict(base.STORES)
stores[{store!r}] = die
import sluice.orchestration.rights.forget as forget
forget.STORES = stores
from sluice.orchestration.cli.main import app
app(["forget", {key!r}])
"""
OTHER = "crm:C000000000"
pytestmark = pytest.mark.slow
# what of others may not change, beside all raw tables
OTHERS = (
    "identity.identity_map", "identity.int_contact_records", "contacts.dim_contacts",
    "contacts.contact_events", "contacts.contact_consents", "activation.message_decisions",
    "ledger.receipts", "segments.segment_members",
)  # fmt: skip


@dataclass
class Story:
    """Before, killed half-way, finished, and a run after it."""

    planted: Planted
    before: list[tuple[str, str]] = field(default_factory=list)
    others: dict[str, list[Any]] = field(default_factory=dict)
    others_after: dict[str, list[Any]] = field(default_factory=dict)
    contact: int = 0
    killed: int = 0
    blocked: Any = None
    report: dict[str, Any] = field(default_factory=dict)
    left: list[tuple[str, str]] = field(default_factory=list)
    run: dict[str, Any] = field(default_factory=dict)
    left_after_run: list[tuple[str, str]] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    planted = Planted(tmp_path_factory.mktemp("planted"))
    planted.make()
    outcome = planted.sluice("run")
    assert outcome.code == 0, outcome.stderr
    story = Story(planted)
    ((story.contact,),) = planted.rows(
        f"select distinct contact_id from contacts.contact_identifiers where identifier_value = '{KEY}'"
    )
    plant_more(planted, story.contact)
    story.before = found_in(planted.home)
    exported = planted.sluice("export", KEY, "--out", str(planted.folder / "handed over"))
    assert exported.code == 0, exported.stderr
    story.files = [Path(line) for line in exported.stdout.split("\n") if line]
    story.unknown = [planted.sluice("export", "nobody@nowhere.example").code]
    story.others = rows_of_others(planted, story.contact)
    script = KILLED.format(store="ledger", key=KEY)
    story.killed = subprocess.run(
        [sys.executable, "-c", script], env=environment(planted), capture_output=True
    ).returncode
    story.blocked = planted.sluice("run")
    done = planted.sluice("forget", KEY, "--json")
    assert done.code == 0, done.stderr
    (story.report,) = done.json
    story.left = found_in(planted.home)
    story.others_after = rows_of_others(planted, story.contact)
    for table in ("src_crm", "ev_order", "src_shop"):  # the same person, in a file that is new
        planted.change_raw(table, "select * from t order by random()")
    correction = ("correct", OTHER, "--field", "city=Ürümqi", "--field", "email=New@Example.ORG")
    corrected = planted.sluice(*correction, "--reason", "letter of 3 June")
    assert corrected.code == 0, corrected.stderr
    keep(planted, {"raw.ev_web": 100, "raw.quarantine": 1})
    again = planted.sluice("run", "--json")
    assert again.code == 0, again.stderr
    story.run = again.json
    story.left_after_run = found_in(planted.home)
    yield story
    forget_settings()


def keep(planted: Planted, tables: dict[str, Any]) -> None:
    """Set how long rows are kept."""
    file = planted.code / "sluice.yml"
    said = yaml.safe_load(file.read_text(encoding="utf-8")) | {"retention": {"tables": tables}}
    file.write_text(yaml.safe_dump(said), encoding="utf-8")


def environment(planted: Planted) -> dict[str, str]:
    home, project = str(planted.home), str(planted.code)
    return {**without_settings(), "SLUICE_HOME": home, "SLUICE_PROJECT": project}


def plant_more(planted: Planted, contact: int) -> None:
    """What a run of the sample company does not leave: opens, a withdrawal, logs, a copy."""
    home = planted.home
    ledger = Ledger(f"sqlite:///{home / 'ledger.sqlite'}")
    (delivery,) = [
        row["delivery_id"] for row in ledger.find_deliveries(f"price_page_follow_up:{contact}")
    ][:1]
    now = datetime.now(UTC)
    hashed = address_hash("email", KEY)
    ledger.receive(
        [
            MessageEvent("email_opened", now, "planted-open", delivery, agent="Gmail"),
            Withdrawal("email", hashed, now),
        ],
        now,
    )
    ledger.engine.dispose()
    for path, table, column in (
        ("dagster/event_log.db", "event_logs", "event"),
        ("dagster/history/runs.db", "run_tags", "value"),
    ):
        with closing(sqlite3.connect(home / path)) as connection:
            connection.execute(
                f"update {table} set {column} = ? where rowid = (select min(rowid) from {table})",
                (json.dumps({"said": f"{VALUES['name']} <{KEY}>"}),),
            )
            connection.commit()
    (log, *_) = sorted((home / "dagster" / "storage").rglob("*.err"))
    log.write_text(f"could not reach {VALUES['phone']}\n", encoding="utf-8")
    (home / "dbt" / "logs").mkdir(exist_ok=True)
    with gzip.open(home / "dbt" / "logs" / "dbt.log.1.gz", "wt") as file:
        file.write(f"row of {VALUES['address']}\n")
    (home / "replaced" / "20260630").mkdir(parents=True)
    for name in ("warehouse.duckdb", "ledger.sqlite"):
        shutil.copyfile(home / name, home / "replaced" / "20260630" / name)


def rows_of_others(planted: Planted, contact: int) -> dict[str, list[Any]]:
    """Rows of everybody else: of raw tables by their text, of others by their keys."""
    found: dict[str, list[Any]] = {}
    raw = planted.rows(
        "select table_name from duckdb_tables() where schema_name = 'raw'"
        " and table_name not in ('landings', 'quarantine')"
    )
    for (name,) in raw:
        rows = planted.rows(f"select * from raw.{name}")
        found[f"raw.{name}"] = without(rows, (*VALUES.values(), "139-1234-5876"))
    theirs = {
        str(row[0])
        for row in planted.rows(
            "select record_key from identity.identity_map where source || record_id"
            f" in ('crm{VALUES['crm id']}')"
        )
    }
    for table in OTHERS:
        rows = planted.rows(f"select * from {table}")
        others = [row for row in rows if contact not in row]
        found[table] = without(others, (*VALUES.values(), *theirs))
    return found


def without(rows: Iterable[Any], texts: Iterable[str]) -> list[str]:
    """The text of each row that has none of these."""
    any_of = re.compile("|".join(map(re.escape, texts)))
    return sorted(text for text in map(repr, rows) if not any_of.search(text))


def test_everything_was_there_before(story: Story) -> None:
    assert {name for _, name in story.before} == set(VALUES)
    places = {Path(file).parts[0] for file, _ in story.before}
    assert {"warehouse.duckdb", "dagster", "dbt", "runs", "sandbox.sqlite", "replaced"} <= places


def test_no_byte_is_left_after_a_kill_and_a_second_call(story: Story) -> None:
    assert story.killed == -signal.SIGKILL
    assert story.left == []
    assert story.report["found_after"] == []


def test_no_run_begins_while_an_erasure_is_unfinished(story: Story) -> None:
    assert story.blocked.code == 3
    assert "sluice forget --resume" in story.blocked.stderr


def test_nobody_else_is_touched(story: Story) -> None:
    for table, rows in story.others.items():
        assert story.others_after[table] == rows, table


def test_who_is_sent_again_stays_out_and_is_counted(story: Story) -> None:
    assert story.left_after_run == []
    kept_out = dict(story.planted.rows("select table_name, row_count from landing.kept_out"))
    assert kept_out == {"src_crm": 2, "ev_order": 1, "src_shop": 1}
    assert story.planted.sluice("contact", KEY).code == 2


def test_the_destination_was_asked_and_its_answer_is_kept(story: Story) -> None:
    (call,) = story.report["destinations"]
    assert (call["destination"], call["state"]) == ("hubspot", "accepted")


def test_the_report_names_files_and_rows_and_no_person(story: Story) -> None:
    text = json.dumps(story.report, ensure_ascii=False)
    assert "src_crm.parquet: 2 rows" in text
    assert not [name for name, value in VALUES.items() if value.lower() in text.lower()]


def test_a_second_call_says_what_was_done(story: Story) -> None:
    again = story.planted.sluice("forget", KEY, "--json")
    assert again.code == 0, again.stderr
    assert again.json == [story.report]


def test_the_secret_is_the_owners_alone(story: Story) -> None:
    assert (story.planted.home / "erasure.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("key", ["nobody@nowhere.example", "crm:nothing", "1"])
def test_a_key_that_nobody_has_is_refused(story: Story, key: str) -> None:
    outcome = story.planted.sluice("forget", key)
    assert outcome.code == 2
    assert key not in outcome.stderr


def test_an_export_has_every_planted_value(story: Story) -> None:
    data, page = story.files
    (person,) = json.loads(data.read_text(encoding="utf-8"))
    held = json.dumps(person, ensure_ascii=False).lower()
    assert [name for name, value in VALUES.items() if value.lower() not in held] == []
    assert set(person["raw"]) == {*TABLES, "quarantine"}
    assert {data.stat().st_mode & 0o777, page.stat().st_mode & 0o777} == {0o600}
    text = page.read_text(encoding="utf-8")
    assert "授权同意" in text
    assert VALUES["address"] in text
    assert story.unknown == [2]


def test_an_export_says_why_the_message_could_be_sent(story: Story) -> None:
    (person,) = json.loads(story.files[0].read_text(encoding="utf-8"))
    (sent,) = [row for row in person["why_messages"] if row.get("sent_at")]
    assert (sent["campaign"], sent["channel"]) == ("price_page_follow_up", "email")
    assert sent["stated_in"] in {"crm", "shop"}
    assert sent["stated_at"].startswith("2026-01-1")
    assert sent["proof"]
    assert "text_version" in sent


def test_a_correction_wins_over_every_source(story: Story) -> None:
    (person,) = story.planted.sluice("contact", OTHER, "--json").json
    values = {row["attribute"]: row for row in person["values"]}
    for name, value in (("city", "Ürümqi"), ("email", "new@example.org")):
        assert (values[name]["attribute_value"], values[name]["source"]) == (value, "correction")


def test_a_withdrawn_correction_is_taken_back_once(story: Story) -> None:
    withdraw = ("correct", OTHER, "--withdraw", "city", "--reason", "was right before")
    assert story.planted.sluice(*withdraw).code == 0
    assert story.planted.sluice(*withdraw).code == 2


@pytest.mark.parametrize(
    "given",
    [
        ["--field", "email=nonsense"],
        ["--field", "phone=12"],
        ["--field", "birth_date=31.2.2000"],
        ["--field", "no_such_field=x"],
        ["--field", "city="],
        ["--field", "city"],
        [],
    ],
)
def test_a_value_that_cannot_be_is_refused(story: Story, given: list[str]) -> None:
    assert story.planted.sluice("correct", OTHER, "--reason", "letter", *given).code == 2


def test_rows_go_by_age_and_the_book_agrees(story: Story) -> None:
    ((oldest,),) = story.planted.rows("select min(ts) from raw.ev_web")
    assert oldest >= datetime(2026, 6, 30, 13) - timedelta(days=100)
    ((rows, noted),) = story.planted.rows(
        "select (select count(*) from raw.ev_web), row_count from raw.landings"
        " where table_name = 'ev_web'"
    )
    assert rows == noted


@pytest.mark.parametrize(
    "table",
    [
        "raw.src_crm",
        *(
            pytest.param(table, marks=pytest.mark.long)
            for table in ("contacts.dim_contacts", "ledger.receipts", "raw.consent", "raw.none")
        ),
    ],
)
def test_rows_that_something_needs_are_not_let_go_by_age(story: Story, table: str) -> None:
    keep(story.planted, {table: 30})
    outcome = story.planted.sluice("run")
    assert outcome.code == 2
    assert table in outcome.stderr
