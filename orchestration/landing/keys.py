"""Landing the keys of syncs that are texts: by them an exit is sent once its row is gone."""

from __future__ import annotations

import pyarrow as pa

from sluice.activations.ledger.store import Ledger
from sluice.orchestration.landing.batches import insert_batch
from sluice.orchestration.warehouse.base import Session

LAST = "select key_id, activation, subject_id from ledger.sync_keys order by key_id desc limit 1"
COLUMNS = "key_id bigint, activation varchar, subject_id bigint, key varchar"
TABLE = f"create table if not exists ledger.sync_keys ({COLUMNS})"
# what an earlier ledger counted stays: a new one counts from 1 again
KNOWN = """delete from ledger.sync_keys as old where exists (
    select 1 from key_batch as new
    where old.activation = new.activation and old.subject_id = new.subject_id)"""


def land_keys(session: Session, ledger: Ledger) -> None:
    """Append the keys not landed yet; of another ledger than the one landed last, all."""
    session.execute(TABLE)
    last = session.execute(LAST).fetchall()
    is_known = bool(last) and ledger.has_sync_key(*last[0])
    for batch in ledger.sync_keys_after(int(last[0][0]) if is_known else 0):
        if last:
            with session.staged("key_batch", COLUMNS, pa.Table.from_pylist(batch)):
                session.execute(KNOWN)
        insert_batch(session, "ledger.sync_keys", batch)


def give_sync_keys_back(session: Session, ledger: Ledger) -> None:
    """Have a new ledger know the keys that a lost one has given numbers to, as far as they were
    landed.
    """
    session.execute(TABLE)
    landed = session.execute(
        "select activation, subject_id, key from ledger.sync_keys order by key_id"
    ).fetchall()
    if landed:
        ledger.restore_sync_keys(landed)
