"""Landing the ledger: receipts, statements, preferences, suppressions, pauses, approvals become
tables of the warehouse.
"""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from sluice.activations.ledger.store import Ledger
from sluice.orchestration.landing.batches import insert_batch
from sluice.orchestration.landing.identity import land_identity
from sluice.orchestration.landing.keys import land_keys
from sluice.orchestration.landing.suppressions import land_suppressions
from sluice.orchestration.warehouse.base import Session, Warehouse
from sluice.orchestration.warehouse.reader import open_warehouse

RECEIPTS = """create table if not exists ledger.receipts (
    receipt_id bigint, delivery_id bigint, run_id varchar, as_of timestamp, kind varchar,
        activation varchar,
    destination varchar, subject_id bigint, operation varchar, row_hash bigint, state varchar,
        reason varchar,
    vendor_id varchar, occurred_at timestamp)"""
EVENTS = """create table if not exists ledger.message_events (
    event_id bigint, delivery_id bigint, event_type varchar, link varchar, agent varchar,
        is_machine boolean,
    occurred_at timestamp, heard_at timestamp)"""
STATEMENTS = """create table if not exists ledger.consent_statements (
    statement_id bigint, channel varchar, purpose varchar, status varchar, contact_id bigint,
        address_hash varchar,
    delivery_id bigint, contact_as_of timestamp, how varchar, stated_at timestamp)"""
# by what was said, not by its number: a new ledger counts from 1 again, and what somebody said
# stays said
NEW_STATEMENTS = """insert into ledger.consent_statements ({names})
    select {names} from statement_batch as b where not exists (
        select 1 from ledger.consent_statements as s
        where s.channel = b.channel and s.purpose = b.purpose and s.status = b.status
            and s.how = b.how
            and s.contact_id is not distinct from b.contact_id and s.address_hash is not distinct
                from b.address_hash
            and s.stated_at = b.stated_at)"""
STATEMENT_COLUMNS = STATEMENTS.partition("(")[2].rpartition(")")[0]
STATEMENT_TYPES = pa.schema(
    [
        *((name, pa.int64()) for name in ("statement_id", "contact_id", "delivery_id")),
        *((name, pa.string()) for name in ("channel", "purpose", "status", "address_hash", "how")),
        *((name, pa.timestamp("us")) for name in ("contact_as_of", "stated_at")),
    ]
)

PREFERENCES = """create table if not exists ledger.preferences (
    preference_id bigint, contact_id bigint, delivery_id bigint, preference varchar,
        value varchar, stated_at timestamp, how varchar)"""
PREFERENCE_COLUMNS = PREFERENCES.partition("(")[2].rpartition(")")[0]
PREFERENCE_TYPES = pa.schema(
    [
        *((name, pa.int64()) for name in ("preference_id", "contact_id", "delivery_id")),
        *((name, pa.string()) for name in ("preference", "value", "how")),
        ("stated_at", pa.timestamp("us")),
    ]
)
NEW_PREFERENCES = """insert into ledger.preferences ({names})
    select {names} from preference_batch as b where not exists (
        select 1 from ledger.preferences as p
        where p.contact_id = b.contact_id and p.preference = b.preference and p.value = b.value
            and p.stated_at = b.stated_at)"""

# who paused or approved it, and why, stays in the ledger
PAUSES = (
    "create table if not exists ledger.pauses (scope varchar, name varchar, paused_at timestamp);"
    " delete from ledger.pauses"
)
APPROVALS = """create table if not exists ledger.approvals (
    approval_id bigint, activation varchar, guardrail varchar, size bigint, plan varchar,
        approved_at timestamp,
    expires_at timestamp); delete from ledger.approvals"""
# who corrected it, and why, stays in the ledger
CORRECTIONS = """create table if not exists ledger.corrections (
    correction_id bigint, contact_id bigint, attribute varchar, value varchar,
        corrected_at timestamp); delete from ledger.corrections"""
CORRECTION_COLUMNS = ("correction_id", "contact_id", "attribute", "value", "corrected_at")
# who gave the order, and why, stays in the ledger
JOURNEY_ORDERS = """create table if not exists ledger.journey_orders (
    order_id bigint, action varchar, journey varchar, contact_id bigint, from_node varchar,
        to_node varchar, ordered_at timestamp); delete from ledger.journey_orders"""
JOURNEY_ORDER_COLUMNS = (
    "order_id",
    "action",
    "journey",
    "contact_id",
    "from_node",
    "to_node",
    "ordered_at",
)
# why stays in the ledger
MATCH_DECISIONS = """create table if not exists ledger.match_decisions (
    decision_id bigint, contact_id_a bigint, contact_id_b bigint, decision varchar,
        decided_by varchar, decided_at timestamp); delete from ledger.match_decisions"""
MATCH_DECISION_COLUMNS = (
    "decision_id",
    "contact_id_a",
    "contact_id_b",
    "decision",
    "decided_by",
    "decided_at",
)
APPROVAL_COLUMNS = (
    "approval_id",
    "activation",
    "guardrail",
    "size",
    "plan",
    "approved_at",
    "expires_at",
)


def land_ledger(warehouse: Warehouse, ledger: Ledger, now: datetime | None = None) -> int:
    """Append receipts, events, consent statements, preferences and suppressions not landed yet;
    replace the pauses, approvals, corrections, orders about journeys and decisions about matches.
    ``now``: the clock of a run that may send (aware): an approval that expired by it is left out,
    whatever logical time the run is of.

    Returns the number of new receipts.
    """
    with open_warehouse(warehouse, read_only=False) as session, session.transaction():
        session.execute("create schema if not exists ledger")
        session.execute(RECEIPTS)
        new_receipts = _append_receipts(session, ledger)
        land_identity(session, ledger)
        session.execute(EVENTS)
        _append_events(session, ledger)
        land_keys(session, ledger)
        land_suppressions(session, ledger)
        session.execute(STATEMENTS)
        _append_statements(session, ledger.statements())
        session.execute(PREFERENCES)
        _append_preferences(session, ledger.preferences())
        session.execute(PAUSES)
        paused = ledger.pauses()
        insert_batch(
            session,
            "ledger.pauses",
            [{name: row[name] for name in ("scope", "name", "paused_at")} for row in paused],
        )
        session.execute(APPROVALS)
        approved = [row for row in ledger.approvals() if not _is_over(row["expires_at"], now)]
        insert_batch(
            session,
            "ledger.approvals",
            [{name: row[name] for name in APPROVAL_COLUMNS} for row in approved],
        )
        session.execute(CORRECTIONS)
        corrected = ledger.corrections()
        insert_batch(
            session,
            "ledger.corrections",
            [{name: row[name] for name in CORRECTION_COLUMNS} for row in corrected],
        )
        session.execute(JOURNEY_ORDERS)
        insert_batch(
            session,
            "ledger.journey_orders",
            [
                {name: row[name] for name in JOURNEY_ORDER_COLUMNS}
                for row in ledger.journey_orders()
            ],
        )
        session.execute(MATCH_DECISIONS)
        insert_batch(
            session,
            "ledger.match_decisions",
            [
                {name: row[name] for name in MATCH_DECISION_COLUMNS}
                for row in ledger.match_decisions()
            ],
        )
    return new_receipts


def _is_over(expires_at: datetime | None, now: datetime | None) -> bool:
    return expires_at is not None and now is not None and expires_at <= now.replace(tzinfo=None)


def _append_receipts(session: Session, ledger: Ledger) -> int:
    ((landed,),) = session.execute(
        "select coalesce(max(receipt_id), 0) from ledger.receipts"
    ).fetchall()
    count = 0
    for batch in ledger.receipts_after(int(landed)):
        insert_batch(session, "ledger.receipts", batch)
        count += len(batch)
    return count


def _append_events(session: Session, ledger: Ledger) -> None:
    ((landed,),) = session.execute(
        "select coalesce(max(event_id), 0) from ledger.message_events"
    ).fetchall()
    for batch in ledger.events_after(int(landed)):
        insert_batch(session, "ledger.message_events", batch)


def _append_statements(session: Session, statements: list[dict[str, object]]) -> None:
    if not statements:
        return
    rows = [{name: row[name] for name in STATEMENT_TYPES.names} for row in statements]
    batch = pa.Table.from_pylist(rows, STATEMENT_TYPES)
    names = ", ".join(STATEMENT_TYPES.names)
    with session.staged("statement_batch", STATEMENT_COLUMNS, batch):
        session.execute(NEW_STATEMENTS.format(names=names))


def _append_preferences(session: Session, stated: list[dict[str, object]]) -> None:
    if not stated:
        return
    rows = [{name: row[name] for name in PREFERENCE_TYPES.names} for row in stated]
    batch = pa.Table.from_pylist(rows, PREFERENCE_TYPES)
    names = ", ".join(PREFERENCE_TYPES.names)
    with session.staged("preference_batch", PREFERENCE_COLUMNS, batch):
        session.execute(NEW_PREFERENCES.format(names=names))
