"""The journal of contact ids between warehouse and ledger: written after the decisions, landed
before them.

``identity_map`` keeps its state in itself. When the journal holds rows that this warehouse has not
seen, the warehouse is new, or an older copy: then the state is dropped, and the model starts from
the journal (``ledger.contact_ids``) instead.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from sluice.activations.ledger.identity_journal import CHANGES
from sluice.activations.ledger.store import Ledger
from sluice.orchestration.landing.batches import insert_batch
from sluice.orchestration.warehouse.base import Session, Warehouse
from sluice.orchestration.warehouse.reader import open_warehouse

TABLES = """create table if not exists ledger.contact_ids (
    change_id bigint, record_key bigint, contact_id bigint, named_at timestamp);
create table if not exists ledger.identity_changes (
    change_id bigint, from_contact_id bigint, to_contact_id bigint, change varchar,
        record_count bigint, changed_at timestamp)"""
STATE = ("identity_map", "identity_changes")
UNFINISHED = "__kept"  # a copy that a build left which was cut off: see dialect/histories.sql
NEW_NAMES = """
with journal as (
    select
        record_key, contact_id,
        row_number() over (partition by record_key order by change_id desc) as place
    from ledger.contact_ids
)
select m.record_key, m.contact_id, strftime(m.named_at, '%Y-%m-%d %H:%M:%S.%f')
    from identity.identity_map as m
left join journal as j on m.record_key = j.record_key and j.place = 1
where j.contact_id is distinct from m.contact_id order by m.record_key"""
NEW_CHANGES = f"""
select {", ".join(CHANGES)} from identity.identity_changes
except select {", ".join(CHANGES)} from ledger.identity_changes order by changed_at,
    from_contact_id, to_contact_id"""


def land_identity(session: Session, ledger: Ledger) -> int:
    """Land the journal's new rows, in the caller's transaction; where there are any, forget the
    warehouse's own state. Returns how many.
    """
    session.execute(TABLES)
    count = sum(_land(session, ledger, journal) for journal in ("contact_ids", "identity_changes"))
    if count:
        for table in STATE:
            session.execute(f"drop table if exists identity.{table} cascade")
            session.execute(f"drop table if exists identity.{table}{UNFINISHED} cascade")
    return count


def journal_identity(warehouse: Warehouse, ledger: Ledger) -> int:
    """Append to the ledger what the decisions changed about contact ids, and note in the warehouse
    that it is there. Returns how many rows were new.
    """
    with open_warehouse(warehouse, read_only=False) as session:
        session.execute("create schema if not exists ledger")
        session.execute(TABLES)
        names, changes = (
            _rows(session, "identity_map", NEW_NAMES),
            _rows(session, "identity_changes", NEW_CHANGES),
        )
        ledger.append_identity(names, changes)
        with session.transaction():
            for journal in ("contact_ids", "identity_changes"):
                _land(session, ledger, journal)
    return len(names) + len(changes)


def forget_landed(warehouse: Warehouse) -> None:
    """Have the next landing bring the whole journal again, and the next decisions start from it."""
    with open_warehouse(warehouse, read_only=False) as session:
        for journal in ("contact_ids", "identity_changes"):
            session.execute(f"delete from ledger.{journal}")


def forget_journals(session: Session, ledger: Ledger) -> None:
    """Land another ledger's journal in place of the old one's, and keep the state: what that ledger
    lacks is appended to it by the next ``journal_identity``.
    """
    session.execute("create schema if not exists ledger")
    session.execute(TABLES)
    for journal in ("contact_ids", "identity_changes"):
        session.execute(f"delete from ledger.{journal}")
        _land(session, ledger, journal)


def _land(session: Session, ledger: Ledger, journal: str) -> int:
    ((landed,),) = session.execute(
        f"select coalesce(max(change_id), 0) from ledger.{journal}"
    ).fetchall()
    count = 0
    for batch in ledger.identity_after(journal, int(landed)):
        insert_batch(session, f"ledger.{journal}", batch)
        count += len(batch)
    return count


def _rows(session: Session, table: str, sql: str) -> list[tuple[Any, ...]]:
    """Nothing where the model was never built."""
    return session.execute(sql).rows if session.has_table("identity", table) else []


def keep_names(session: Session, ledger: Ledger, rows: pa.Table) -> None:
    """Journal the records of new contacts, rows of ``identity_map`` that the fast lane made; and
    have the warehouse know them, so that its state need not be made anew from the journal.
    """
    known = {key for (key,) in session.execute("select record_key from identity.identity_map").rows}
    is_new = [key not in known for key in rows.column("record_key").to_pylist()]
    fresh = rows.filter(pa.array(is_new, pa.bool_()))
    if not fresh.num_rows:
        return
    session.execute(TABLES)
    ((landed,),) = session.execute(
        "select coalesce(max(change_id), 0) from ledger.contact_ids"
    ).rows
    is_level = next(iter(ledger.identity_after("contact_ids", int(landed))), None) is None
    ledger.append_identity(
        [
            (row["record_key"], row["contact_id"], f"{row['named_at']:%Y-%m-%d %H:%M:%S.%f}")
            for row in fresh.to_pylist()
        ],
        [],
    )
    if is_level:
        with session.transaction():
            session.insert("identity.identity_map", fresh)
            _land(session, ledger, "contact_ids")
