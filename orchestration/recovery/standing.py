"""How the ledger stands to the warehouse: the one it has always had, a new one, or one that knows
less than was landed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sluice.activations.ledger.store import Ledger
from sluice.models.errors import BlockedError
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.recovery.witness import LEDGER, read_note, write_note
from sluice.orchestration.warehouse.base import Session
from sluice.orchestration.warehouse.reader import open_warehouse

ORIGIN = "create table if not exists ledger.origin (ledger_id varchar)"
LAST_LANDED = (
    "select receipt_id, delivery_id, occurred_at from ledger.receipts order by receipt_id desc"
    " limit 1"
)
FIX = (
    "put the ledger back with `sluice restore DIR --only ledger`, or give this one what the"
    " warehouse knows of the other with `sluice ledger adopt --reason WHY`"
)


@dataclass(frozen=True)
class Standing:
    """``state``: same (also: both are new), older (it has been further than this), another, or
    restored from a backup. ``landed``: the last receipt known of, in the warehouse or in the note
    of the home; ``held``: the last one in the ledger.
    """

    state: Literal["same", "older", "another", "restored"]
    ledger_id: str
    landed: int
    held: int

    def words(self) -> str:
        """What was found, as a sentence."""
        if self.state == "restored":
            return (
                "the ledger was restored from a backup. What was sent after the backup is not in it"
                " and would be sent again: nothing is sent"
            )
        if self.state == "older":
            return (
                f"the ledger is older than this home: its last receipt is {self.held:,}, and"
                f" {self.landed:,} was landed. What was sent since then would be sent again:"
                " nothing is sent"
            )
        return (
            "the ledger is another than the one this home has used (receipts up to"
            f" {self.landed:,}): it was deleted, emptied or exchanged. What it knew would be sent"
            " again: nothing is sent"
        )


def standing(settings: Settings, ledger: Ledger) -> Standing:
    """Compare the ledger with what the warehouse has landed and with the note of the home.

    Reads only.
    """
    known_id, last, has_suppressions = _warehouse_knows(settings)
    note = read_note(settings.home).get(LEDGER) or {}
    ledger_id, held = ledger.ledger_id(), ledger.last_receipt_id()
    is_diverged = last is not None and last[0] <= held and not ledger.has_receipt(*last)
    known_id = known_id or note.get("ledger_id")
    landed = max(last[0] if last else 0, int(note.get("receipt_id") or 0))
    if known_id is not None and known_id != ledger_id and (landed or has_suppressions):
        return Standing("another", ledger_id, landed, held)
    if note.get("is_restored"):
        return Standing("restored", ledger_id, landed, held)
    if held < landed:
        return Standing("older", ledger_id, landed, held)
    return Standing("another" if is_diverged else "same", ledger_id, landed, held)


def require_same_ledger(settings: Settings, ledger: Ledger) -> None:
    """Raises BlockedError unless the ledger is the one this home has always had; a new home is
    bound to it.
    """
    found = standing(settings, ledger)
    if found.state != "same":
        give_back(settings, ledger)
        raise BlockedError(found.words(), FIX)
    bind(settings, found)


def bind(settings: Settings, found: Standing) -> None:
    """Remember the ledger, in the warehouse and in the home."""
    with open_warehouse(settings.warehouse, read_only=False) as connection:
        connection.execute("create schema if not exists ledger")
        connection.execute(ORIGIN)
        if connection.execute("select ledger_id from ledger.origin").fetchall() != [
            (found.ledger_id,)
        ]:
            connection.execute("delete from ledger.origin")
            connection.execute("insert into ledger.origin values ($1)", [found.ledger_id])
    note_ledger(settings, found.ledger_id, found.held)


def note_ledger(settings: Settings, ledger_id: str, receipt_id: int) -> None:
    """Note in the home how far the ledger has got."""
    seen = {"ledger_id": ledger_id, "receipt_id": receipt_id}
    if read_note(settings.home).get(LEDGER) != seen:
        write_note(settings.home, **{LEDGER: seen})


def note_end(settings: Settings, ledger: Ledger) -> None:
    """The same at the end of a push, asked of the ledger."""
    note_ledger(settings, ledger.ledger_id(), ledger.last_receipt_id())


def give_back(settings: Settings, ledger: Ledger) -> int:
    """Give a ledger the suppressions, statements, preferences and pauses that the warehouse knows
    and it does not: whoever said no stays out, whatever is decided about the rest. Returns how many
    were missing.
    """
    from sluice.orchestration.landing.suppressions import (
        give_back_pauses,
        give_back_preferences,
        give_back_statements,
        give_back_suppressions,
    )

    if not settings.warehouse.exists():
        return 0
    with open_warehouse(settings.warehouse) as connection:
        kinds = (
            give_back_suppressions,
            give_back_statements,
            give_back_preferences,
            give_back_pauses,
        )
        return sum(give(connection, ledger) for give in kinds)


def _warehouse_knows(settings: Settings) -> tuple[str | None, tuple[Any, ...] | None, bool]:
    """The ledger it is bound to, the last receipt it has landed, and whether anybody is suppressed
    in it.
    """
    if not settings.warehouse.exists():
        return None, None, False
    with open_warehouse(settings.warehouse) as connection:
        tables = {name for schema, name in connection.tables() if schema == "ledger"}
        origin = (
            _first(connection, "select ledger_id from ledger.origin")
            if "origin" in tables
            else None
        )
        last = _first(connection, LAST_LANDED) if "receipts" in tables else None
        suppressed = (
            _first(connection, "select 1 from ledger.suppressions limit 1")
            if "suppressions" in tables
            else None
        )
    return (str(origin[0]) if origin else None), last, suppressed is not None


def _first(connection: Session, sql: str) -> tuple[Any, ...] | None:
    rows = connection.execute(sql).fetchall()
    return rows[0] if rows else None
