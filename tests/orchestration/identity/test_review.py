"""``sluice identity``: what is listed, what a decision keeps, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sluice.activations.ledger.store import Ledger
from sluice.models.errors import ConfigurationError
from sluice.orchestration.cli import identity
from sluice.orchestration.identity import deciding
from sluice.orchestration.identity.matches import masked
from sluice.orchestration.installation import settings as installation
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.warehouse.reader import open_warehouse
from tests.projects import bare_project

TABLES = """
create schema contacts; create schema activation;
create table contacts.probable_matches as select * from (values
    (1, 2, 'same_name_and_city', '2 contacts have it', null::double, 'open', null::varchar,
        null::timestamp),
    (3, 4, 'linkage', 'name 9.1', 0.41, 'open', null, null),
    (5, 6, 'same_phone', 'a landline', null, 'dismissed', 'you', timestamp '2026-06-01'),
    (7, 8, 'same_name', '2 contacts have it', null, 'open', null, null)) as m (contact_id_a,
    contact_id_b, why, evidence, probability, status, decided_by, decided_at);
create table contacts.contact_consents as select * from (values
    (1, 'email', 'marketing', 'withdrawn'), (2, 'email', 'marketing', 'granted'),
    (5, 'email', 'marketing', 'withdrawn'), (6, 'email', 'marketing', 'granted')
    ) as c (contact_id, channel, purpose, status);
create table activation.message_decisions as select * from (values
    (2, 'withdrawn_by_probable_match'), (2, 'withdrawn_by_probable_match'), (2, 'due'),
    (4, 'frequency_by_probable_match'), (6, 'due')) as d (contact_id, reason);
create table contacts.contact_identifiers as select * from (values
    (1, 'email', 'wang@shop.example', 'own'), (2, 'phone', '+8613912340001', 'own'),
    (2, 'phone', '+8613800000000', 'fake')) as i (contact_id, identifier_type, identifier_value,
    quality)
"""


@dataclass
class Home:
    settings: Settings
    ledger: Ledger


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home with four pairs; the key of a contact is its id."""
    (folder := tmp_path / "home").mkdir()
    monkeypatch.setenv("SLUICE_HOME", str(folder))
    monkeypatch.setenv("SLUICE_USER", "me")
    (tmp_path / "project").mkdir()
    settings = load_settings(bare_project(tmp_path / "project"))
    with open_warehouse(settings.warehouse, read_only=False) as session:
        for statement in TABLES.split(";"):
            session.execute(statement)
    ledger = Ledger(settings.ledger)
    monkeypatch.setattr(installation, "load_settings", lambda: settings)
    monkeypatch.setattr(deciding, "one_contact", lambda _, key: (int(key), [int(key)]))
    yield Home(settings, ledger)
    ledger.engine.dispose()


def run(*arguments: str) -> str:
    app = typer.Typer()
    identity.register(app)
    done = CliRunner().invoke(app, ["identity", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_pairs_are_listed_by_what_they_hold_back(home: Home) -> None:
    waiting = json.loads(run("review", "--json"))
    assert [(one["contact_id_a"], one["messages_held"]) for one in waiting] == [(1, 2), (3, 1)]
    assert waiting[0]["silenced"] == [{"contact_id": 2, "channel": "email"}]
    assert waiting[0]["identifiers_a"] == ["w***@shop.example"]
    assert waiting[0]["identifiers_b"] == ["+86***0001"]
    everyone = json.loads(run("review", "--all", "--json"))
    assert [one["contact_id_a"] for one in everyone] == [1, 3, 5, 7]
    assert everyone[2]["silenced"] == []
    shown = run("review")
    assert "41%" in shown
    assert "wang" not in shown


def test_a_decision_is_kept_with_who_made_it_and_may_be_changed(home: Home) -> None:
    assert "are dismissed" in run("dismiss", "2", "1", "--reason", "father and son")
    assert json.loads(run("confirm", "1", "2", "--json"))["decision"] == "confirmed"
    assert "are confirmed" in run("confirm", "5", "6")
    names = ("contact_id_a", "contact_id_b", "decision", "reason", "decided_by")
    assert [tuple(row[name] for name in names) for row in home.ledger.match_decisions()] == [
        (1, 2, "dismissed", "father and son", "me"),
        (1, 2, "confirmed", None, "me"),
        (5, 6, "confirmed", None, "me"),
    ]
    assert len(home.ledger.match_decisions([2])) == 2


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("confirm", "1", "1"), "both keys are of contact 1"),
        (("confirm", "1", "3"), "these two contacts are no probable match"),
        (("dismiss", "6", "5"), "dismissed already, by you"),
        (("confirm", "7", "8", "--reason", "ann@shop.example"), "address"),
    ],
    ids=["one contact twice", "not listed", "decided already", "an address"],
)
def test_what_decides_nothing_is_refused(
    home: Home, arguments: tuple[str, ...], problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        run(*arguments)
    assert home.ledger.match_decisions() == []


def test_a_decision_is_not_made_twice(home: Home) -> None:
    run("confirm", "1", "2")
    with pytest.raises(ConfigurationError, match="confirmed already, by me") as caught:
        run("confirm", "2", "1")
    assert "sluice identity dismiss" in caught.value.fix


def test_a_home_without_a_run_says_so(home: Home) -> None:
    with open_warehouse(home.settings.warehouse, read_only=False) as session:
        session.execute("drop table contacts.probable_matches")
    with pytest.raises(ConfigurationError, match="no probable matches yet"):
        run("review")


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("email", "a@shop.example", "a***@shop.example"),
        ("phone", "+4479", "***79"),
        ("unionid", "oU_1234567890", "oU_***7890"),
    ],
)
def test_an_identifier_is_masked(kind: str, value: str, shown: str) -> None:
    assert masked(kind, value) == shown
