"""A pass that makes models for its contacts alone finds for them what one that makes all finds, and
leaves what the last run found for the others.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sluice.activations.inbox.events import Event, key_of
from sluice.activations.inbox.store import Inbox
from sluice.orchestration.fast import building
from sluice.orchestration.fast.copying import copied
from sluice.orchestration.fast.waiting import Waiting
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.runs.state import open_ledger
from tests.conftest import WorldRun, forget_settings

pytestmark = pytest.mark.slow
RUN = datetime(2026, 6, 30, 13, tzinfo=UTC)  # the sample company's clock
MOMENT = RUN + timedelta(minutes=10)
WAITING = Waiting(0, 5, "", 5, RUN)
SCHEMAS = (
    *("identity", "contacts", "scoring", "lifecycle", "tags", "segments", "activation"),
    "journeys",
)
TABLES = """
select schema_name, table_name from duckdb_columns() join duckdb_tables() using (schema_name, table_name)
where column_name = 'contact_id' and list_contains($1, schema_name) order by all"""
PEOPLE = """
select contact_id, email, phone from contacts.dim_contacts
where email is not null and phone is not null and not is_deleted order by contact_id limit 6"""
COOKIE = """
select i.identifier_value from identity.int_record_identifiers as i
join contacts.contact_identifiers as c using (identifier_type, identifier_value)
where i.identifier_type = 'cookie' order by 1 limit 1"""
BY_THE_PASS = (  # made for its contacts alone
    *("contacts.int_contact_values", "contacts.dim_contacts", "contacts.contact_events"),
    *("contacts.contact_facts", "contacts.contact_activity"),
    *("contacts.contact_channels", "contacts.int_contact_languages"),
    *("scoring.scorecard_lead", "scoring.score_contributions", "scoring.int_score_totals"),
    "lifecycle.int_lifecycle_conditions",
)


@dataclass
class Passes:
    """The same pass twice: for its contacts alone, and for everybody."""

    base: Path
    alone: Path
    whole: Path
    contacts: list[int] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)

    def rows(self, file: Path, table: str, *, is_of_contacts: bool) -> list[Any]:
        sign = "" if is_of_contacts else "not "
        sql = f"select * from {table} where {sign}list_contains($1, contact_id)"
        with duckdb.connect(str(file), read_only=True) as connection:
            return sorted(connection.execute(sql, [self.contacts]).fetchall(), key=str)


def form(key: str, **traits: str) -> Event:
    body = {"form": "demo", "traits": {"language": "en", **traits}, "confirmed": True}
    return event("form", key, body)


def event(kind: str, key: str, body: dict[str, Any]) -> Event:
    at = RUN + timedelta(minutes=4)
    return Event("forms", kind, key_of("forms", key, body, ""), at, body)


def fill(settings: Settings) -> None:
    """People who are new, known, two who turn out to be one, one who withdraws, and one by a
    cookie.
    """
    with duckdb.connect(str(settings.home / "warehouse.duckdb"), read_only=True) as connection:
        people = connection.execute(PEOPLE).fetchall()
        (cookie,) = connection.execute(COOKIE).fetchone() or ("",)
    known, one, other, leaver = people[:4]
    page = {"anonymousId": cookie, "context": {"page": {"url": "https://w.example/pricing"}}}
    denied = {"consents": [{"channel": "email", "purpose": "marketing", "status": "denied"}]}
    events = [
        form("new", email="new@mail.example", name="Kim Park"),
        form("known", email=known[1], company="Acme"),
        form("joins", email=one[1], phone=other[2]),
        event("form", "leaves", {"form": "demo", "traits": {"email": leaver[1]}, **denied}),
        event("page", "visits", page),
    ]
    with closing(Inbox(settings.inbox)) as inbox:
        inbox.keep(events, RUN + timedelta(minutes=5))


def decide(settings: Settings, to: Path) -> Path:
    """The warehouse that a pass decided in."""
    with copied(settings) as copy:
        _, stopped, _ = building.build(
            settings, copy, open_ledger(settings, is_fast=True), MOMENT, WAITING
        )
        assert stopped == []
        shutil.copyfile(copy.home / "warehouse.duckdb", to)
    return to


@pytest.fixture(scope="module")
def passes(world: WorldRun, tmp_path_factory: pytest.TempPathFactory) -> Passes:
    folder = tmp_path_factory.mktemp("alone")
    forget_settings()
    shutil.copytree(world.home, folder / "home", symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLUICE_HOME", str(folder / "home"))
        settings = load_settings()
        fill(settings)
        alone = decide(settings, folder / "alone.duckdb")
        patch.setattr(building, "_touched_alone", lambda *_: None)
        whole = decide(settings, folder / "whole.duckdb")
    made = Passes(folder / "home" / "warehouse.duckdb", alone, whole)
    with duckdb.connect(str(alone), read_only=True) as connection:
        found = connection.execute("select contact_id from landing.touched_contacts").fetchall()
        tables = connection.execute(TABLES, [list(SCHEMAS)]).fetchall()
    made.contacts, made.tables = [one for (one,) in found], [".".join(one) for one in tables]
    return made


def test_it_is_about_few(passes: Passes) -> None:
    """New, known, the two who are one, who leaves, and those of the cookie."""
    assert 5 <= len(passes.contacts) <= 12


def test_they_are_as_in_a_pass_about_everybody(passes: Passes) -> None:
    assert set(BY_THE_PASS) <= set(passes.tables)
    found = {
        table
        for table in passes.tables
        if passes.rows(passes.alone, table, is_of_contacts=True)
        != passes.rows(passes.whole, table, is_of_contacts=True)
    }
    assert found == set()


@pytest.mark.parametrize("table", BY_THE_PASS)
def test_the_others_are_as_the_run_left_them(passes: Passes, table: str) -> None:
    before = passes.rows(passes.base, table, is_of_contacts=False)
    assert passes.rows(passes.alone, table, is_of_contacts=False) == before
    assert len(before) > 100


def test_something_was_made(passes: Passes) -> None:
    """A table of the contacts is another one than before."""
    table = "contacts.contact_events"
    now = passes.rows(passes.alone, table, is_of_contacts=True)
    assert now != passes.rows(passes.base, table, is_of_contacts=True)
