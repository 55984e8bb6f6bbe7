"""Records of a simulated CRM: ids of the vendor's, a unique key where there is one, and the time of
the last change.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Record:
    """One record; ``updated_at`` is aware UTC, by the sandbox's clock."""

    record_id: str
    key: str | None
    properties: dict[str, Any]
    updated_at: datetime


class KeyTaken(Exception):
    """Another record of the object has this key."""


class Records:
    """The records of one vendor, in the sandbox's store."""

    def __init__(self, store: Store, clock: Clock, vendor: str) -> None:
        self.store, self.clock, self.vendor = store, clock, vendor

    def every(self, kind: str) -> list[Record]:
        """All records of an object, the oldest first."""
        return self._rows("object = ?", (kind,))

    def deleted(self, kind: str) -> list[Record]:
        """Records of an object that are there no more; the time is that of their end."""
        return self._rows("object = ?", (kind,), is_deleted=1)

    def get(self, kind: str, record_id: str) -> Record | None:
        """A record by the vendor's id."""
        return next(iter(self._rows("object = ? and record_id = ?", (kind, record_id))), None)

    def find(self, kind: str, key: str) -> Record | None:
        """A record by its key."""
        return next(iter(self._rows("object = ? and key = ?", (kind, key))), None)

    def create(self, kind: str, key: str | None, properties: Mapping[str, Any]) -> str:
        """Make a record; returns its id. Raises KeyTaken."""
        sql = (
            "insert into records (vendor, object, key, properties, updated_at, is_deleted) values"
            " (?, ?, ?, ?, ?, 0)"
        )
        try:
            return str(
                self.store.write(
                    sql, (self.vendor, kind, key, _text(properties), self.clock.now().isoformat())
                )
            )
        except sqlite3.IntegrityError as error:
            raise KeyTaken from error

    def update(self, record: Record, properties: Mapping[str, Any]) -> None:
        """Change the given properties of a record."""
        sql = "update records set properties = ?, updated_at = ? where record_id = ?"
        merged = _text({**record.properties, **properties})
        self.store.write(sql, (merged, self.clock.now().isoformat(), record.record_id))

    def upsert(self, kind: str, key: str, properties: Mapping[str, Any]) -> tuple[str, bool]:
        """Find by key and change, or make; returns the id, and whether it is new."""
        found = self.find(kind, key)
        if found is None:
            return self.create(kind, key, properties), True
        self.update(found, properties)
        return found.record_id, False

    def remove(self, kind: str, record_id: str) -> bool:
        """Delete a record; False when there is none."""
        found = self.get(kind, record_id)
        if found is not None:
            sql = "update records set is_deleted = 1, updated_at = ? where record_id = ?"
            self.store.write(sql, (self.clock.now().isoformat(), record_id))
        return found is not None

    def count(self, kind: str) -> int:
        """How many there are."""
        sql = "select count(*) from records where vendor = ? and object = ? and is_deleted = 0"
        return int(self.store.rows(sql, (self.vendor, kind))[0][0])

    def _rows(self, condition: str, values: tuple[str, ...], is_deleted: int = 0) -> list[Record]:
        sql = (
            "select record_id, key, properties, updated_at from records where vendor = ? and"
            " is_deleted = ? and "
        )
        rows = self.store.rows(
            f"{sql}{condition} order by record_id", (self.vendor, is_deleted, *values)
        )
        return [
            Record(str(row[0]), row[1], json.loads(row[2]), datetime.fromisoformat(row[3]))
            for row in rows
        ]


def _text(properties: Mapping[str, Any]) -> str:
    return json.dumps(properties, ensure_ascii=False)
