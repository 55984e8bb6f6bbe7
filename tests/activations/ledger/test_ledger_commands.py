"""The commands of the ledger in one process: what they print, record and refuse. A whole story is
in tests/orchestration.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from sluice.activations.destinations.registry import REGISTRY
from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import Outcome
from sluice.models.errors import ConfigurationError
from sluice.orchestration.cli.main import app
from sluice.orchestration.landing.ledger import land_ledger
from sluice.orchestration.plan.sync_plans import spool_sync
from sluice.orchestration.push import pauses as pausing
from tests.activations.destinations.test_conformance import message
from tests.activations.ledger.ledger_steps import claim_items, settle

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)
SMTP = ("message", "price_page_follow_up", "smtp")


@pytest.fixture
def filled(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A home with three messages, accepted, failed and unknown; and a project with one campaign."""
    monkeypatch.setattr(pausing, "activation_names", lambda _: ["price_page_follow_up"])
    ledger = Ledger(f"sqlite:///{home / 'ledger.sqlite'}")
    ledger.bind_mode("sandbox")
    claimed = claim_items(
        ledger, [message(n, f"u{n}@shop.example") for n in (1, 2, 3)], now=NOW, activation=SMTP
    )
    settle(
        ledger, claimed, Outcome.ACCEPTED, Outcome.FAILED, Outcome.UNKNOWN, now=NOW, reason="why"
    )
    yield ledger
    ledger.engine.dispose()


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def states(ledger: Ledger) -> dict[str, int]:
    return {row["state"]: row["count"] for row in ledger.counts()}


def test_unknown_lists_what_can_be_done(filled: Ledger) -> None:
    assert json.loads(run("ledger", "unknown", "--json")) == [
        {
            "delivery_id": 3,
            "activation": "price_page_follow_up",
            "destination": "smtp",
            "subject_id": 3,
            "since": "2026-06-29 13:00:00",
            "on_unknown": "hold",
            "reason": "why",
        }
    ]
    assert "hold" in run("ledger", "unknown")


def test_resolve_and_retry_change_the_states(filled: Ledger) -> None:
    run("ledger", "resolve", "3", "--as", "failed", "--reason", "the vendor has no trace of it")
    assert states(filled) == {"accepted": 1, "failed": 2}
    assert len(json.loads(run("ledger", "retry", "--json"))) == 2
    assert states(filled) == {"accepted": 1, "retry": 2}
    assert "none" in run("ledger", "retry")


def test_resolve_refuses_what_is_not_unknown(filled: Ledger) -> None:
    with pytest.raises(ConfigurationError, match="1 is accepted"):
        run("ledger", "resolve", "1", "--as", "failed", "--reason", "no")


@pytest.mark.parametrize("key", ["3", "price_page_follow_up:3"])
def test_history_has_the_decision_of_the_warehouse(filled: Ledger, home: Path, key: str) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute(
            """create schema activation; create table activation.message_decisions as select 3 as message_id,
            'price_page_follow_up' as campaign, 'email' as channel, 3 as contact_id, 'once' as occurrence, 'send' as decision,
            'due' as reason, 'u3@shop.example' as address, timestamp '2026-06-29 13:00:00' as decided_at"""
        )
    (story,) = json.loads(run("ledger", "history", key, "--json"))
    assert [event["state"] for event in story["events"]] == ["due", "claimed", "unknown"]
    assert (story["decision"]["decision"], story["decision"]["reason"]) == ("send", "due")
    assert "decided: send, due" in run("ledger", "history", key)
    assert "@" not in run("ledger", "history", key)


def test_history_without_a_warehouse_and_of_nothing(filled: Ledger) -> None:
    assert json.loads(run("ledger", "history", "1", "--json"))[0]["decision"] is None
    with pytest.raises(ConfigurationError, match="knows no delivery"):
        run("ledger", "history", "99")


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("all", "all"),
        ("smtp", "destination"),
        ("hubspot", "destination"),
        ("price_page_follow_up", "campaign"),
    ],
)
def test_pause_and_resume_by_name(filled: Ledger, name: str, scope: str) -> None:
    run("pause", name, "--reason", "wrong text")
    (row,) = json.loads(run("pause", "--json"))
    assert (row["scope"], row["name"], row["reason"], row["paused_by"]) == (
        scope,
        name,
        "wrong text",
        pausing.person(),
    )
    assert "wrong text" in run("pause")
    assert "was paused already" in run("pause", name)
    run("resume", name)
    assert "nothing is paused" in run("pause")


def test_pause_refuses_a_name_there_is_not(filled: Ledger) -> None:
    with pytest.raises(
        ConfigurationError,
        match=f"use one of all, {', '.join(sorted(REGISTRY))}, price_page_follow_up",
    ):
        run("pause", "price_page")


def test_an_approval_that_is_over_lets_no_run_of_an_earlier_time_send(
    filled: Ledger, tmp_path: Path
) -> None:
    noon = datetime(2026, 6, 29, 12, tzinfo=UTC)
    filled.approve("sale", "approval", "wang", "agreed", noon, expires_at=noon)
    filled.approve("news", "approval", "wang", "agreed", noon)

    def landed(now: datetime | None) -> list[tuple[Any, ...]]:
        land_ledger(tmp_path / "w.duckdb", filled, now)
        with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as connection:
            return connection.execute("select activation from ledger.approvals").fetchall()

    assert landed(noon) == [("news",)]
    assert landed(noon - timedelta(seconds=1)) == landed(None) == [("sale",), ("news",)]


def test_pauses_are_landed_as_they_are_and_receipts_without_names(
    filled: Ledger, tmp_path: Path
) -> None:
    def landed(sql: str) -> list[tuple[Any, ...]]:
        land_ledger(tmp_path / "w.duckdb", filled)
        with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    run("pause", "smtp")
    run("ledger", "resolve", "3", "--as", "accepted", "--reason", "seen")
    assert landed("select scope, name, paused_at is not null from ledger.pauses") == [
        ("destination", "smtp", True)
    ]
    run("resume", "smtp")
    assert landed("select * from ledger.pauses") == []
    assert landed("select state, reason from ledger.receipts order by receipt_id desc limit 1") == [
        ("accepted", "seen")
    ]


def test_a_retried_operation_is_planned_and_a_failed_one_is_not(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.execute("""create schema activation; create schema ledger;
            create table ledger.receipts (subject_id bigint, kind varchar, activation varchar, destination varchar, state varchar,
                vendor_id varchar, receipt_id bigint);
            create table ledger.sync_keys (activation varchar, subject_id bigint, key varchar);
            create table activation.int_sync_columns as select 'crm' as sync, 'contact_id' as column_name, 1 as place,
                'BIGINT' as data_type, 'integer' as kind, true as is_key, null as value_sql, 'w.contact_id' as key_sql;
            create table activation.sync_crm as select unnest([1, 2, 3]) as contact_id;
            create table activation.out_sync_operations as
                select n as operation_id, 'crm' as sync, 'hubspot' as destination, n as sync_key,
            'entered' as operation, n as row_hash, [null, 'failed', 'retry'][n] as delivery_state,
                null as hold_reason from range(1, 4) as r(n)""")
    assert spool_sync(tmp_path / "w.duckdb", "crm", tmp_path / "plan.parquet") == 2
