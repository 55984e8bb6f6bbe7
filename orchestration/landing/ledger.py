"""Landing the ledger: new receipts, suppressions, pauses and approvals become raw tables of the warehouse."""

from __future__ import annotations

from pathlib import Path

import duckdb

from activations.ledger.approvals import list_approvals
from activations.ledger.message_events import events_after
from activations.ledger.pauses import list_pauses
from activations.ledger.store import Ledger
from orchestration.landing.batches import insert_batch
from orchestration.landing.identity import land_identity
from orchestration.warehouse import open_warehouse

RECEIPTS = """create table if not exists ledger.receipts (
    receipt_id bigint, delivery_id bigint, run_id varchar, as_of timestamp, kind varchar, activation varchar,
    destination varchar, subject_id bigint, operation varchar, row_hash bigint, state varchar, reason varchar,
    vendor_id varchar, occurred_at timestamp)"""
SUPPRESSIONS = """create or replace table ledger.suppressions (
    channel varchar, address_hash varchar, reason varchar, delivery_id bigint, created_at timestamp)"""

EVENTS = """create table if not exists ledger.message_events (
    event_id bigint, delivery_id bigint, event_type varchar, link varchar, agent varchar, is_machine boolean,
    occurred_at timestamp, heard_at timestamp)"""

# who paused or approved it, and why, stays in the ledger
PAUSES = "create or replace table ledger.pauses (scope varchar, name varchar, paused_at timestamp)"
APPROVALS = """create or replace table ledger.approvals (
    approval_id bigint, activation varchar, guardrail varchar, size bigint, plan varchar, approved_at timestamp,
    expires_at timestamp)"""
APPROVAL_COLUMNS = ("approval_id", "activation", "guardrail", "size", "plan", "approved_at", "expires_at")


def land_ledger(warehouse: Path, ledger: Ledger) -> int:
    """Append the receipts not landed yet, replace the suppressions, pauses and approvals. Returns the number of new receipts."""
    with open_warehouse(warehouse, read_only=False) as connection:
        connection.execute("begin")
        connection.execute("create schema if not exists ledger")
        connection.execute(RECEIPTS)
        new_receipts = _append_receipts(connection, ledger)
        land_identity(connection, ledger)
        connection.execute(EVENTS)
        _append_events(connection, ledger)
        connection.execute(SUPPRESSIONS)
        insert_batch(connection, "ledger.suppressions", ledger.suppressions())
        connection.execute(PAUSES)
        paused = list_pauses(ledger.engine)
        insert_batch(
            connection, "ledger.pauses", [{name: row[name] for name in ("scope", "name", "paused_at")} for row in paused]
        )
        connection.execute(APPROVALS)
        approved = list_approvals(ledger.engine)
        insert_batch(connection, "ledger.approvals", [{name: row[name] for name in APPROVAL_COLUMNS} for row in approved])
        connection.execute("commit")
    return new_receipts


def _append_receipts(connection: duckdb.DuckDBPyConnection, ledger: Ledger) -> int:
    # DuckDB 2 wants a result read to its end before the next statement: fetchall, not fetchone
    ((landed,),) = connection.execute("select coalesce(max(receipt_id), 0) from ledger.receipts").fetchall()
    count = 0
    for batch in ledger.receipts_after(int(landed)):
        insert_batch(connection, "ledger.receipts", batch)
        count += len(batch)
    return count


def _append_events(connection: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    ((landed,),) = connection.execute("select coalesce(max(event_id), 0) from ledger.message_events").fetchall()
    for batch in events_after(ledger.engine, int(landed)):
        insert_batch(connection, "ledger.message_events", batch)
