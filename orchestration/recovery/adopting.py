"""``sluice ledger adopt``: a new or older ledger is given what the warehouse has landed of the lost
one, and is used from now.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sluice.activations.ledger.reasons import plain_reason
from sluice.activations.ledger.store import Ledger
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.landing.batches import insert_batch
from sluice.orchestration.landing.identity import forget_journals, journal_identity
from sluice.orchestration.landing.keys import give_sync_keys_back
from sluice.orchestration.landing.ledger import land_ledger
from sluice.orchestration.landing.suppressions import give_back_keys
from sluice.orchestration.recovery.files import require_whole
from sluice.orchestration.recovery.standing import Standing, bind, give_back, standing
from sluice.orchestration.runs import lock
from sluice.orchestration.warehouse.base import Session
from sluice.orchestration.warehouse.reader import open_warehouse

ADOPTED = (  # as a guardrail that was overridden: who, when and why stays in the ledger
    "adopted_ledger"
)
SAME = (
    "a.receipt_id = b.receipt_id and a.delivery_id = b.delivery_id and a.state = b.state and"
    " a.occurred_at = b.occurred_at"
)
OWN = (
    "select a.receipt_id, a.delivery_id from here as a where not exists (select 1 from"
    f" ledger.receipts as b where {SAME}) order by a.receipt_id"
)
LOST = (
    f"select a.* from ledger.receipts as a where not exists (select 1 from here as b where {SAME})"
)
WITH_ADDRESS = f"""
select l.*, d.address_hash, d.address_key from ({LOST}) as l
left join activation.message_decisions as d on l.kind = 'message' and l.delivery_id = d.message_id
    order by l.receipt_id"""
EVENT_COLUMNS = (
    "event_id",
    "delivery_id",
    "event_type",
    "link",
    "agent",
    "is_machine",
    "occurred_at",
    "heard_at",
)
SAME_EVENT = (
    "a.event_id = b.event_id and a.delivery_id = b.delivery_id and a.occurred_at = b.occurred_at"
)
OWN_EVENTS = (
    "select min(a.event_id), max(a.event_id) from here_events as a where not exists (select 1 from"
    f" ledger.message_events as b where {SAME_EVENT})"
)
LOST_EVENTS = f"""
select {", ".join(f"a.{name}" for name in EVENT_COLUMNS)} from ledger.message_events as a
where not exists (select 1 from here_events as b where {SAME_EVENT}) order by a.event_id"""
WITHOUT = (
    f"select l.*, null as address_hash, null as address_key from ({LOST}) as l order by"
    " l.receipt_id"
)


def adopt(settings: Settings, ledger: Ledger, reason: str, person: str) -> dict[str, int]:
    """Restore what the warehouse knows, under the run lock, and bind the home to this ledger.

    Returns how many receipts, deliveries and suppressions came back. Raises ConfigurationError when
    there is nothing to decide, or no reason.
    """
    if plain_reason(reason, "--reason") is None:
        raise ConfigurationError("--reason is empty", "say what happened to the ledger")
    lock.acquire(settings.home, warehouse=settings.warehouse.lock)
    try:
        require_whole(settings)
        found = standing(settings, ledger)
        if found.state == "same":
            raise ConfigurationError(
                "the ledger is the one this home has always used", "nothing is to be adopted"
            )
        restored = _restore(settings, ledger)
        ledger.approve("all", ADOPTED, person, reason, datetime.now(UTC))
        now = standing(settings, ledger)
        bind(settings, Standing("same", now.ledger_id, now.landed, now.held))
        return restored
    finally:
        lock.release(settings.home)


def _restore(settings: Settings, ledger: Ledger) -> dict[str, int]:
    suppressions = give_back(settings, ledger)
    counts = {"receipts": 0, "deliveries": 0}
    if settings.warehouse.exists():
        with open_warehouse(settings.warehouse, read_only=False) as connection:
            counts = _restore_receipts(connection, ledger)
            _restore_events(connection, ledger)
            give_back_keys(connection, ledger)
            give_sync_keys_back(connection, ledger)
            forget_journals(connection, ledger)
        journal_identity(settings.warehouse, ledger)
        land_ledger(settings.warehouse, ledger)
    return {**counts, "suppressions": suppressions}


def _restore_receipts(connection: Session, ledger: Ledger) -> dict[str, int]:
    tables = connection.tables()
    if ("ledger", "receipts") not in tables:
        return {"receipts": 0, "deliveries": 0}
    connection.execute("create temp table here as select * from ledger.receipts limit 0")
    for batch in ledger.receipts_after(0):
        insert_batch(connection, "here", batch)
    own = connection.execute(OWN).fetchall()
    is_decided = ("activation", "message_decisions") in tables
    lost = connection.execute(WITH_ADDRESS if is_decided else WITHOUT).records()
    ((top,),) = connection.execute(
        "select coalesce(max(receipt_id), 0) from ledger.receipts"
    ).fetchall()

    deliveries = ledger.restore_receipts(lost, own, int(top)) if lost else 0
    return {"receipts": len(lost), "deliveries": deliveries}


def _restore_events(connection: Session, ledger: Ledger) -> None:
    if not connection.has_table("ledger", "message_events"):
        return
    sql = "create temp table here_events as select * from ledger.message_events limit 0"
    connection.execute(sql)
    for batch in ledger.events_after(0):
        insert_batch(connection, "here_events", batch)
    ((first_own, last_own),) = connection.execute(OWN_EVENTS).fetchall()
    lost = connection.execute(LOST_EVENTS).records()
    ((top,),) = connection.execute(
        "select coalesce(max(event_id), 0) from ledger.message_events"
    ).fetchall()

    if lost:
        own = None if first_own is None else (first_own, last_own)
        ledger.restore_events(lost, own, int(top))
