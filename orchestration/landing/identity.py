"""The journal of contact ids between warehouse and ledger: written after the decisions, landed
before them.

``identity_map`` keeps its state in itself. When the journal holds rows that this warehouse has not
seen, the warehouse is new, or an older copy: then the state is dropped, and the model starts from
the journal (``ledger.contact_ids``) instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from sluice.activations.ledger.identity_journal import CHANGES
from sluice.activations.ledger.store import Ledger
from sluice.orchestration.landing.batches import insert_batch
from sluice.orchestration.warehouse.reader import open_warehouse

TABLES = """create table if not exists ledger.contact_ids (
    change_id bigint, record_key bigint, contact_id bigint, named_at timestamp);
create table if not exists ledger.identity_changes (
    change_id bigint, from_contact_id bigint, to_contact_id bigint, change varchar,
        record_count bigint, changed_at timestamp)"""
STATE = ("identity_map", "identity_changes")
NEW_NAMES = """
with journal as (
    select record_key, arg_max(contact_id, change_id) as contact_id from ledger.contact_ids
        group by record_key
)
select m.record_key, m.contact_id, strftime(m.named_at, '%Y-%m-%d %H:%M:%S.%f')
    from identity.identity_map as m
left join journal as j on m.record_key = j.record_key
where j.contact_id is distinct from m.contact_id order by m.record_key"""
NEW_CHANGES = f"""
select {", ".join(CHANGES)} from identity.identity_changes
except select {", ".join(CHANGES)} from ledger.identity_changes order by changed_at,
    from_contact_id, to_contact_id"""


def land_identity(connection: duckdb.DuckDBPyConnection, ledger: Ledger) -> int:
    """Land the journal's new rows, in the caller's transaction; where there are any, forget the
    warehouse's own state. Returns how many.
    """
    connection.execute(TABLES)
    count = sum(
        _land(connection, ledger, journal) for journal in ("contact_ids", "identity_changes")
    )
    if count:
        for table in STATE:
            connection.execute(f"drop table if exists identity.{table}")
    return count


def journal_identity(warehouse: Path, ledger: Ledger) -> int:
    """Append to the ledger what the decisions changed about contact ids, and note in the warehouse
    that it is there. Returns how many rows were new.
    """
    with open_warehouse(warehouse, read_only=False) as connection:
        connection.execute("create schema if not exists ledger")
        connection.execute(TABLES)
        names, changes = (
            _rows(connection, "identity_map", NEW_NAMES),
            _rows(connection, "identity_changes", NEW_CHANGES),
        )
        ledger.append_identity(names, changes)
        connection.execute("begin")
        for journal in ("contact_ids", "identity_changes"):
            _land(connection, ledger, journal)
        connection.execute("commit")
    return len(names) + len(changes)


def forget_landed(warehouse: Path) -> None:
    """Have the next landing bring the whole journal again, and the next decisions start from it."""
    with open_warehouse(warehouse, read_only=False) as connection:
        for journal in ("contact_ids", "identity_changes"):
            connection.execute(f"delete from ledger.{journal}")


def forget_journals(connection: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Land another ledger's journal in place of the old one's, and keep the state: what that ledger
    lacks is appended to it by the next ``journal_identity``.
    """
    connection.execute("create schema if not exists ledger")
    connection.execute(TABLES)
    for journal in ("contact_ids", "identity_changes"):
        connection.execute(f"delete from ledger.{journal}")
        _land(connection, ledger, journal)


def _land(connection: duckdb.DuckDBPyConnection, ledger: Ledger, journal: str) -> int:
    ((landed,),) = connection.execute(
        f"select coalesce(max(change_id), 0) from ledger.{journal}"
    ).fetchall()
    count = 0
    for batch in ledger.identity_after(journal, int(landed)):
        insert_batch(connection, f"ledger.{journal}", batch)
        count += len(batch)
    return count


def _rows(connection: duckdb.DuckDBPyConnection, table: str, sql: str) -> list[tuple[Any, ...]]:
    """Nothing where the model was never built."""
    found = connection.execute(
        "select 1 from duckdb_tables() where schema_name = 'identity' and table_name = $1", [table]
    ).fetchall()
    return connection.execute(sql).fetchall() if found else []
