"""Suppressions between ledger and warehouse: each is given what the other knows, and neither ever
forgets one. A lost ledger is given consent statements and pauses too.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sluice.activations.ledger.stating import GRANTED, SAME
from sluice.activations.ledger.store import Ledger
from sluice.activations.ledger.suppressing import LIFTABLE
from sluice.orchestration.landing.batches import insert_batch
from sluice.orchestration.warehouse.base import Session

COLUMNS = ("channel", "address_hash", "reason", "delivery_id", "created_at")
TABLE = """create table if not exists ledger.suppressions (
    channel varchar, address_hash varchar, reason varchar, delivery_id bigint,
        created_at timestamp)"""
DELETE = "delete from ledger.suppressions where channel = $1 and address_hash = $2"
STATEMENT = (
    "channel", "purpose", "status", "contact_id", "address_hash", "delivery_id", "contact_as_of",
    "how", "stated_at",
)  # fmt: skip
RESTORED = "restored from the warehouse"


def land_suppressions(session: Session, ledger: Ledger) -> int:
    """Add what the ledger has and the warehouse has not, take out what its person lifted, then give
    the ledger what only the warehouse has: the file of a ledger may be lost, and nobody who said no
    is forgotten with it. Returns how many were given back.
    """
    session.execute(TABLE)
    rows = [{name: row[name] for name in COLUMNS} for row in ledger.suppressions()]
    held = {(row["channel"], row["address_hash"]): row["reason"] for row in rows}
    gone = _lifted(session, ledger) - held.keys()
    for channel, address_hash, reason in _landed(session):
        key = (channel, address_hash)
        if key in gone or held.get(key, reason) != reason:
            session.execute(DELETE, [*key])
    known = _keys(session)
    insert_batch(
        session,
        "ledger.suppressions",
        [row for row in rows if (row["channel"], row["address_hash"]) not in known],
    )
    return give_back_suppressions(session, ledger)


def give_back_suppressions(session: Session, ledger: Ledger) -> int:
    """Give the ledger the suppressions that it lost. Returns how many."""
    held = {(row["channel"], row["address_hash"]) for row in ledger.suppressions()}
    if not _has(session, "suppressions") or not (lost := _keys(session) - held):
        return 0
    if not (lost := lost - _lifted(session, ledger)):
        return 0
    found = _rows(session, f"select {', '.join(COLUMNS)} from ledger.suppressions", COLUMNS)
    rows = [row for row in found if (row["channel"], row["address_hash"]) in lost]
    ledger.add_missing_suppressions(rows)
    return len(lost)


def give_back_pauses(session: Session, ledger: Ledger) -> int:
    """The same of pauses, where the ledger was lost: what was switched off stays off.

    Returns how many.
    """
    names = ("scope", "name", "paused_at")
    found = (
        _rows(session, "select scope, name, paused_at from ledger.pauses", names)
        if _has(session, "pauses")
        else []
    )
    rows = [
        {**row, "paused_by": "sluice", "reason": RESTORED, "paused_at": row["paused_at"] or _now()}
        for row in found
    ]
    return ledger.add_missing_pauses(rows)


def give_back_statements(session: Session, ledger: Ledger) -> int:
    """Give the ledger the consent statements that it lost. Returns how many."""
    if not _has(session, "consent_statements"):
        return 0
    found = _rows(
        session, f"select {', '.join(STATEMENT)} from ledger.consent_statements", STATEMENT
    )
    last = {
        tuple(row[name] for name in SAME): row
        for row in sorted(found, key=lambda row: row["stated_at"])
    }
    rows = [{**row, "recorded_at": _now()} for row in last.values()]
    return ledger.add_missing_statements(rows)


def give_back_preferences(session: Session, ledger: Ledger) -> int:
    """Give the ledger the preferences that it lost. Returns how many."""
    if not _has(session, "preferences"):
        return 0
    names = ("contact_id", "delivery_id", "preference", "value", "stated_at", "how")
    sql = f"select {', '.join(names)} from ledger.preferences order by stated_at, preference_id"
    rows = [{**row, "recorded_at": _now()} for row in _rows(session, sql, names)]
    return ledger.add_missing_preferences(rows)


def give_back_keys(session: Session, ledger: Ledger) -> int:
    """Give the ledger the text keys of syncs that it lost. Returns how many."""
    names = ("activation", "subject_id", "key")
    known = _has(session, "sync_keys")
    found = (
        _rows(session, f"select {', '.join(names)} from ledger.sync_keys", names) if known else []
    )
    return ledger.add_missing_sync_keys(found)


def _landed(session: Session) -> list[tuple[str, str, str]]:
    sql = "select channel, address_hash, reason from ledger.suppressions"
    return [(row[0], row[1], row[2]) for row in session.execute(sql).fetchall()]


def _lifted(session: Session, ledger: Ledger) -> set[tuple[str, str]]:
    """The addresses whose person took back their own no, by the ledger or by what was landed."""
    names = ("channel", "address_hash", "how", "status", "stated_at")
    said = [{name: row[name] for name in names} for row in ledger.statements()]
    if _has(session, "consent_statements"):
        sql = (
            f"select {', '.join(names)} from ledger.consent_statements where status <> 'withdrawn'"
        )
        said += _rows(session, sql, names)
    back: dict[tuple[str, str, bool], datetime] = {}
    for one in said:
        if one["status"] != "withdrawn" and one["address_hash"] is not None:
            key = (one["channel"], one["address_hash"], one["status"] == GRANTED)
            back[key] = max(one["stated_at"], back.get(key, one["stated_at"]))
    sql = "select channel, address_hash, reason, created_at from ledger.suppressions"
    return {
        (channel, hashed)
        for channel, hashed, reason, created_at in session.execute(sql).fetchall()
        if reason in LIFTABLE
        and any(
            (at := back.get((channel, hashed, is_grant))) is not None and at > created_at
            for is_grant in ((True, False) if reason == "unfollowed" else (True,))
        )
    }


def _keys(session: Session) -> set[tuple[str, str]]:
    return set(session.execute("select channel, address_hash from ledger.suppressions").fetchall())


def _rows(session: Session, sql: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in session.execute(sql).fetchall()]


def _has(session: Session, table: str) -> bool:
    return session.has_table("ledger", table)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
