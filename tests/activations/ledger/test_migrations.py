"""Ledgers of every age open, and keep what they hold."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from sluice.activations.database import open_engine
from sluice.activations.ledger import migrate
from sluice.activations.ledger.migrate import REVISION, VERSIONS, configuration, upgrade, version_of
from sluice.activations.ledger.stating import list_statements
from sluice.activations.ledger.store import Ledger
from sluice.activations.ledger.tables import metadata
from sluice.models.errors import ConfigurationError
from tests import ledger_template
from tests.conftest import ROOT

# a receipt whose delivery is not there
OLD_RECEIPT = """insert into receipts
(receipt_id, delivery_id, kind, activation, destination, subject_id, operation, row_hash, run_id, as_of, state, occurred_at)
values (1, 1, 'sync', 'x', 'x', 1, 'entered', 1, 'x', current_timestamp, 'accepted', current_timestamp)"""
LEGACY = ROOT / "tests" / "activations" / "ledger" / "ledger_without_version.sql"


@pytest.fixture(autouse=True)
def _migrations_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "upgrade", upgrade)


def version(ledger: Ledger) -> str | None:
    with ledger.engine.connect() as connection:
        return version_of(connection)


def make_without_version(url: str) -> None:
    """A ledger as ``create_all`` made it, with a receipt and a suppression in it."""
    engine = open_engine(url)
    with engine.begin() as connection:
        for statement in LEGACY.read_text(encoding="utf-8").split(";\n"):
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_a_new_ledger_has_the_tables_of_this_code(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), metadata
        )
    assert [one for one in differences if getattr(one[1], "name", "") != VERSIONS.name] == []
    assert (
        version(ledger)
        == REVISION
        == ScriptDirectory.from_config(configuration()).get_current_head()
    )


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
def test_a_ledger_without_a_version_is_upgraded_without_loss(ledger_url: str) -> None:
    make_without_version(ledger_url)
    ledger = Ledger(ledger_url)
    assert version(ledger) == REVISION
    (batch,) = ledger.receipts_after(0)
    assert [(row["receipt_id"], row["state"], row["row_hash"]) for row in batch] == [
        (1, "accepted", 77)
    ]
    assert [row["reason"] for row in ledger.suppressions()] == ["bounced"]
    assert [(row["state"], row["count"]) for row in ledger.counts()] == [
        ("accepted", 1),
        ("unknown", 1),
    ]
    ledger.bind_mode("sandbox")


@pytest.mark.parametrize("is_stamped", [True, False], ids=["with version", "without"])
def test_a_ledger_of_the_first_version_keeps_its_rows(ledger_url: str, is_stamped: bool) -> None:
    engine = open_engine(ledger_url)
    upgrade(engine, "0001")
    with engine.begin() as connection:
        connection.exec_driver_sql(OLD_RECEIPT)
        if not is_stamped:
            connection.exec_driver_sql("drop table alembic_version")
    engine.dispose()
    ledger = Ledger(ledger_url)
    (batch,) = ledger.receipts_after(0)
    assert [row["activation"] for row in batch] == ["x"]
    assert version(ledger) == REVISION


def test_what_people_said_before_there_were_statements_becomes_one(ledger_url: str) -> None:
    engine = open_engine(ledger_url)
    upgrade(engine, "0004")
    push = (
        "insert into pushes values (1, 'message', 'news', 'smtp', 'email', 'r', current_timestamp,"
        " 'hold')"
    )
    delivery = (
        "insert into deliveries values ({0}, 1, {1}, 'send', null, '{2}', 'accepted', null, null,"
        " 1, current_timestamp,"
    )
    delivery += " null, null)"
    suppression = "insert into suppressions values ('email', '{0}', '{1}', {2}, current_timestamp)"
    with engine.begin() as connection:
        for statement in (
            push,
            delivery.format(1, 7, "a"),
            delivery.format(2, 8, "b"),
            suppression.format("a", "unsubscribed", "null"),
            suppression.format("b", "bounced", "2"),
            suppression.format("c", "complained", "null"),
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()
    said = [
        (row["contact_id"], row["address_hash"], row["how"])
        for row in list_statements(Ledger(ledger_url).engine)
    ]
    assert sorted(said, key=str) == [(7, "a", "unsubscribed"), (None, "c", "complained")]


def test_a_ledger_of_a_newer_sluice_is_refused(ledger: Ledger, ledger_url: str) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(VERSIONS.update().values(version_num="9999"))
    with pytest.raises(ConfigurationError, match="upgrade sluice"):
        Ledger(ledger_url)
    assert version(ledger) == "9999"


def test_a_migration_that_fails_leaves_the_ledger_as_it_was(ledger_url: str) -> None:
    engine = open_engine(ledger_url)
    upgrade(engine, "0001")
    with engine.begin() as connection:
        connection.exec_driver_sql("create table pauses (other integer)")
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        Ledger(ledger_url)
    with engine.connect() as connection:
        assert version_of(connection) == "0001"
        assert "on_unknown" not in {
            column["name"] for column in sa.inspect(connection).get_columns("deliveries")
        }
    engine.dispose()


def test_opening_an_up_to_date_ledger_is_fast_and_without_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    Ledger(url)
    code = (
        f"import sys; from sluice.activations.ledger.store import Ledger; Ledger({url!r});"
        " print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        Ledger(url)
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 0.020


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("no address", "not a database address"),
        ("postgresql+nowhere://h/d", "not a database address"),
        ("mysql+pymysql://u:secret@h/d", "kept in SQLite or Postgres"),
        ("postgresql+psycopg2://u:secret@127.0.0.1:1/d", "cannot be opened"),
    ],
)
def test_an_address_that_does_not_work_is_told_without_its_password(url: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        Ledger(url)
    assert "SLUICE_LEDGER_URL" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_template_of_the_tests_is_what_the_migrations_make(tmp_path: Path) -> None:
    made: dict[str, list[tuple[str, ...]]] = {}
    for name, make in (("migrations", upgrade), ("template", ledger_template.upgrade)):
        engine = open_engine(f"sqlite:///{tmp_path / name}.sqlite")
        make(engine)
        with engine.connect() as connection:
            made[name] = sorted(
                connection.exec_driver_sql(
                    "select type, name, tbl_name, sql from sqlite_master"
                ).fetchall()
            )
        engine.dispose()
    assert made["template"] == made["migrations"]
