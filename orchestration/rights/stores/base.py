"""The stores that an erasure goes through: one line each. A store takes an ``Erasure`` and returns
counts by place; repeating it finds nothing, so an erasure that was cut off can be continued.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sluice.activations.erasure import ErasedKeys
from sluice.activations.ledger.store import Ledger
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.landing.inbox import open_inbox
from sluice.orchestration.recovery.files import ledger_file
from sluice.orchestration.rights.cells import reading
from sluice.orchestration.rights.person import Person
from sluice.orchestration.rights.stores import files
from sluice.orchestration.rights.stores import warehouse as rows
from sluice.orchestration.warehouse.base import Warehouse
from sluice.orchestration.warehouse.duckdb_file import DuckDBFile
from sluice.orchestration.warehouse.reader import open_warehouse

SIDE_FILES = ("", "-wal", "-shm", "-journal", ".wal")


@dataclass
class Erasure:
    """One person on their way out. ``by_hand``: what a store leaves to people, in words."""

    settings: Settings
    ledger: Ledger
    person: Person
    erased: ErasedKeys
    by_hand: list[str] = field(default_factory=list)

    def others_look_after(self) -> list[Path]:
        """The files of the home that are stores of their own."""
        own = [self.settings.warehouse.home_file, ledger_file(self.settings.ledger)]
        return [
            path.with_name(path.name + ending)
            for path in own
            if path is not None
            for ending in SIDE_FILES
        ]

    def is_theirs(self, body: str) -> bool:
        """Whether an event of the inbox is of the person."""
        lowered = body.lower()
        return (
            bool(reading(body, self.erased))
            or any(one.lower() in lowered for one in self.person.parts())
            or _is_of_message(body, self.person)
        )

    def own_sql(self) -> bytes:
        """What the project's own files say, as dbt read them."""
        path = self.settings.home / "dbt" / "manifest.json"
        return path.read_bytes() if path.is_file() else b""


Store = Callable[[Erasure], dict[str, int]]


def erase_from_warehouse(erasure: Erasure) -> dict[str, int]:
    """All tables of ours, then their bytes; nothing where there is no warehouse yet."""
    warehouse = erasure.settings.warehouse
    return _erase_one(erasure, warehouse) if warehouse.exists() else {}


def _erase_one(erasure: Erasure, warehouse: Warehouse) -> dict[str, int]:
    target = erasure.settings.home / "dbt"
    with open_warehouse(warehouse, read_only=False) as session:
        schemas = rows.model_schemas(target, session.prefix)
        done = rows.erase_people(session, erasure.person, erasure.erased, schemas)
    if not warehouse.compact():
        erasure.by_hand.append(
            f"{warehouse.describe()} is not in SLUICE_HOME: rows are deleted, their bytes stay in"
            " free blocks until it is copied with COPY FROM DATABASE"
        )
    masked = {f"{name} (mentions masked)": count for name, count in done.mentions.items()}
    return {**done.rows, **masked}


def erase_from_ledger(erasure: Erasure) -> dict[str, int]:
    """Deliveries, statements, suppressions, the journal of ids; then their bytes."""
    counts = erasure.ledger.erase(erasure.person.subject())
    erasure.ledger.compact()
    return counts


def erase_from_inbox(erasure: Erasure) -> dict[str, int]:
    """What sites, forms and links sent, before it is landed again."""
    with open_inbox(erasure.settings) as inbox:
        counts = {
            "inbox_events": inbox.erase(erasure.is_theirs),
            "inbox_short_links": inbox.short_links.erase(erasure.person.delivery_ids),
        }
    return {name: count for name, count in counts.items() if count}


def _is_of_message(body: str, person: Person) -> bool:
    """Whether an event is of the link of a message that they got: it names nobody else."""
    if '"deliveryId"' not in body and '"contactId"' not in body:
        return False
    said = json.loads(body)
    return (
        said.get("deliveryId") in person.delivery_ids or said.get("contactId") in person.contact_ids
    )


def erase_from_files(erasure: Erasure) -> dict[str, int]:
    """Every other file of the home, copies of a warehouse or ledger included."""
    left_out = erasure.others_look_after()
    home = erasure.settings.home
    done = files.scrub(home, erasure.person, left_out, erasure.own_sql())
    for path in done.warehouses:
        if path not in left_out:
            counts = _erase_one(erasure, DuckDBFile(path, path.parent))
            done.files[path.relative_to(home).parts[0]] = sum(counts.values())
    return done.files


STORES: Mapping[str, Store] = {
    "warehouse": erase_from_warehouse,
    "ledger": erase_from_ledger,
    "inbox": erase_from_inbox,
    "files": erase_from_files,
}
