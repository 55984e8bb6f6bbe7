"""Landing the keys of syncs that are texts: by them an exit is sent once its row is gone."""

from __future__ import annotations

import duckdb

from sluice.activations.ledger.store import Ledger
from sluice.orchestration.landing.batches import insert_batch

TABLE = (
    "create table if not exists ledger.sync_keys (key_id bigint, activation varchar, subject_id"
    " bigint, key varchar)"
)
LAST = "select key_id, activation, subject_id from ledger.sync_keys order by key_id desc limit 1"
# what an earlier ledger counted stays: a new one counts from 1 again
KNOWN = """delete from ledger.sync_keys where rowid in (
    select old.rowid from ledger.sync_keys as old inner join ledger.sync_keys as new
    on old.activation = new.activation and old.subject_id = new.subject_id
        and old.rowid < new.rowid)"""


def land_keys(connection: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Append the keys not landed yet; of another ledger than the one landed last, all."""
    connection.execute(TABLE)
    last = connection.execute(LAST).fetchall()
    is_known = bool(last) and ledger.has_sync_key(*last[0])
    is_new = False
    for batch in ledger.sync_keys_after(int(last[0][0]) if is_known else 0):
        insert_batch(connection, "ledger.sync_keys", batch)
        is_new = True
    if last and is_new:
        connection.execute(KNOWN)


def give_sync_keys_back(connection: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Have a new ledger know the keys that a lost one has given numbers to, as far as they were
    landed.
    """
    connection.execute(TABLE)
    landed = connection.execute(
        "select activation, subject_id, key from ledger.sync_keys order by key_id"
    ).fetchall()
    if landed:
        ledger.restore_sync_keys(landed)
